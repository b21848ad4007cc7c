/** The microphone, listening all the time, and the take that is being recorded from it. */

import { openCapture } from "../audio/capture.js";
import { Ear } from "../audio/endpointing.js";
import { levelOf } from "../audio/level.js";
import { Ring } from "../audio/ring.js";
import { Voice } from "../audio/word.js";
import { fixedEndpoint, leadMs, RING_MS, Take, TAKE_MS, toSamples, wordEndpoint } from "./take.js";

/** A microphone that was opened just now has to hear the room before it can tell a word from it. */
const ROOM_KNOWN_MS = 800;

/**
 * @typedef {object} RecorderEvents
 * @property {(level: import("../audio/level.js").Level, takenShare: number | null) => void} onLevel
 *   every block's level; how much of the take is over, 0 to 1, or null between takes
 * @property {(waveform: Float32Array, restMs: number) => void} onTake with the rest before the next word
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
  #nHeardSamples = 0;
  #nSamplesSinceTake = Infinity;
  #ring = new Ring(1);
  /** Hears the room from the moment the microphone is open, also between takes. */
  #ear = new Ear(1);
  #voice = new Voice();
  #waiting = /** @type {(() => void)[]} */ ([]);
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

  /** @returns {AudioContext | null} the microphone's, while it is open */
  get context() {
    return this.#capture?.isAlive() ? this.#capture.context : null;
  }

  /** Which microphone this is, and what is known of it. */
  get device() {
    const { deviceId = "", processing = [] } = this.#capture ?? {};
    const { track } = /** @type {{track?: {sampleRate?: number}}} */ (this.settings);
    return { id: deviceId, rateHz: track?.sampleRate || this.sampleRateHz, processing };
  }

  /** How long this microphone has been listening. */
  get heardMs() {
    return (1000 * this.#nHeardSamples) / (this.sampleRateHz || 1);
  }

  /** The noise of the room in each band, as the ear knows it now. */
  get floors() {
    return this.#ear.floors;
  }

  /**
   * Opens the microphone, or wakes it; does nothing when it is listening already.
   * @param {string | null} [deviceId] which, if it is there; null: the system's choice
   * @returns {Promise<void>}
   */
  open(deviceId = null) {
    this.#opening ??= this.#open(deviceId).finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** @param {string | null} deviceId */
  async #open(deviceId) {
    const isWanted = deviceId === null || this.#capture?.deviceId === deviceId;
    if (this.#capture?.isAlive() && isWanted) return this.#capture.resume();
    await this.close();
    this.#capture = await openCapture(
      deviceId,
      (block) => this.#hear(block),
      () => this.#events.onLost(),
    );
    this.#ring = new Ring(toSamples(RING_MS, this.#capture.sampleRateHz));
    this.#ear = new Ear(this.#capture.sampleRateHz);
    this.#voice = new Voice();
    this.#nHeardSamples = 0;
    this.#nSamplesSinceTake = Infinity;
  }

  /**
   * Resolves once the room is known, or the microphone was closed.
   * @returns {Promise<void>}
   */
  async roomKnown() {
    if (this.heardMs < ROOM_KNOWN_MS) await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
  }

  /** The word has appeared: record it. */
  begin() {
    const sinceTakeMs = (1000 * this.#nSamplesSinceTake) / this.sampleRateHz;
    const lead = this.#ring.last(toSamples(leadMs(sinceTakeMs), this.sampleRateHz));
    this.#take = new Take(lead, this.#endpoint());
    this.#nTakenSamples = 0;
  }

  /**
   * Records what comes from now on, and nothing of before.
   * @param {number} durationMs
   */
  listen(durationMs) {
    this.#take = new Take(new Float32Array(0), fixedEndpoint(durationMs, this.sampleRateHz));
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
    this.#wakeWaiting();
    await capture?.close();
  }

  /** @param {Float32Array} block */
  #hear(block) {
    this.#ring.push(block);
    this.#ear.hear(block);
    this.#nHeardSamples += block.length;
    if (this.heardMs >= ROOM_KNOWN_MS) this.#wakeWaiting();
    this.#nSamplesSinceTake += block.length;
    const isOver = this.#take?.push(block) ?? false;
    this.#nTakenSamples += block.length;
    this.#events.onLevel(levelOf(block), this.#take && this.#nTakenSamples / toSamples(TAKE_MS, this.sampleRateHz));
    if (!isOver || !this.#take) return;
    const take = this.#take;
    this.#take = null;
    this.#nSamplesSinceTake = 0;
    this.#events.onTake(take.waveform(), take.restMs());
  }

  #wakeWaiting() {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
