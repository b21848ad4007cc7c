import assert from "node:assert/strict";
import test from "node:test";

import { inOpus, setDataSaver, wantsDataSaver } from "../../static/js/record/saver.js";
import { writeWav } from "../../static/js/audio/wav.js";

/**
 * A browser, as far as this module sees it.
 * @param {boolean} [saveData]
 */
function open(saveData) {
  const kept = /** @type {Map<string, string>} */ (new Map());
  const localStorage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  };
  Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
  const navigator = saveData === undefined ? {} : { connection: { saveData } };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
}

test("nobody saves data unasked", () => {
  open();
  assert.equal(wantsDataSaver(), false);
});

test("the browser's wish is followed until the volunteer has chosen", () => {
  open(true);
  assert.equal(wantsDataSaver(), true);
  setDataSaver(false);
  assert.equal(wantsDataSaver(), false);
});

test("the volunteer's wish is followed where the browser has none", () => {
  open();
  setDataSaver(true);
  assert.equal(wantsDataSaver(), true);
});

test("without an encoder the recording stays as it is, and says why", async () => {
  const audio = new Blob([writeWav(Float32Array.of(0, 0.5), 48_000)], { type: "audio/wav" });
  const upload = { id: "a", token: "t", visitId: "v", position: 0, word: "yes", replaces: null, audio };
  const { settings, ...sent } = await inOpus({ ...upload, sha256: "5a", settings: { channelCount: 1 } });
  assert.deepEqual(sent, { ...upload, sha256: "5a" });
  assert.deepEqual(settings, { channelCount: 1, dataSaver: { codec: null, problem: "unsupported" } });
});
