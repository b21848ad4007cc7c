/** The most recent samples of a stream, so that what was spoken just before a take begins is not lost. */
export class Ring {
  #samples;
  #next = 0;
  #nFilled = 0;

  /** @param {number} nSamples how many samples are kept, at least 1 */
  constructor(nSamples) {
    this.#samples = new Float32Array(nSamples);
  }

  /** @param {Float32Array} block */
  push(block) {
    const capacity = this.#samples.length;
    const tail = block.length > capacity ? block.subarray(block.length - capacity) : block;
    const nBeforeEnd = Math.min(tail.length, capacity - this.#next);
    this.#samples.set(tail.subarray(0, nBeforeEnd), this.#next);
    this.#samples.set(tail.subarray(nBeforeEnd), 0);
    this.#next = (this.#next + tail.length) % capacity;
    this.#nFilled = Math.min(capacity, this.#nFilled + tail.length);
  }

  /**
   * The last `nSamples` samples in order; fewer when fewer were heard or are kept.
   * @param {number} nSamples
   * @returns {Float32Array} a copy
   */
  last(nSamples) {
    const length = Math.min(nSamples, this.#nFilled);
    const capacity = this.#samples.length;
    const start = (this.#next - length + capacity) % capacity;
    const copy = new Float32Array(length);
    const nBeforeEnd = Math.min(length, capacity - start);
    copy.set(this.#samples.subarray(start, start + nBeforeEnd), 0);
    copy.set(this.#samples.subarray(0, length - nBeforeEnd), nBeforeEnd);
    return copy;
  }
}
