/** Decides when the word of a take was said, from frames of sound. Pure. */

import { FRAME_MS } from "./endpointing.js";

/** What is kept behind the word. Longer than any stop consonant is silent (250 ms), so that "eight" is one word. */
export const TAIL_MS = 300;
/** A word may begin this long before its prompt is seen; what is earlier belongs to the word before. */
export const EARLY_MS = 300;
/** The rest between the decision that a word was said and the next prompt: who knows the rhythm begins 200 ms early. */
export const REST_MS = 200;

const N_TAIL = TAIL_MS / FRAME_MS;
/**
 * So long a silence ends a word that stands out far. Of 1,030 words in a quiet room none had a longer pause in it than
 * 180 ms; the rest of the tail is recorded while the eyes go to the next word.
 */
const N_SURE = 24;
const SURE_DB = 30;
/** The shortest sound that is a word: 50 ms, and the 30 ms that averaging adds. Clicks are shorter. */
const N_ISLAND = 8;
/** A word is clear when it stands out this far; fainter, its soft ends may be longer than the tail. */
const CLEAR_DB = 15;
/** A click and its echo have one peak; a word stays near its peak for this many frames. */
const NEAR_PEAK_DB = 12;
const N_NEAR_PEAK = 12;
/** Of those frames, so many are a vowel. */
const N_DARK = 4;
/** A breath or a rustle is this much fainter than the words that were said so far. */
const FAINT_DB = 12;
const N_VOICES = 7;

/** @typedef {import("./endpointing.js").Frame} Frame */
/** @typedef {{windowMs: number, longestMs: number}} Patience how long to wait for a word, and for its end */

/** How loud this speaker's words are: the median of the last few. */
export class Voice {
  #peaks = /** @type {number[]} */ ([]);

  /** @param {number} peakDbfs of the loudest sound in a take */
  learn(peakDbfs) {
    this.#peaks = [...this.#peaks, peakDbfs].slice(-N_VOICES);
  }

  /** @param {number} peakDbfs */
  isFaint(peakDbfs) {
    const sorted = [...this.#peaks].sort((a, b) => a - b);
    return peakDbfs < (sorted[Math.floor(sorted.length / 2)] ?? -Infinity) - FAINT_DB;
  }
}

/**
 * Listens for one word. Not sure of a clear one, it waits for the whole window, and while speech goes on.
 * What is heard after the decision is only the rest of the tail: it may be the next word already.
 */
export class WordListener {
  /** Frames since the prompt appeared, and of that the last that was not noise. */
  #now;
  #lastSoft = -Infinity;
  #run = /** @type {Frame[]} */ ([]);
  #sound = /** @type {Frame[]} */ ([]);
  #peakDbfs = -Infinity;
  #nSinceDecision = -1;
  #nTailLeft = 0;
  #voice;
  #patience;

  /**
   * @param {Voice} voice
   * @param {Patience} patience
   * @param {readonly Frame[]} early the frames just before the prompt
   */
  constructor(voice, patience, early) {
    this.#voice = voice;
    this.#patience = patience;
    this.#now = -early.length;
    for (const frame of early) this.#hear(frame);
  }

  /** Whether the word was said, or is waited for no longer. */
  get isDecided() {
    return this.#nSinceDecision >= 0;
  }

  /** @returns {number} how long ago that was decided */
  get sinceDecisionMs() {
    return this.#nSinceDecision * FRAME_MS;
  }

  /**
   * @param {readonly Frame[]} frames
   * @returns {boolean} true once the take is over, its tail included
   */
  hear(frames) {
    for (const frame of frames) {
      if (this.isDecided) this.#nSinceDecision += 1;
      else this.#listen(frame);
    }
    return this.isDecided && this.#nSinceDecision >= this.#nTailLeft;
  }

  /** @param {Frame} frame */
  #listen(frame) {
    this.#hear(frame);
    if (this.#isEnough()) this.#decide();
  }

  /** @param {Frame} frame */
  #hear(frame) {
    this.#now += 1;
    if (frame.isSoft) this.#lastSoft = this.#now;
    this.#run = frame.isSoft ? [...this.#run, frame] : [];
    if (this.#sound.length > 0) this.#sound.push(frame);
    else if (isIsland(this.#run)) this.#sound = [...this.#run];
  }

  #isEnough() {
    const { windowMs, longestMs } = this.#patience;
    if (this.#now * FRAME_MS >= longestMs) return true;
    if (this.#nQuiet < N_TAIL) return this.#nQuiet >= N_SURE && this.#isSurelyWord();
    return this.#now * FRAME_MS >= windowMs || this.#isWord();
  }

  get #nQuiet() {
    return this.#now - this.#lastSoft;
  }

  #isSurelyWord() {
    return this.#sound.some(({ aboveDb }) => aboveDb >= SURE_DB) && this.#isClear(this.#sound);
  }

  /** Whether the sound that has just ended is a word; if not, it is forgotten. */
  #isWord() {
    const sound = this.#sound;
    this.#sound = [];
    this.#peakDbfs = Math.max(this.#peakDbfs, peakOf(sound));
    return this.#isClear(sound);
  }

  /** @param {readonly Frame[]} sound */
  #isClear(sound) {
    const peakDbfs = peakOf(sound);
    return isClear(sound, peakDbfs) && !this.#voice.isFaint(peakDbfs);
  }

  #decide() {
    this.#nSinceDecision = 0;
    const nLongest = this.#patience.longestMs / FRAME_MS;
    this.#nTailLeft = Math.min(Math.max(0, N_TAIL - this.#nQuiet), nLongest - this.#now);
    const peakDbfs = Math.max(this.#peakDbfs, peakOf(this.#sound));
    if (peakDbfs > -Infinity) this.#voice.learn(peakDbfs);
  }
}

/** @param {readonly Frame[]} run frames above the noise, without a gap */
function isIsland(run) {
  return run.length >= N_ISLAND && run.filter(({ isLoud }) => isLoud).length >= N_ISLAND / 2;
}

/** @param {readonly Frame[]} sound */
function peakOf(sound) {
  return sound.reduce((peak, { dbfs }) => Math.max(peak, dbfs), -Infinity);
}

/**
 * @param {readonly Frame[]} sound
 * @param {number} peakDbfs
 */
function isClear(sound, peakDbfs) {
  const isFarAbove = sound.some(({ aboveDb }) => aboveDb >= CLEAR_DB);
  const nearPeak = sound.filter(({ dbfs }) => dbfs >= peakDbfs - NEAR_PEAK_DB);
  return isFarAbove && nearPeak.length >= N_NEAR_PEAK && nearPeak.filter(({ isDark }) => isDark).length >= N_DARK;
}
