/** Runs on the audio thread: hands every sample of the microphone to the page, in blocks of N_BLOCK_SAMPLES. */

import { Mender } from "./mending.js";

// Eight render quanta: about 20 ms, so that the page gets some 50 messages a second and not 375.
const N_BLOCK_SAMPLES = 1024;

class CaptureProcessor extends AudioWorkletProcessor {
  #block = new Float32Array(N_BLOCK_SAMPLES);
  #nFilled = 0;
  #mender = new Mender();

  /**
   * @param {Float32Array[][]} inputs one input, mixed down to one channel by the node
   * @returns {boolean} true: stay alive, the microphone may be silent for a while
   */
  process(inputs) {
    const channel = inputs[0]?.[0];
    if (channel) this.#mender.mend(channel, (quantum) => this.#append(quantum));
    return true;
  }

  /** @param {Float32Array} channel its buffer is used again by the browser, so it is copied */
  #append(channel) {
    let nTaken = 0;
    while (nTaken < channel.length) {
      const nFitting = Math.min(channel.length - nTaken, N_BLOCK_SAMPLES - this.#nFilled);
      this.#block.set(channel.subarray(nTaken, nTaken + nFitting), this.#nFilled);
      this.#nFilled += nFitting;
      nTaken += nFitting;
      if (this.#nFilled === N_BLOCK_SAMPLES) this.#send();
    }
  }

  #send() {
    this.port.postMessage(this.#block, [this.#block.buffer]);
    this.#block = new Float32Array(N_BLOCK_SAMPLES);
    this.#nFilled = 0;
  }
}

registerProcessor("capture", CaptureProcessor);
