/** One take: what was heard from shortly before the word appeared until the endpoint says it is over. */

import { EARLY_MS, WordListener } from "../audio/word.js";

/** @typedef {import("../audio/endpointing.js").Ear} Ear */
/** @typedef {import("../audio/word.js").Voice} Voice */

/** How much is kept from before the word appeared: words may begin 200 ms early, and 300 ms stay in front of them. */
export const LEAD_MS = 500;
/** How long we wait for a word after it appeared. */
export const TAKE_MS = 2000;
/** How long we listen at most, while speech goes on. */
export const LONGEST_TAKE_MS = 3000;
/** How much the ring in front of the takes remembers. */
export const RING_MS = 600;
/** The rest between two words: with the silence behind a word longer than the lead, so no take hears the one before. */
export const BEAT_MS = 250;

/**
 * Decides when a take is over: after a fixed time, or whatever else may listen to the blocks.
 * @typedef {(block: Float32Array) => boolean} Endpoint true once the take is over
 */

/**
 * @param {number} durationMs
 * @param {number} sampleRateHz
 * @returns {Endpoint}
 */
export function fixedEndpoint(durationMs, sampleRateHz) {
  let nRemaining = toSamples(durationMs, sampleRateHz);
  return (block) => {
    nRemaining -= block.length;
    return nRemaining <= 0;
  };
}

/**
 * Over when the word was said; after TAKE_MS when that is not clear; never while speech goes on, up to LONGEST_TAKE_MS.
 * @param {Ear} ear hears every block before the endpoint is asked
 * @param {Voice} voice
 * @returns {Endpoint}
 */
export function wordEndpoint(ear, voice) {
  const patience = { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS };
  const listener = new WordListener(voice, patience, ear.recent(EARLY_MS));
  return () => listener.hear(ear.latest);
}

export class Take {
  #blocks;
  #endpoint;

  /**
   * @param {Float32Array} lead samples from just before the word appeared
   * @param {Endpoint} endpoint
   */
  constructor(lead, endpoint) {
    this.#blocks = [lead];
    this.#endpoint = endpoint;
  }

  /**
   * @param {Float32Array} block
   * @returns {boolean} true once the take is over
   */
  push(block) {
    this.#blocks.push(block);
    return this.#endpoint(block);
  }

  /** @returns {Float32Array} all of it, lead included */
  waveform() {
    const nSamples = this.#blocks.reduce((sum, block) => sum + block.length, 0);
    const whole = new Float32Array(nSamples);
    let offset = 0;
    for (const block of this.#blocks) {
      whole.set(block, offset);
      offset += block.length;
    }
    return whole;
  }
}

/**
 * @param {number} durationMs
 * @param {number} sampleRateHz
 */
export function toSamples(durationMs, sampleRateHz) {
  return Math.round((durationMs * sampleRateHz) / 1000);
}
