/** What was measured on a clip, in words and in numbers. Pure: it yields the keys of texts and their values. */

/**
 * @typedef {object} Measures
 * @property {number} peakDbfs
 * @property {number} rmsDbfs
 * @property {number} noiseFloorDbfs
 * @property {number} snrDb
 * @property {number} nClippedSamples
 * @property {number} takeMs
 * @property {number} windowStartMs
 */

/**
 * Decibels are whole and seconds have two digits; `n` is what the figure counts, if it counts anything.
 * @typedef {{key: string, n?: number, values: Record<string, number>}} Figure
 */

/** @typedef {{name: string, verdict: string, figure: Figure, isDoubtful: boolean}} MeasureText */

const QUIET_PEAK_DBFS = -20;
const NOISY_SNR_DB = 15;
const CLEAN_SNR_DB = 30;
const CLIP_MS = 1000;
/** A window this close to an end of its take may have lost part of the word. */
const EDGE_MS = 20;

/**
 * @param {Measures} measures
 * @returns {MeasureText[]}
 */
export function describe(measures) {
  return [levelText(measures), noiseText(measures), windowText(measures)];
}

/**
 * @param {Measures} measures
 * @returns {MeasureText}
 */
function levelText({ peakDbfs, nClippedSamples }) {
  const values = { peakDb: whole(peakDbfs) };
  const clipped = { key: "peak-clipped", n: nClippedSamples, values };
  if (nClippedSamples > 0) return { name: "level", verdict: "level-overdriven", figure: clipped, isDoubtful: true };
  const isQuiet = peakDbfs < QUIET_PEAK_DBFS;
  const verdict = isQuiet ? "level-quiet" : "level-good";
  return { name: "level", verdict, figure: { key: "peak", values }, isDoubtful: isQuiet };
}

/**
 * @param {Measures} measures
 * @returns {MeasureText}
 */
function noiseText({ snrDb }) {
  const figure = { key: "above-noise", values: { snrDb: whole(snrDb) } };
  if (snrDb < NOISY_SNR_DB) return { name: "noise", verdict: "noise-much", figure, isDoubtful: true };
  return { name: "noise", verdict: snrDb < CLEAN_SNR_DB ? "noise-some" : "noise-little", figure, isDoubtful: false };
}

/**
 * @param {Measures} measures
 * @returns {MeasureText}
 */
function windowText({ takeMs, windowStartMs }) {
  const takeS = takeMs / 1000;
  const padded = { key: "padded", values: { takeS } };
  if (takeMs <= CLIP_MS) return { name: "place", verdict: "place-whole", figure: padded, isDoubtful: false };
  const figure = { key: "window", values: { startS: windowStartMs / 1000, takeS } };
  const isAtEdge = windowStartMs < EDGE_MS || windowStartMs + CLIP_MS > takeMs - EDGE_MS;
  return { name: "place", verdict: isAtEdge ? "place-edge" : "place-inside", figure, isDoubtful: isAtEdge };
}

/** @param {number} value */
function whole(value) {
  return Math.round(value) + 0; // never −0
}
