/**
 * Finds the word in what the microphone hears, against the noise of the room. Pure.
 *
 * Levels are measured in frames of 10 ms in two bands, so that neither an offset nor hum counts and a soft "s" is
 * heard beside the rumble of a room. The floor of each band and its spread are quantiles of the last seconds: they hold though
 * words are spoken in between, and follow a fan that is switched on.
 */

import { toDbfs } from "./level.js";

export const FRAME_MS = 10;

/** Lower edges of the bands: all of speech but no hum, and what hisses. */
const BAND_EDGES_HZ = [200, 2500];
/** Frames that are averaged into one level: single frames of noise scatter too much. */
const N_SMOOTHED = 3;
const N_REMEMBERED = 400;
/** Before this much was heard there is no floor, and no frame counts as speech. */
const N_NEEDED = 30;
const N_FRESH = 10;
const QUIETEST_FLOOR_DBFS = -80;
const MIN_SPREAD_DB = 0.3;
const MAX_SPREAD_DB = 3;
/** Of 436 words 98 % have vowels that are darker; a plate that was put down had not one frame. */
const DARK_DB = 3;
/** Where the quantiles of 10 % and 30 % lie in a normal distribution, in standard deviations below its mean. */
const LOW = { share: 0.1, deviations: 1.28 };
const HIGH = { share: 0.3, deviations: 0.52 };

/**
 * 10 ms of sound.
 * @typedef {object} Frame
 * @property {number} dbfs
 * @property {number} aboveDb over the floor, in the band where that is most
 * @property {boolean} isSoft above what noise reaches: speech goes on
 * @property {boolean} isLoud well above it: speech may begin
 * @property {boolean} isDark most of it is low, as in a vowel and not in the clatter of dishes
 */

/**
 * Mean and standard deviation of the noise in one band.
 * @typedef {{dbfs: number, spreadDb: number}} Floor
 */

/** Turns the blocks of one microphone into frames. Listens all the time, so that it knows the room. */
export class Ear {
  /** The frames that the last block completed. */
  latest = /** @type {Frame[]} */ ([]);
  #bands;
  #recent = /** @type {Frame[]} */ ([]);
  #nFrameSamples;
  #nHeardSamples = 0;

  /**
   * @param {number} sampleRateHz
   * @param {readonly Floor[]} [floors] those of another ear, which then stay; else they are learned
   */
  constructor(sampleRateHz, floors) {
    this.#nFrameSamples = (sampleRateHz * FRAME_MS) / 1000;
    this.#bands = BAND_EDGES_HZ.map((edgeHz, index) => new Band(edgeHz, sampleRateHz, floors?.[index]));
  }

  /** True once the floor is known. */
  get isReady() {
    return this.#bands[0].isReady;
  }

  /** @returns {number} the noise of the room (above 200 Hz), dBFS */
  get floorDbfs() {
    return this.#bands[0].floor.dbfs;
  }

  /** @returns {Floor[]} of each band */
  get floors() {
    return this.#bands.map(({ floor }) => floor);
  }

  /**
   * @param {Float32Array} block any number of samples
   * @returns {Frame[]} those it completed
   */
  hear(block) {
    this.latest = [];
    for (const sample of block) {
      for (const band of this.#bands) band.add(sample);
      if (++this.#nHeardSamples >= this.#nFrameSamples) this.#endFrame();
    }
    this.#recent = [...this.#recent, ...this.latest].slice(-N_REMEMBERED);
    return this.latest;
  }

  /** @param {number} durationMs */
  recent(durationMs) {
    return this.#recent.slice(-durationMs / FRAME_MS);
  }

  #endFrame() {
    this.#nHeardSamples -= this.#nFrameSamples; // 44.1 kHz and its like have no whole number of samples in a frame
    const frames = this.#bands.map((band) => band.endFrame());
    const [all, hiss] = frames;
    this.latest.push({
      dbfs: all.dbfs,
      aboveDb: Math.max(...frames.map(({ aboveDb }) => aboveDb)),
      isSoft: frames.some(({ isSoft }) => isSoft),
      isLoud: frames.some(({ isLoud }) => isLoud),
      isDark: all.dbfs - hiss.dbfs >= DARK_DB,
    });
  }
}

/**
 * The frames of a whole waveform, in a room that is known.
 * @param {Float32Array} waveform
 * @param {number} sampleRateHz
 * @param {readonly Floor[]} floors of an ear that heard the room
 */
export function framesOf(waveform, sampleRateHz, floors) {
  return new Ear(sampleRateHz, floors).hear(waveform);
}

/** The level of all above one frequency, and its floor. */
class Band {
  /** @type {Floor} */
  floor = { dbfs: QUIETEST_FLOOR_DBFS, spreadDb: MAX_SPREAD_DB };
  #isKnown;
  #first;
  #second;
  #sumOfSquares = 0;
  #nSamples = 0;
  #powers = /** @type {number[]} */ ([]);
  #levels = /** @type {number[]} */ ([]);
  #nUntilFresh = N_NEEDED;

