/**
 * Looks at a whole take before it counts: was one word said, and was it recorded well? Pure, a few milliseconds.
 *
 * The take is cut into the frames of endpointing.js, against the noise of the room as the ear knows it. Sounds that
 * stand out are islands; an island with a voiced part is a syllable or more, and what lies close around it belongs to it.
 */

import { FRAME_MS, framesOf } from "./endpointing.js";
import { FLOOR_DBFS, toDbfs } from "./level.js";
import { periodicityOf } from "./voicing.js";

/** @typedef {import("./endpointing.js").Floor} Floor */
/** @typedef {import("./endpointing.js").Frame} Frame */

/**
 * @typedef {"good" | "silent" | "too-quiet" | "clipped" | "cut-off" | "two-words" | "too-long" | "too-noisy"} Verdict
 */

/**
 * @typedef {object} Context
 * @property {number} sampleRateHz
 * @property {readonly Floor[]} floors of the ear, when the take is over
 */

/**
 * @typedef {object} Measures levels of the word alone; of the whole take when there is no word
 * @property {number} peakDbfs
 * @property {number} activeDbfs
 * @property {number} noiseDbfs of the take around the word, one click in it apart
 * @property {number} snrDb
 * @property {number} nClippedSamples
 * @property {number} startMs of the word, in the take
 * @property {number} endMs
 * @property {number} longestGapMs between two voiced parts of it
 * @property {number} voicedMs
 */

/**
 * A sound that stands out, from frame to frame; how many of them are voiced, and the loudest of those.
 * @typedef {{start: number, stop: number, nVoiced: number, vowelDbfs: number}} Island
 */

/** Where no other source is named: chosen on the development speakers of `bench/recorder_gate.mjs`. */
export const LIMITS = {
  /** Peak of a word; below it the meter says that nothing is heard (level.js). */
  quietPeakDbfs: -42,
  /** Takes of 20 dB are welcome, those of 5 dB are not. */
  snrDb: 14,
  /** The noise is as loud as this share of the quieter frames around the word is not: clatter counts, a click does not. */
  noiseShare: 0.8,
  /** What is fainter than the loudest voiced part by this much is not speech that matters. */
  rangeDb: 22,
  /** Another vowel of the same speaker is not fainter than the loudest by more; a voice in the next room is. */
  vowelDb: 15,
  /** Periodicity of a voiced frame: half the energy repeats itself. */
  periodicity: 0.5,
  /** Less in one piece is no vowel. */
  vowelMs: 40,
  /** Less altogether is no word. */
  voicedMs: 60,
  /** Stops and hisses belong to the vowel that is no further away. */
  nearMs: 200,
  /** The recorder keeps more on either side; what comes nearer to an edge was cut. A word may end in a short silence. */
  startEdgeMs: 40,
  endEdgeMs: 100,
  /** Silence inside a word; the longest stop in 1,030 words lasts 180 ms. */
  gapMs: 200,
  /** The clip becomes one second; of a longer word something would be lost. */
  longestMs: 1100,
  /** In rows of two and more at one rail. */
  nClippedSamples: 6,
};

/**
 * @param {Float32Array} take all of it, from before the prompt to behind the word
 * @param {Context} context
 * @returns {{verdict: Verdict, measures: Measures}}
 */
export function judge(take, { sampleRateHz, floors }) {
  const frames = framesOf(take, sampleRateHz, floors);
  const parts = partsOf(frames, voicedOf(take, sampleRateHz, frames));
  const measures = measuresOf(take, sampleRateHz, frames, parts, floors);
  return { verdict: verdictOf(measures, (1000 * take.length) / sampleRateHz), measures };
}

/**
 * @param {Measures} measures
 * @param {number} takeMs
 * @returns {Verdict} the first fault, what spoils the other measures first
 */
function verdictOf(measures, takeMs) {
  const { startMs, endMs } = measures;
  if (measures.voicedMs < LIMITS.voicedMs) return "silent";
  if (measures.nClippedSamples >= LIMITS.nClippedSamples) return "clipped";
  if (measures.peakDbfs < LIMITS.quietPeakDbfs) return "too-quiet";
  if (measures.snrDb < LIMITS.snrDb) return "too-noisy";
  if (startMs < LIMITS.startEdgeMs || takeMs - endMs < LIMITS.endEdgeMs) return "cut-off";
  if (measures.longestGapMs > LIMITS.gapMs) return "two-words";
  return endMs - startMs > LIMITS.longestMs ? "too-long" : "good";
}

/**
 * @param {Float32Array} take
 * @param {number} sampleRateHz
 * @param {readonly Frame[]} frames
 */
function voicedOf(take, sampleRateHz, frames) {
  const soft = frames.map(({ isSoft }) => isSoft);
  return periodicityOf(take, sampleRateHz, soft).map((periodicity) => periodicity >= LIMITS.periodicity);
}

