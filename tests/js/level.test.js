import assert from "node:assert/strict";
import test from "node:test";

import { barsOf, FLOOR_DBFS, heightOf, levelOf, toDbfs } from "../../static/js/audio/level.js";

test("full scale is 0 dBFS, half of it 6.02 below, silence the floor", () => {
  assert.deepEqual([1, 0.5, 0].map(toDbfs), [0, 20 * Math.log10(0.5), FLOOR_DBFS]);
});

test("what is quieter than the floor is the floor", () => {
  assert.equal(toDbfs(1e-9), FLOOR_DBFS);
});

test("a square wave has the same root mean square and peak", () => {
  assert.deepEqual(levelOf(Float32Array.of(0.5, -0.5, 0.5, -0.5)), { rmsDbfs: toDbfs(0.5), peakDbfs: toDbfs(0.5) });
});

test("a sine's root mean square lies 3.01 dB below its peak", () => {
  const sine = Float32Array.from({ length: 1000 }, (_, index) => Math.sin((2 * Math.PI * index) / 100));
  const { rmsDbfs, peakDbfs } = levelOf(sine);
  assert.equal((peakDbfs - rmsDbfs).toFixed(2), "3.01");
});

test("the peak is found below zero too", () => {
  assert.equal(levelOf(Float32Array.of(0.1, -1, 0.1)).peakDbfs, 0);
});

test("no samples are silence", () => {
  assert.deepEqual(levelOf(new Float32Array(0)), { rmsDbfs: FLOOR_DBFS, peakDbfs: FLOOR_DBFS });
});

test("bars grow from -54 dBFS to full scale, and not beyond", () => {
  assert.deepEqual([FLOOR_DBFS, -54, -40.5, 0, 3].map(heightOf), [0, 0, 0.125, 1, 1]);
});

test("a waveform becomes bars of its peaks, every sample in one of them", () => {
  assert.deepEqual(barsOf(Float32Array.of(1, 0, 0, 0, 0, -1, 0), 3), [1, 0, 1]);
});

test("a waveform shorter than its bars has empty ones", () => {
  assert.deepEqual(barsOf(Float32Array.of(1), 2), [0, 1]);
});