  /**
   * @param {number} edgeHz
   * @param {number} sampleRateHz
   * @param {Floor} [floor]
   */
  constructor(edgeHz, sampleRateHz, floor) {
    this.#first = new HighPass(edgeHz, sampleRateHz);
    this.#second = new HighPass(edgeHz, sampleRateHz);
    this.#isKnown = floor !== undefined;
    if (floor) this.floor = floor;
  }

  get isReady() {
    return this.#isKnown || this.#levels.length >= N_NEEDED;
  }

  /** @param {number} sample */
  add(sample) {
    const filtered = this.#second.next(this.#first.next(sample));
    this.#sumOfSquares += filtered ** 2;
    this.#nSamples += 1;
  }

  /** @returns {Pick<Frame, "dbfs" | "aboveDb" | "isSoft" | "isLoud">} */
  endFrame() {
    const dbfs = this.#takeLevel();
    this.#remember(dbfs);
    const aboveDb = this.isReady ? dbfs - this.floor.dbfs : -Infinity;
    const { spreadDb } = this.floor;
    return { dbfs, aboveDb, isSoft: aboveDb >= softDb(spreadDb), isLoud: aboveDb >= loudDb(spreadDb) };
  }

  #takeLevel() {
    this.#powers = [...this.#powers, this.#sumOfSquares / this.#nSamples].slice(-N_SMOOTHED);
    this.#sumOfSquares = 0;
    this.#nSamples = 0;
    return toDbfs(Math.sqrt(this.#powers.reduce((sum, power) => sum + power, 0) / this.#powers.length));
  }

  /** @param {number} dbfs */
  #remember(dbfs) {
    this.#levels.push(dbfs);
    if (this.#levels.length > N_REMEMBERED) this.#levels.shift();
    if (this.#isKnown || --this.#nUntilFresh > 0) return;
    this.#nUntilFresh = N_FRESH;
    this.floor = floorOf(this.#levels);
  }
}

/** First order, 6 dB an octave. */
class HighPass {
  #decay;
  #input = NaN;
  #output = 0;

  /**
   * @param {number} edgeHz
   * @param {number} sampleRateHz
   */
  constructor(edgeHz, sampleRateHz) {
    this.#decay = Math.exp((-2 * Math.PI * edgeHz) / sampleRateHz);
  }

  /** @param {number} input */
  next(input) {
    if (Number.isNaN(this.#input)) this.#input = input; // an offset must not sound like a click
    this.#output = input - this.#input + this.#decay * this.#output;
    this.#input = input;
    return this.#output;
  }
}

/** @param {number} spreadDb */
function softDb(spreadDb) {
  return Math.max(3, 3 * spreadDb);
}

/** @param {number} spreadDb */
function loudDb(spreadDb) {
  return Math.max(6, 5 * spreadDb);
}

/**
 * Mean and standard deviation of the noise beneath the words, as if its levels were normally distributed.
 * @param {readonly number[]} levels dBFS
 */
export function floorOf(levels) {
  const sorted = Float64Array.from(levels).sort();
  const low = sorted[Math.floor(LOW.share * sorted.length)];
  const high = sorted[Math.floor(HIGH.share * sorted.length)];
  const measuredDb = (high - low) / (LOW.deviations - HIGH.deviations);
  const spreadDb = Math.min(MAX_SPREAD_DB, Math.max(MIN_SPREAD_DB, measuredDb));
  return { dbfs: Math.max(QUIETEST_FLOOR_DBFS, high + HIGH.deviations * spreadDb), spreadDb };
}