/**
 * The islands that stand out beside the loudest voiced sound, and of them those of the word.
 * @param {readonly Frame[]} frames
 * @param {readonly boolean[]} voiced
 * @returns {Island[]}
 */
function partsOf(frames, voiced) {
  const peakDb = Math.max(0, ...frames.filter((_, index) => voiced[index]).map(({ aboveDb }) => aboveDb));
  const spans = islandsOf(frames.map(({ isSoft, aboveDb }) => isSoft && aboveDb >= peakDb - LIMITS.rangeDb));
  const islands = spans.map(({ start, stop }) => {
    const levels = frames.slice(start, stop).filter((_, index) => voiced[start + index]);
    return { start, stop, nVoiced: levels.length, vowelDbfs: Math.max(FLOOR_DBFS, ...levels.map(({ dbfs }) => dbfs)) };
  });
  return belonging(islands);
}

/**
 * @param {readonly boolean[]} isActive
 * @returns {{start: number, stop: number}[]}
 */
function islandsOf(isActive) {
  const edges = [...isActive, false].flatMap((active, index) => (active === (isActive[index - 1] ?? false) ? [] : index));
  return Array.from({ length: edges.length / 2 }, (_, n) => ({ start: edges[2 * n], stop: edges[2 * n + 1] }));
}

/**
 * Those with a vowel, and what lies close to them: the stops and hisses of the same word.
 * @param {readonly Island[]} islands
 */
function belonging(islands) {
  const loudestDbfs = Math.max(...islands.map(({ vowelDbfs }) => vowelDbfs));
  const hasVowel = (/** @type {Island} */ { nVoiced, vowelDbfs }) =>
    nVoiced * FRAME_MS >= LIMITS.vowelMs && vowelDbfs >= loudestDbfs - LIMITS.vowelDb;
  const vowels = islands.filter(hasVowel);
  return islands.filter((island) => vowels.some((vowel) => distanceMs(island, vowel) <= LIMITS.nearMs));
}

/**
 * @param {Island} a
 * @param {Island} b
 */
function distanceMs(a, b) {
  return Math.max(0, a.start - b.stop, b.start - a.stop) * FRAME_MS;
}

/**
 * @param {Float32Array} take
 * @param {number} sampleRateHz
 * @param {readonly Frame[]} frames
 * @param {readonly Island[]} parts
 * @param {readonly Floor[]} floors
 * @returns {Measures}
 */
function measuresOf(take, sampleRateHz, frames, parts, floors) {
  const start = parts[0]?.start ?? 0;
  const stop = parts.at(-1)?.stop ?? frames.length;
  const toSamples = (/** @type {number} */ frame) => Math.round((frame * FRAME_MS * sampleRateHz) / 1000);
  const word = take.subarray(toSamples(start), toSamples(stop));
  const activeDbfs = meanDbfs(parts.flatMap((part) => frames.slice(part.start, part.stop)));
  const noiseDbfs = Math.max(floors[0].dbfs, highDbfs([...frames.slice(0, start), ...frames.slice(stop)]));
  return {
    peakDbfs: toDbfs(peakOf(word)),
    activeDbfs,
    noiseDbfs,
    snrDb: activeDbfs - noiseDbfs,
    nClippedSamples: countClipped(take),
    startMs: start * FRAME_MS,
    endMs: stop * FRAME_MS,
    longestGapMs: longestGap(parts) * FRAME_MS,
    voicedMs: parts.reduce((sum, { nVoiced }) => sum + nVoiced, 0) * FRAME_MS,
  };
}

/** @param {Float32Array} waveform */
function peakOf(waveform) {
  let peak = 0;
  for (const sample of waveform) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/** @param {readonly Frame[]} frames */
function meanDbfs(frames) {
  const power = frames.reduce((sum, { dbfs }) => sum + 10 ** (dbfs / 10), 0) / Math.max(1, frames.length);
  return toDbfs(Math.sqrt(power));
}

/** @param {readonly Frame[]} frames */
function highDbfs(frames) {
  const levels = frames.map(({ dbfs }) => dbfs).sort((a, b) => a - b);
  return levels[Math.floor(LIMITS.noiseShare * levels.length)] ?? FLOOR_DBFS;
}

/** @param {readonly Island[]} parts */
function longestGap(parts) {
  return parts.slice(1).reduce((longest, { start }, index) => Math.max(longest, start - parts[index].stop), 0);
}

/**
 * Samples at a rail, two or more in a row: at full scale, or lower when a preamplifier clipped before.
 * @param {Float32Array} take
 */
function countClipped(take) {
  const rail = Math.min(0.999, 0.9995 * peakOf(take)); // a vowel comes near its peak in every period, but not this near
  let nClipped = 0;
  let nInRow = 0;
  for (const sample of take) {
    nInRow = Math.abs(sample) >= rail ? nInRow + 1 : 0;
    if (nInRow === 2) nClipped += 2;
    if (nInRow > 2) nClipped += 1;
  }
  return nClipped;
}
