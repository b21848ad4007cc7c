/** Fetches clips ahead of time and plays them without a gap between decision and sound. */

import { barsOf } from "../audio/level.js";
import { t } from "../texts.js";

export const N_WAVE_BARS = 80;
const N_TAKE_BARS = 120;

/** @typedef {{buffer: AudioBuffer, bars: number[]}} Sound */

export class Player {
  #context = new AudioContext();
  #sounds = /** @type {Map<string, Promise<Sound>>} */ (new Map());
  #takes = /** @type {Map<string, Promise<Sound>>} */ (new Map());
  #source = /** @type {AudioBufferSourceNode | null} */ (null);
  #heard = /** @type {Sound | null} */ (null);
  #startedAt = 0;

  /** True while the browser wants a key or a click first. */
  get isBlocked() {
    return this.#context.state === "suspended";
  }

  /**
   * How much of a sound has been heard, 0 to 1; null when it does not play.
   * @param {Sound | null} sound
   */
  heardShare(sound) {
    if (!sound || this.#heard !== sound) return null;
    const duration = this.#source?.buffer?.duration;
    return duration ? Math.min(1, (this.#context.currentTime - this.#startedAt) / duration) : null;
  }

  /** @returns {Promise<void>} */
  unblock() {
    return this.#context.resume();
  }

  /**
   * @param {{id: string, audioUrl: string}} clip
   * @returns {Promise<Sound>}
   */
  sound({ id, audioUrl }) {
    const sound = this.#sounds.get(id) ?? this.#load(audioUrl, N_WAVE_BARS);
    this.#sounds.set(id, sound);
    return sound;
  }

  /**
   * The whole take that a clip was cut from.
   * @param {{id: string, takeUrl: string}} clip
   * @returns {Promise<Sound>}
   */
  take({ id, takeUrl }) {
    const take = this.#takes.get(id) ?? this.#load(takeUrl, N_TAKE_BARS);
    this.#takes.set(id, take);
    return take;
  }

  /**
   * Forget every sound but these.
   * @param {readonly string[]} ids
   */
  keep(ids) {
    for (const sounds of [this.#sounds, this.#takes])
      for (const id of sounds.keys()) if (!ids.includes(id)) sounds.delete(id);
  }

  /** @param {Sound} sound */
  play(sound) {
    this.stop();
    const { buffer } = sound;
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.onended = () => {
      if (this.#source === source) this.#source = null;
    };
    source.connect(this.#context.destination);
    source.start();
    this.#source = source;
    this.#heard = sound;
    this.#startedAt = this.#context.currentTime;
  }

  stop() {
    this.#source?.stop();
    this.#source = null;
  }

  /**
   * @param {string} url
   * @param {number} nBars
   * @returns {Promise<Sound>}
   */
  async #load(url, nBars) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(t("sound-not-loaded", { status: response.status }));
    const buffer = await this.#context.decodeAudioData(await response.arrayBuffer());
    return { buffer, bars: barsOf(buffer.getChannelData(0), nBars) };
  }
}
