import assert from "node:assert/strict";
import test from "node:test";

import { describe } from "../../static/js/review/measure-words.js";

const CLEAN = {
  peakDbfs: -6.2,
  rmsDbfs: -22,
  noiseFloorDbfs: -61,
  snrDb: 41.4,
  nClippedSamples: 0,
  takeMs: 2304,
  windowStartMs: 412,
};

/** @param {Partial<typeof CLEAN>} change */
const verdicts = (change) => describe({ ...CLEAN, ...change }).map(({ verdict }) => verdict);

test("a clean clip raises no doubt, and its numbers are told", () => {
  assert.deepEqual(describe(CLEAN), [
    { name: "Level", verdict: "Good", figure: "peak −6 dBFS", isDoubtful: false },
    { name: "Noise", verdict: "Little", figure: "41 dB above noise", isDoubtful: false },
    { name: "Place", verdict: "Inside the take", figure: "at 0.41 of 2.30 s", isDoubtful: false },
  ]);
});

test("clipped samples are counted", () => {
  const [level] = describe({ ...CLEAN, peakDbfs: -0.1, nClippedSamples: 14 });
  assert.deepEqual(level, {
    name: "Level",
    verdict: "Overdriven",
    figure: "peak 0 dBFS, 14 samples clipped",
    isDoubtful: true,
  });
});

test("a faint clip is quiet", () => {
  assert.equal(verdicts({ peakDbfs: -20.1 })[0], "Quiet");
});

test("noise is told in three steps", () => {
  assert.deepEqual(
    [14.9, 15, 29.9, 30].map((snrDb) => verdicts({ snrDb })[1]),
    ["Noisy", "Some", "Some", "Little"],
  );
});

test("a window at either end of its take may have cut the word", () => {
  assert.deepEqual(
    [0, 19, 20, 1284, 1285].map((windowStartMs) => verdicts({ windowStartMs })[2]),
    ["At the edge", "At the edge", "Inside the take", "Inside the take", "At the edge"],
  );
});

test("a take shorter than a clip is whole", () => {
  const place = describe({ ...CLEAN, takeMs: 800, windowStartMs: -100 })[2];
  assert.deepEqual(place, {
    name: "Place",
    verdict: "Whole take",
    figure: "0.80 s, padded with silence",
    isDoubtful: false,
  });
});
