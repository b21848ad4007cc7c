/** Takes out what a browser puts between the samples of a microphone when it has none ready. Pure. */

/** A longer silence is the microphone's own: it was muted, or something suppresses its noise. */
export const MAX_FILLINGS = 32;

/** Sound goes right up to a filling; the silence of a microphone begins and ends anywhere. */
const N_EDGE_SAMPLES = 8;

/**
 * WebKitGTK's audio thread does not wait for the microphone: a quantum that comes late is replaced by zeros, or by the
 * one before once more, and follows after it. So nothing is lost, and without the filling the sound is whole.
 */
export class Mender {
  #before = new Float32Array(0);
  #nSilent = 0;
  #nRepeated = 0;

  /**
   * @param {Float32Array} quantum
   * @param {(quantum: Float32Array) => void} pass gets what the microphone heard, in order
   */
  mend(quantum, pass) {
    if (quantum.every(isZero)) return this.#holdBack(quantum, pass);
    if (this.#isRepeated(quantum)) return;
    if (!isLoud(quantum.subarray(0, N_EDGE_SAMPLES))) this.#release(pass);
    this.#nSilent = 0;
    this.#before = quantum.slice();
    pass(quantum);
  }

  /**
   * Silence may be a filling: what follows tells.
   * @param {Float32Array} quantum
   * @param {(quantum: Float32Array) => void} pass
   */
  #holdBack(quantum, pass) {
    const isAbrupt = isLoud(this.#before.subarray(-N_EDGE_SAMPLES));
    if (isAbrupt && this.#nSilent < MAX_FILLINGS) {
      this.#nSilent += 1;
      return;
    }
    this.#release(pass);
    this.#before = quantum.slice();
    pass(quantum);
  }

  /** @param {(quantum: Float32Array) => void} pass */
  #release(pass) {
    for (; this.#nSilent > 0; this.#nSilent--) pass(new Float32Array(this.#before.length));
  }

  /** @param {Float32Array} quantum */
  #isRepeated(quantum) {
    const isSame = quantum.every((sample, index) => sample === this.#before[index]);
    this.#nRepeated = isSame ? this.#nRepeated + 1 : 0;
    return isSame && this.#nRepeated <= MAX_FILLINGS; // a device that is stuck is heard as it is
  }
}

/** @param {number} sample */
function isZero(sample) {
  return sample === 0;
}

/** @param {Float32Array} samples */
function isLoud(samples) {
  return !samples.every(isZero);
}
