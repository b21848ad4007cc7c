/** What the report shows and how it is drawn, as numbers and words. Pure: no page. */

/**
 * @typedef {object} Clip where the clip lies in its take
 * @property {string} method
 * @property {number | null} confidence
 * @property {number} window_start_ms
 * @property {number} window_stop_ms
 * @property {number | null} word_start_ms
 * @property {number | null} word_stop_ms
 * @property {number} take_ms
 * @property {number} source_rate_hz
 * @property {string} container
 */

/**
 * @typedef {object} Row one recording
 * @property {number} index in the order it was found
 * @property {string} path
 * @property {string} status
 * @property {string} message
 * @property {string} take address of the recording
 * @property {string | null} clipFile address of the clip
 * @property {Clip | null} clip
 * @property {readonly string[]} faults
 * @property {Record<string, number>} measures
 * @property {string} picture
 */

/**
 * @typedef {object} Choice what to show, and in which order
 * @property {string} text
 * @property {string} status
 * @property {string} fault
 * @property {string} sort
 * @property {boolean} isDown
 */

/** A row as the file holds it, in the order of the properties of Row. */
/** @typedef {[string, string, string, string, string | null, any[] | null, string[], number[] | null, string]} Packed */

/**
 * @param {{clipFields: string[], measureFields: string[], rows: Packed[]}} data
 * @returns {Row[]}
 */
export function unpack({ clipFields, measureFields, rows }) {
  return rows.map(([path, status, message, take, clipFile, clip, faults, measures, picture], index) => ({
    index,
    path,
    status,
    message,
    take,
    clipFile,
    clip: clip && /** @type {Clip} */ (named(clipFields, clip)),
    faults,
    measures: measures ? /** @type {Record<string, number>} */ (named(measureFields, measures)) : {},
    picture,
  }));
}

/**
 * @param {string[]} names
 * @param {any[]} values
 */
function named(names, values) {
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/**
 * The rows to show, in order; those without a value come last, whichever way round.
 *
 * @param {readonly Row[]} rows
 * @param {Choice} choice
 * @param {ReadonlySet<string>} marked paths
 */
export function chosen(rows, choice, marked = new Set()) {
  const words = choice.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter((row) => isWanted(row, choice, words, marked));
  const keys = new Map(kept.map((row) => [row, sortKey(row, choice.sort)]));
  return kept.sort((one, other) => {
    const first = keys.get(one) ?? null;
    const second = keys.get(other) ?? null;
    if (first === null || second === null) return Number(first === null) - Number(second === null) || one.index - other.index;
    return compared(first, second) * (choice.isDown ? -1 : 1) || one.index - other.index;
  });
}

/**
 * @param {Row} row
 * @param {Choice} choice
 * @param {string[]} words in lower case
 * @param {ReadonlySet<string>} marked
 */
function isWanted(row, { status, fault }, words, marked) {
  const isOfStatus = status === "" || (status === "marked" ? marked.has(row.path) : row.status === status);
  const isOfFault = fault === "" || (fault === "any" ? row.faults.length > 0 : row.faults.includes(fault));
  if (!isOfStatus || !isOfFault) return false;
  const text = `${row.path}\n${row.message}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * @param {Row} row
 * @param {string} sort
 * @returns {string | number | null}
 */
function sortKey(row, sort) {
  if (sort === "name") return row.path;
  if (sort === "length") return row.clip && row.clip.take_ms;
  if (sort === "confidence") return row.clip && row.clip.confidence;
  if (sort === "faults") return row.clip && row.faults.length;
  return row.measures[sort] ?? null;
}

/**
 * @param {string | number} one
 * @param {string | number} other
 */
function compared(one, other) {
  return typeof one === "number" && typeof other === "number" ? one - other : NAMES.compare(String(one), String(other));
}

const NAMES = new Intl.Collator(undefined, { numeric: true });

/**
 * How many rows have each confidence, in steps of 5 %; the last step holds 100 %, too.
 *
 * @param {readonly Row[]} rows
 */
export function confidences(rows) {
  const counts = new Array(20).fill(0);
  for (const { clip } of rows) {
    if (clip && clip.confidence !== null) counts[Math.min(Math.floor(clip.confidence * 20 + 1e-9), 19)] += 1;
  }
  return counts;
}

/**
 * @param {readonly string[]} values
 * @returns {[string, number][]} each value with how often it is there, the most frequent first
 */
export function counted(values) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}

/**
 * Where things lie in a picture, from 0 to 1. It reaches from the take or the window, whichever begins first, to
 * whichever ends last.
 *
 * @param {Clip} clip
 */
export function layout(clip) {
  const begin = Math.min(0, clip.window_start_ms);
  const span = Math.max(clip.take_ms, clip.window_stop_ms) - begin;
  const at = (/** @type {number} */ ms) => (ms - begin) / span;
  const { word_start_ms: wordStart, word_stop_ms: wordStop } = clip;
  return {
    take: { start: at(0), stop: at(clip.take_ms) },
    window: { start: at(clip.window_start_ms), stop: at(clip.window_stop_ms) },
    word: wordStart === null || wordStop === null ? null : { start: at(wordStart), stop: at(wordStop) },
  };
}

/**
 * The bars of a take: those inside the window, and those outside, each as the data of an SVG path in a box of
 * 1000 by 100.
 *
 * @param {string} picture base64, one byte per column
 * @param {ReturnType<typeof layout>} places
 */
export function bars(picture, { take, window }) {
  const heights = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const step = (take.stop - take.start) / heights.length;
  let inside = "";
  let outside = "";
  heights.forEach((value, index) => {
    const middle = take.start + (index + 0.5) * step;
    const reach = Math.max((value / 255) * 46, 0.4);
    const bar = `M${(1000 * middle).toFixed(1)} ${(50 - reach).toFixed(1)}v${(2 * reach).toFixed(1)}`;
    if (middle >= window.start && middle < window.stop) inside += bar;
    else outside += bar;
  });
  return { inside, outside };
}

/**
 * @param {string} path
 * @returns {[string, string]} folder, with its slash, and name
 */
export function split(path) {
  const at = path.lastIndexOf("/") + 1;
  return [path.slice(0, at), path.slice(at)];
}

/**
 * The folder that all paths have in common, with its slash: it says nothing about one of them.
 *
 * @param {readonly string[]} paths
 */
export function commonFolder(paths) {
  const [first = "", ...others] = paths;
  let [common] = split(first);
  while (common && !others.every((path) => path.startsWith(common))) [common] = split(common.slice(0, -1));
  return common;
}

/** @param {number} ms */
export function seconds(ms) {
  return (ms / 1000).toFixed(2).replace("-", "−");
}

/**
 * A measure in words: `noise_floor_dbfs` is “noise floor, dBFS”.
 *
 * @param {string} name
 */
export function measureName(name) {
  const words = name.replace(/^n_/, "").split("_");
  const unit = UNITS[words[words.length - 1] ?? ""];
  return unit === undefined ? words.join(" ") : `${words.slice(0, -1).join(" ")}, ${unit}`;
}

/** @type {Record<string, string>} */
const UNITS = { dbfs: "dBFS", db: "dB", ms: "ms", hz: "Hz" };

/** @param {number} value */
export function figure(value) {
  return (Math.round(value * 100) / 100).toLocaleString("en").replace("-", "−");
}

/** @param {string} code of a fault */
export function faultName(code) {
  return code.replaceAll("_", " ");
}
