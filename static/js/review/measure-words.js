/** What was measured on a clip, in words and in numbers. */

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

/** @typedef {{name: string, verdict: string, figure: string, isDoubtful: boolean}} MeasureText */

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
  const figure = `peak ${signed(peakDbfs)} dBFS`;
  if (nClippedSamples > 0) return text("Level", "Overdriven", `${figure}, ${samples(nClippedSamples)} clipped`, true);
  if (peakDbfs < QUIET_PEAK_DBFS) return text("Level", "Quiet", figure, true);
  return text("Level", "Good", figure, false);
}

/**
 * @param {Measures} measures
 * @returns {MeasureText}
 */
function noiseText({ snrDb }) {
  const figure = `${Math.round(snrDb)} dB above noise`;
  if (snrDb < NOISY_SNR_DB) return text("Noise", "Noisy", figure, true);
  return text("Noise", snrDb < CLEAN_SNR_DB ? "Some" : "Little", figure, false);
}

/**
 * @param {Measures} measures
 * @returns {MeasureText}
 */
function windowText({ takeMs, windowStartMs }) {
  if (takeMs <= CLIP_MS) return text("Place", "Whole take", `${seconds(takeMs)} s, padded with silence`, false);
  const figure = `at ${seconds(windowStartMs)} of ${seconds(takeMs)} s`;
  const isAtEdge = windowStartMs < EDGE_MS || windowStartMs + CLIP_MS > takeMs - EDGE_MS;
  return text("Place", isAtEdge ? "At the edge" : "Inside the take", figure, isAtEdge);
}

/**
 * @param {string} name
 * @param {string} verdict
 * @param {string} figure
 * @param {boolean} isDoubtful
 * @returns {MeasureText}
 */
function text(name, verdict, figure, isDoubtful) {
  return { name, verdict, figure, isDoubtful };
}

/** @param {number} value */
function signed(value) {
  const rounded = Math.round(value);
  return rounded < 0 ? `−${-rounded}` : `${Math.abs(rounded)}`;
}

/** @param {number} ms */
function seconds(ms) {
  return (ms / 1000).toFixed(2).replace("-", "−");
}

/** @param {number} n */
function samples(n) {
  return n === 1 ? "1 sample" : `${n} samples`;
}
