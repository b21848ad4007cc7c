/** One tab records at a time: two would ask for the same words, and hear each other's. */

const LOCK = "speechapp.recording";

/** Held while this tab records, until it lets go or another takes it over. */
export class OneTab {
  #letGo = () => {};
  #isHeld = false;
  #onTakenOver;

  /** @param {() => void} onTakenOver another tab records now */
  constructor(onTakenOver) {
    this.#onTakenOver = onTakenOver;
  }

  /**
   * @param {{isForced?: boolean}} [options] forced: the other tab stops
   * @returns {Promise<boolean>} false: another tab records
   */
  async take({ isForced = false } = {}) {
    if (this.#isHeld || !navigator.locks) return true;
    const options = isForced ? { steal: true } : { ifAvailable: true };
    return new Promise((resolve) => {
      const holding = navigator.locks.request(LOCK, options, (lock) => this.#hold(lock, resolve));
      holding.catch(() => this.#lose());
    });
  }

  release() {
    this.#letGo();
  }

  /**
   * @param {Lock | null} lock
   * @param {(isHeld: boolean) => void} answer
   * @returns {Promise<void>} resolves when this tab lets go
   */
  async #hold(lock, answer) {
    this.#isHeld = lock !== null;
    answer(this.#isHeld);
    if (!lock) return;
    await new Promise((resolve) => (this.#letGo = () => resolve(undefined)));
    this.#isHeld = false;
  }

  #lose() {
    this.#isHeld = false;
    this.#onTakenOver();
  }
}
