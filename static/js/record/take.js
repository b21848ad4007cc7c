/** One take: what was heard from shortly before the word appeared until the endpoint says it is over. */

import { EARLY_MS, REST_MS, TAIL_MS, WordListener } from "../audio/word.js";

/** @typedef {import("../audio/endpointing.js").Ear} Ear */
/** @typedef {import("../audio/word.js").Voice} Voice */

/** How much is kept from before the word appeared: words may begin 200 ms early, and 300 ms stay in front of them. */
export const LEAD_MS = 500;
/** Of the silence behind a word that much belongs to its take alone. */
const OWN_TAIL_MS = 50;
/** How long we wait for a word after it appeared. */
export const TAKE_MS = 2000;
/** How long we listen at most, while speech goes on. */
export const LONGEST_TAKE_MS = 3000;
/** How much the ring in front of the takes remembers. */
export const RING_MS = 600;

/**
 * Decides when a take is over, and how long the rest before the next word is then.
 * @typedef {object} Endpoint
 * @property {(block: Float32Array) => boolean} hear true once the take is over
 * @property {() => number} restMs
 */

/**
 * @param {number} durationMs
 * @param {number} sampleRateHz
 * @returns {Endpoint}
 */
export function fixedEndpoint(durationMs, sampleRateHz) {
  let nRemaining = toSamples(durationMs, sampleRateHz);
  return {
    hear: (block) => {
      nRemaining -= block.length;
      return nRemaining <= 0;
    },
    restMs: () => REST_MS,
  };
}

/**
 * Over when the word was said; after TAKE_MS when that is not clear; never while speech goes on, up to LONGEST_TAKE_MS.
 * A clear word is decided before its tail is over, and the rest is counted from the decision.
 * @param {Ear} ear hears every block before the endpoint is asked
 * @param {Voice} voice
 * @returns {Endpoint}
 */
export function wordEndpoint(ear, voice) {
  const patience = { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS };
  const listener = new WordListener(voice, patience, ear.recent(EARLY_MS));
  return {
    hear: () => listener.hear(ear.latest),
    restMs: () => Math.max(0, REST_MS - listener.sinceDecisionMs),
  };
}

/**
 * The lead of the next take reaches into the silence behind the word before, and not into that word.
 * @param {number} sinceTakeMs since the take before was over
 */
export function leadMs(sinceTakeMs) {
  return Math.min(LEAD_MS, sinceTakeMs + TAIL_MS - OWN_TAIL_MS);
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
    return this.#endpoint.hear(block);
  }

  /** @returns {number} the rest between this take, now that it is over, and the next word */
  restMs() {
    return this.#endpoint.restMs();
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
