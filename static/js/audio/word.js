/** Decides when the word of a take was said, from frames of sound. Pure. */

import { FRAME_MS } from "./endpointing.js";

/** What is kept behind the word. Longer than any stop consonant is silent (250 ms), so that "eight" is one word. */
export const TAIL_MS = 300;
/** A word may begin this long before its prompt is seen; what is earlier belongs to the word before. */
export const EARLY_MS = 300;

const N_TAIL = TAIL_MS / FRAME_MS;
/** The shortest sound that is a word: 50 ms, and the 30 ms that averaging adds. Clicks are shorter. */
const N_ISLAND = 8;
/** A word is clear when it stands out this far; fainter, its soft ends may be longer than the tail. */
const CLEAR_DB = 15;
/** A click and its echo have one peak; a word stays near its peak for this many frames. */
const NEAR_PEAK_DB = 12;
const N_NEAR_PEAK = 12;
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

/** Listens for one word. Not sure of a clear one, it waits for the whole window, and while speech goes on. */
export class WordListener {
  /** Frames since the prompt appeared, and of that the last that was not noise. */
  #now;
  #lastSoft = -Infinity;
  #run = /** @type {Frame[]} */ ([]);
  #sound = /** @type {Frame[]} */ ([]);
  #peakDbfs = -Infinity;
  #isOver = false;
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

  /**
   * @param {readonly Frame[]} frames
   * @returns {boolean} true once the take is over
   */
  hear(frames) {
    for (const frame of frames) {
      this.#hear(frame);
      if (!this.#isOver && this.#isEnough()) this.#finish();
    }
    return this.#isOver;
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
    const isQuiet = this.#now - this.#lastSoft >= N_TAIL;
    if (this.#now * FRAME_MS >= longestMs) return true;
    if (isQuiet && this.#now * FRAME_MS >= windowMs) return true;
    return isQuiet && this.#isWord();
  }

  /** Whether the sound that has just ended is surely a word; if not, it is forgotten. */
  #isWord() {
    const sound = this.#sound;
    this.#sound = [];
    const peakDbfs = peakOf(sound);
    this.#peakDbfs = Math.max(this.#peakDbfs, peakDbfs);
    return isClear(sound, peakDbfs) && !this.#voice.isFaint(peakDbfs);
  }

  #finish() {
    this.#isOver = true;
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
  return isFarAbove && sound.filter(({ dbfs }) => dbfs >= peakDbfs - NEAR_PEAK_DB).length >= N_NEAR_PEAK;
}
