import assert from "node:assert/strict";
import test from "node:test";

import { MAX_FILLINGS, Mender } from "../../static/js/audio/mending.js";

const N_SAMPLES = 128;
const SILENCE = new Float32Array(N_SAMPLES);
const [FIRST, SECOND] = [quantumOf(0.1), quantumOf(0.2)];
const FADED_IN = Float32Array.from(FIRST, (sample, index) => (index < 64 ? 0 : sample));
const FADED_OUT = Float32Array.from(FIRST, (sample, index) => (index < 64 ? sample : 0));

test("sound passes as it is", () => {
  assert.deepEqual(mended(FIRST, SECOND), [FIRST, SECOND]);
});

test("zeros in the middle of sound are taken out", () => {
  assert.deepEqual(mended(FIRST, SILENCE, SILENCE, SECOND), [FIRST, SECOND]);
});

test("a quantum that comes twice passes once", () => {
  assert.deepEqual(mended(FIRST, FIRST, SECOND), [FIRST, SECOND]);
});

test("a repetition behind zeros is taken out with them", () => {
  assert.deepEqual(mended(FIRST, SILENCE, FIRST, SECOND), [FIRST, SECOND]);
});

test("silence that the sound fades into is the microphone's", () => {
  assert.deepEqual(mended(FADED_OUT, SILENCE, SECOND), [FADED_OUT, SILENCE, SECOND]);
});

test("silence that the sound fades out of is the microphone's", () => {
  assert.deepEqual(mended(FIRST, SILENCE, FADED_IN), [FIRST, SILENCE, FADED_IN]);
});

test("a muted microphone is heard as silence", () => {
  assert.deepEqual(mended(SILENCE, SILENCE), [SILENCE, SILENCE]);
});

test("nothing is missing of a long silence", () => {
  const muted = Array.from({ length: MAX_FILLINGS + 3 }, () => SILENCE);
  assert.deepEqual(mended(FIRST, ...muted, SECOND), [FIRST, ...muted, SECOND]);
});

test("a device that is stuck does not stop the stream", () => {
  assert.equal(mended(...Array.from({ length: MAX_FILLINGS + 3 }, () => FIRST)).length, 3);
});

test("what passed is not changed when the browser uses its buffer again", () => {
  const mender = new Mender();
  const buffer = FIRST.slice();
  mender.mend(buffer, () => {});
  buffer.set(SECOND);
  const passed = passedBy(mender, buffer);
  assert.deepEqual(passed, [SECOND]);
});

/** @param {Float32Array[]} quanta */
function mended(...quanta) {
  return passedBy(new Mender(), ...quanta);
}

/**
 * @param {Mender} mender
 * @param {Float32Array[]} quanta
 */
function passedBy(mender, ...quanta) {
  /** @type {Float32Array[]} */
  const passed = [];
  for (const quantum of quanta) mender.mend(quantum, (whole) => passed.push(whole));
  return passed;
}

/** @param {number} step */
function quantumOf(step) {
  return Float32Array.from({ length: N_SAMPLES }, (_, index) => Math.cos(step * index));
}
