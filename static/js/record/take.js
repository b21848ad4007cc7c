/** One take: what was heard from shortly before the word appeared until the endpoint says it is over. */

/** How much is kept from before the word appeared. */
export const LEAD_MS = 300;
/** How long we listen after the word appeared. */
export const TAKE_MS = 2000;
/** How much the ring in front of the takes remembers. */
export const RING_MS = 500;
/** The pause between two words; longer than LEAD_MS, so that no take hears the word before it. */
export const BEAT_MS = 450;

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
