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

const NOT_LOOKED_FOR = { wordStartMs: null, wordEndMs: null, alignmentConfidence: null, alignmentMethod: "loudest" };
const FOUND = { wordStartMs: 600, wordEndMs: 1220, alignmentConfidence: 0.98, alignmentMethod: "word" };

/** @param {Partial<typeof CLEAN>} change */
const described = (change) => describe({ measures: { ...CLEAN, ...change }, alignment: NOT_LOOKED_FOR });
/** @param {Partial<typeof CLEAN>} change */
const verdicts = (change) => described(change).map(({ verdict }) => verdict);
/** @param {Partial<typeof FOUND>} change */
const wordText = (change) => describe({ measures: CLEAN, alignment: { ...FOUND, ...change } })[2];

test("a clean clip raises no doubt, and its numbers are told", () => {
  assert.deepEqual(described({}), [
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
  const [level] = described({ peakDbfs: -0.1, nClippedSamples: 14 });
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
  const place = described({ takeMs: 800, windowStartMs: -100 })[2];
  assert.deepEqual(place, {
    name: "place",
    verdict: "place-whole",
    figure: { key: "padded", values: { takeS: 0.8 } },
    isDoubtful: false,
  });
});

test("a word that was found is told with its length and how sure that is", () => {
  assert.deepEqual(wordText({}), {
    name: "word",
    verdict: "word-whole",
    figure: { key: "word-figure", values: { wordS: 0.62, sureShare: 0.98 } },
    isDoubtful: false,
  });
});

test("a word at an edge of its clip, or found without confidence, is doubtful", () => {
  assert.deepEqual(
    [{ wordStartMs: 431 }, { wordEndMs: 1393 }, { alignmentConfidence: 0.79 }, { alignmentConfidence: 0.8 }]
      .map(wordText)
      .map((text) => [text?.verdict, text?.isDoubtful]),
    [
      ["place-edge", true],
      ["place-edge", true],
      ["word-doubtful", true],
      ["word-whole", false],
    ],
  );
});
