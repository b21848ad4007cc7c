import assert from "node:assert/strict";
import test from "node:test";

import { bandwidthOf } from "../../static/js/audio/bandwidth.js";
import { noiseOf } from "./sounds.js";

const RATE_HZ = 48_000;

/** @param {Float32Array} waveform cut off sharply above 4 kHz by averaging many times */
function throughTelephone(waveform) {
  const nTaps = 511;
  const edge = 3800 / RATE_HZ;
  const taps = Array.from({ length: nTaps }, (_, index) => {
    const at = index - (nTaps - 1) / 2;
    const window = 0.42 - 0.5 * Math.cos((2 * Math.PI * index) / (nTaps - 1)) + 0.08 * Math.cos((4 * Math.PI * index) / (nTaps - 1));
    return window * (at === 0 ? 2 * edge : Math.sin(2 * Math.PI * edge * at) / (Math.PI * at));
  });
  return waveform.map((_, place) => taps.reduce((sum, tap, index) => sum + tap * (waveform[place - index] ?? 0), 0));
}

test("noise reaches as far as it was probed", () => {
  assert.equal(bandwidthOf(noiseOf(200, -30, RATE_HZ), RATE_HZ), 11_000);
});

test("a rate bounds what can be there", () => {
  assert.equal(bandwidthOf(noiseOf(200, -30, 16_000), 16_000), 7000);
});

test("through a telephone nothing is left above 4 kHz", () => {
  assert.equal(bandwidthOf(throughTelephone(noiseOf(200, -30, RATE_HZ)).subarray(1000), RATE_HZ), 3400);
});

test("digital silence reaches nowhere", () => {
  assert.equal(bandwidthOf(new Float32Array(RATE_HZ), RATE_HZ), 0);
});
