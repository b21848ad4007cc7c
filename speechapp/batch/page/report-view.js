/** Draws the report: one card per recording, the tallies and the histogram above them. */

import { bars, confidences, faultName, figure, layout, measureName, seconds, split } from "./report-logic.js";

/** @typedef {import("./report-logic.js").Row} Row */
/** @typedef {import("./report-logic.js").Clip} Clip */

const SVG = "http://www.w3.org/2000/svg";
/** A window that holds the whole word with less than this is shown in the colour of doubt. */
const DOUBTFUL_BELOW = 0.8;
/** @type {Record<string, string>} */
export const STATUS_NAMES = { made: "made now", done: "done before", kept: "kept", measured: "measured", failed: "failed" };

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * @param {Row} row
 * @param {{isMarked: boolean, faults: Record<string, string>, common: string}} known
 */
export function card(row, { isMarked, faults, common }) {
  const [folder, name] = split(row.path.slice(common.length));
  const made = element("li", "clip");
  made.dataset.index = String(row.index);
  made.dataset.status = row.status;
  made.classList.toggle("is-marked", isMarked);
  const title = element("h2", "clip-name", ...breakable(name));
  title.title = row.path;
  const about = element("div", "clip-about", title, element("p", "clip-folder", folder));
  made.append(playButton(row, name), about, markButton(name, isMarked));
  if (row.clip) {
    made.append(wave(row, row.clip, name), element("div", "clip-facts", ...facts(row, row.clip, faults)));
  } else {
    made.append(element("p", "clip-message", row.message));
  }
  if (Object.keys(row.measures).length) made.append(measures(row));
  return made;
}

/**
 * A long name may go on in the next line behind a joint.
 *
 * @param {string} name
 */
function breakable(name) {
  return name.split(/(?<=[_\-.])/).flatMap((part) => [part, document.createElement("wbr")]);
}

/**
 * @param {Row} row
 * @param {string} name
 */
function playButton(row, name) {
  const button = element("button", "round play", icon("icon-play"));
  button.type = "button";
  button.dataset.play = row.clipFile ? "clip" : "take";
  button.setAttribute("aria-label", `Play ${row.clipFile ? "the clip of " : ""}${name}`);
  return button;
}

/**
 * @param {string} name
 * @param {boolean} isMarked
 */
function markButton(name, isMarked) {
  const button = element("button", "round mark", icon("icon-mark"));
  button.type = "button";
  button.title = "Mark as wrong";
  button.setAttribute("aria-label", `Mark ${name} as wrong`);
  button.setAttribute("aria-pressed", String(isMarked));
  return button;
}

/** @param {string} id */
function icon(id) {
  const made = svg("svg", { class: "icon", "aria-hidden": "true" });
  made.append(svg("use", { href: `#${id}` }));
  return made;
}

/**
 * The picture of a take; pressing it plays the take from there.
 *
 * @param {Row} row
 * @param {Clip} clip
 * @param {string} name
 */
function wave(row, clip, name) {
  const places = layout(clip);
  const { inside, outside } = bars(row.picture, places);
  const picture = svg("svg", { class: "wave-bars", viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(svg("path", { class: "outside", d: outside }), svg("path", { class: "inside", d: inside }));
  const button = element("button", "wave", band("window", places.window), picture);
  if (places.word) button.append(band("word", places.word));
  button.append(element("span", "head-of-play"));
  button.type = "button";
  button.dataset.play = "take";
  button.setAttribute("aria-label", `Play the whole take of ${name}`);
  return button;
}

/**
 * @param {string} className
 * @param {{start: number, stop: number}} place
 */
function band(className, { start, stop }) {
  const made = element("span", className);
  made.style.left = `${100 * start}%`;
  made.style.width = `${100 * (stop - start)}%`;
  return made;
}

/**
 * @param {Row} row
 * @param {Clip} clip
 * @param {Record<string, string>} faults
 * @returns {Node[]}
 */
function facts(row, clip, faults) {
  const made = [];
  if (clip.confidence !== null) made.push(confidence(clip.confidence));
  made.push(...times(clip).map((text) => element("p", "clip-times", text)));
  for (const code of row.faults) {
    const chip = element("span", "chip", faultName(code));
    chip.title = faults[code] ?? code;
    made.push(chip);
  }
  if (row.status === "kept" && row.message) made.push(element("p", "clip-times", row.message));
  return made;
}

/** @param {number} value */
function confidence(value) {
  const meter = element("span", "meter", element("span", "meter-fill"));
  /** @type {HTMLElement} */ (meter.firstChild).style.width = `${100 * value}%`;
  const made = element("p", "confidence", meter, element("strong", "", `${Math.floor(100 * value)} %`), " sure");
  made.classList.toggle("is-doubtful", value < DOUBTFUL_BELOW);
  return made;
}

/**
 * @param {Clip} clip
 * @returns {string[]}
 */
function times(clip) {
  const { word_start_ms: start, word_stop_ms: stop } = clip;
  const window = `clip ${seconds(clip.window_start_ms)} to ${seconds(clip.window_stop_ms)} of ${seconds(clip.take_ms)} s`;
  return start === null || stop === null ? [window] : [`word ${seconds(start)} to ${seconds(stop)} s`, window];
}

/** @param {Row} row */
function measures(row) {
  const list = element("dl", "measures");
  const made = element("details", "clip-measures", element("summary", "", "Measures"), list);
  made.addEventListener("toggle", () => {
    if (list.childElementCount) return;
    for (const [name, value] of Object.entries(row.measures)) {
      list.append(element("div", "", element("dt", "", measureName(name)), element("dd", "", figure(value))));
    }
  });
  return made;
}

/**
 * @param {[string, number][]} counts
 * @param {number} total
 */
export function tallies(counts, total) {
  const each = counts.map(([status, n]) => tally(status, n, STATUS_NAMES[status] ?? status));
  return [tally("", total, total === 1 ? "recording" : "recordings"), ...each];
}

/**
 * A number that shows those it counts when it is pressed.
 *
 * @param {string} status
 * @param {number} n
 * @param {string} what
 */
function tally(status, n, what) {
  const button = element("button", "tally", element("strong", "", figure(n)), ` ${what}`);
  button.type = "button";
  button.dataset.status = status;
  return element("li", "", button);
}

/** @param {readonly Row[]} rows */
export function histogram(rows) {
  const counts = confidences(rows);
  const most = Math.max(...counts, 1);
  return counts.map((n, index) => {
    const made = element("span", "step");
    made.style.height = n ? `max(3px, ${(100 * n) / most}%)` : "0";
    made.classList.toggle("is-doubtful", index < DOUBTFUL_BELOW * 20);
    made.title = `${5 * index} to ${5 * index + 5} %: ${figure(n)}`;
    return made;
  });
}

/** @param {readonly Row[]} rows */
export function doubtfulText(rows) {
  const known = rows.filter(({ clip }) => clip && clip.confidence !== null);
  const doubtful = known.filter(({ clip }) => Number(clip?.confidence) < DOUBTFUL_BELOW).length;
  return `${figure(doubtful)} of ${figure(known.length)} below ${100 * DOUBTFUL_BELOW} %`;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
