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
    { name: "level", verdict: "level-good", figure: { key: "peak", values: { peakDb: -6 } }, isDoubtful: false },
    {
      name: "noise",
      verdict: "noise-little",
      figure: { key: "above-noise", values: { snrDb: 41 } },
      isDoubtful: false,
    },
    {
      name: "place",
      verdict: "place-inside",
      figure: { key: "window", values: { startS: 0.412, takeS: 2.304 } },
      isDoubtful: false,
    },
  ]);
});

test("clipped samples are counted", () => {
  const [level] = describe({ ...CLEAN, peakDbfs: -0.1, nClippedSamples: 14 });
  assert.deepEqual(level, {
    name: "level",
    verdict: "level-overdriven",
    figure: { key: "peak-clipped", n: 14, values: { peakDb: 0 } },
    isDoubtful: true,
  });
});

test("a faint clip is quiet", () => {
  assert.equal(verdicts({ peakDbfs: -20.1 })[0], "level-quiet");
});

test("noise is told in three steps", () => {
  assert.deepEqual(
    [14.9, 15, 29.9, 30].map((snrDb) => verdicts({ snrDb })[1]),
    ["noise-much", "noise-some", "noise-some", "noise-little"],
  );
});

test("a window at either end of its take may have cut the word", () => {
  assert.deepEqual(
    [0, 19, 20, 1284, 1285].map((windowStartMs) => verdicts({ windowStartMs })[2]),
    ["place-edge", "place-edge", "place-inside", "place-inside", "place-edge"],
  );
});

test("a take shorter than a clip is whole", () => {
  const place = describe({ ...CLEAN, takeMs: 800, windowStartMs: -100 })[2];
  assert.deepEqual(place, {
    name: "place",
    verdict: "place-whole",
    figure: { key: "padded", values: { takeS: 0.8 } },
    isDoubtful: false,
  });
});
