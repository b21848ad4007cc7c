/**
 * Runs before the recorder page's own scripts: clicks through as fast as it can, and notes when each step was there.
 * `firstWord` is a promise of these moments, in milliseconds since the navigation began.
 */

const GIVE_UP_MS = 60_000;
const WAY = [
  { step: "consent", press: ["#consent-agree", "#consent-accept"] },
  { step: "microphone", press: ["#mic-allow"] },
  { step: "check", press: ["#check-skip"] },
  { step: "checked", press: ["#record-start"] },
];

/** @type {Promise<Record<string, number>>} */
const firstWord = new Promise((resolve, reject) => {
  /** @type {Record<string, number>} */
  const moments = {};
  requestAnimationFrame(look);
  setTimeout(() => reject(new Error(`no word after ${JSON.stringify(moments)}`)), GIVE_UP_MS);

  function look() {
    for (const { step, press } of WAY) pressOnce(step, press.map(pressable));
    if (pressable("#prompt-word")?.textContent) resolve({ ...moments, word: performance.now() });
    else requestAnimationFrame(look);
  }

  /**
   * @param {string} step
   * @param {(HTMLElement | null)[]} buttons
   */
  function pressOnce(step, buttons) {
    if (step in moments || !buttons.every((button) => button !== null)) return;
    moments[step] = performance.now();
    for (const button of buttons) button.click();
  }
});

/** @param {string} selector */
function pressable(selector) {
  const found = document.querySelector(selector);
  const isThere = found instanceof HTMLElement && found.checkVisibility() && !found.matches(":disabled");
  return isThere ? found : null;
}

Object.assign(globalThis, { firstWord });
