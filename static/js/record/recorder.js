/** The microphone, listening all the time, and the take that is being recorded from it. */

import { openCapture } from "../audio/capture.js";
import { Ear } from "../audio/endpointing.js";
import { levelOf } from "../audio/level.js";
import { Ring } from "../audio/ring.js";
import { Voice } from "../audio/word.js";
import { fixedEndpoint, LEAD_MS, RING_MS, Take, TAKE_MS, toSamples, wordEndpoint } from "./take.js";

/**
 * @typedef {object} RecorderEvents
 * @property {(level: import("../audio/level.js").Level, takenShare: number | null) => void} onLevel
 *   every block's level; how much of the take is over, 0 to 1, or null between takes
 * @property {(waveform: Float32Array) => void} onTake
 * @property {() => void} onLost
 */

export class Recorder {
  /** @type {import("../audio/capture.js").Capture | null} */
  #capture = null;
  /** One opening at a time, else the second would leave the first microphone listening. */
  #opening = /** @type {Promise<void> | null} */ (null);
  /** @type {Take | null} */
  #take = null;
  #nTakenSamples = 0;
  #ring = new Ring(1);
  /** Hears the room from the moment the microphone is open, also between takes. */
  #ear = new Ear(1);
  #voice = new Voice();
  #events;

  /** @param {RecorderEvents} events */
  constructor(events) {
    this.#events = events;
  }

  get sampleRateHz() {
    return this.#capture?.sampleRateHz ?? 0;
  }

  get settings() {
    return this.#capture?.settings ?? {};
  }

  /**
   * Opens the microphone, or wakes it; does nothing when it is listening already.
   * @returns {Promise<void>}
   */
  open() {
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open() {
    if (this.#capture?.isAlive()) return this.#capture.resume();
    await this.close();
    this.#capture = await openCapture(
      (block) => this.#hear(block),
      () => this.#events.onLost(),
    );
    this.#ring = new Ring(toSamples(RING_MS, this.#capture.sampleRateHz));
    this.#ear = new Ear(this.#capture.sampleRateHz);
    this.#voice = new Voice();
  }

  /** The word has appeared: record it. */
  begin() {
    const lead = this.#ring.last(toSamples(LEAD_MS, this.sampleRateHz));
    this.#take = new Take(lead, this.#endpoint());
    this.#nTakenSamples = 0;
  }

  /** A microphone that was opened just now does not know its room yet. */
  #endpoint() {
    return this.#ear.isReady ? wordEndpoint(this.#ear, this.#voice) : fixedEndpoint(TAKE_MS, this.sampleRateHz);
  }

  abandon() {
    this.#take = null;
  }

  async close() {
    const capture = this.#capture;
    this.#capture = null;
    this.#take = null;
    await capture?.close();
  }

  /** @param {Float32Array} block */
  #hear(block) {
    this.#ring.push(block);
    this.#ear.hear(block);
    const isOver = this.#take?.push(block) ?? false;
    this.#nTakenSamples += block.length;
    this.#events.onLevel(levelOf(block), this.#take && this.#nTakenSamples / toSamples(TAKE_MS, this.sampleRateHz));
    if (!isOver || !this.#take) return;
    const waveform = this.#take.waveform();
    this.#take = null;
    this.#events.onTake(waveform);
  }
}
