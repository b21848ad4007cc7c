/** What was measured on a clip, in words and in numbers. Pure: it yields the keys of texts and their values. */

import { CLIP_MS, EDGE_MS, SURE_FROM, touchesEdge } from "./extent-logic.js";

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
 * Where the word lies in its take; null where nobody knows.
 * @typedef {object} Alignment
 * @property {number | null} wordStartMs
 * @property {number | null} wordEndMs
 * @property {number | null} alignmentConfidence 0 to 1, that the clip holds the whole word
 * @property {string | null} alignmentMethod
 */

/**
 * Decibels are whole, seconds have two digits, and shares are 0 to 1; `n` is what the figure counts, if it counts anything.
 * @typedef {{key: string, n?: number, values: Record<string, number>}} Figure
 */

/** @typedef {{name: string, verdict: string, figure: Figure, isDoubtful: boolean}} MeasureText */

const QUIET_PEAK_DBFS = -20;
const NOISY_SNR_DB = 15;
const CLEAN_SNR_DB = 30;

/**
 * @param {{measures: Measures, alignment: Alignment}} clip
 * @returns {MeasureText[]}
 */
export function describe(clip) {
  return [levelText(clip.measures), noiseText(clip.measures), wordText(clip) ?? windowText(clip.measures)];
}

/**
 * @param {{measures: Measures, alignment: Alignment}} clip
 * @returns {MeasureText | null} null where nobody looked for the word
 */
function wordText(clip) {
  const { wordStartMs, wordEndMs, alignmentConfidence } = clip.alignment;
  if (wordStartMs === null || wordEndMs === null || alignmentConfidence === null) return null;
  const values = { wordS: (wordEndMs - wordStartMs) / 1000, sureShare: alignmentConfidence };
  const figure = { key: "word-figure", values };
  if (touchesEdge(clip)) return { name: "word", verdict: "place-edge", figure, isDoubtful: true };
  const isDoubtful = alignmentConfidence < SURE_FROM;
  return { name: "word", verdict: isDoubtful ? "word-doubtful" : "word-whole", figure, isDoubtful };
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
