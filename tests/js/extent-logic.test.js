import assert from "node:assert/strict";
import test from "node:test";

import { touchesEdge, wantsTake, windowShare, wordInClip, wordShare } from "../../static/js/review/extent-logic.js";

const MEASURES = {
  peakDbfs: -6,
  rmsDbfs: -20,
  noiseFloorDbfs: -60,
  snrDb: 40,
  nClippedSamples: 0,
  takeMs: 2000,
  windowStartMs: 400,
};
const FOUND = { wordStartMs: 600, wordEndMs: 1200, alignmentConfidence: 0.98, alignmentMethod: "word" };
const NOT_FOUND = { wordStartMs: null, wordEndMs: null, alignmentConfidence: null, alignmentMethod: null };

/** @param {Partial<typeof FOUND | typeof NOT_FOUND>} alignment */
const clip = (alignment, measures = {}, faults = /** @type {string[]} */ ([])) => ({
  measures: { ...MEASURES, ...measures },
  alignment: { ...FOUND, ...alignment },
  faults,
});

test("the word lies in the clip where it lies in the take, less where the clip begins", () => {
  assert.deepEqual(wordInClip(clip({})), { startMs: 200, endMs: 800 });
  assert.deepEqual(wordShare(clip({})), { from: 0.2, to: 0.8 });
});

test("what reaches beyond the clip is not shown", () => {
  assert.deepEqual(wordShare(clip({ wordStartMs: 300, wordEndMs: 1500 })), { from: 0, to: 1 });
});

test("of a word that nobody looked for nothing is known", () => {
  const unknown = clip(NOT_FOUND);
  assert.deepEqual([wordInClip(unknown), wordShare(unknown), touchesEdge(unknown)], [null, null, false]);
});

test("the clip is framed in its take", () => {
  assert.deepEqual(windowShare(clip({})), { from: 0.2, to: 0.7 });
});

test("a short take lies in its clip whole", () => {
  assert.deepEqual(windowShare(clip({}, { takeMs: 600, windowStartMs: -200 })), { from: 0, to: 1 });
});

test("a word nearer than 20 ms to an end of the clip touches it", () => {
  const touching = [420, 419].map((wordStartMs) => touchesEdge(clip({ wordStartMs })));
  const ending = [1380, 1381].map((wordEndMs) => touchesEdge(clip({ wordEndMs })));
  assert.deepEqual([touching, ending], [[false, true], [false, true]]);
});

test("the whole take is shown where it may tell what is wrong", () => {
  assert.deepEqual(
    [
      clip({}),
      clip({ wordEndMs: 1400 }),
      clip({ alignmentConfidence: 0.7 }),
      clip({}, {}, ["two_words"]),
      clip({}, {}, ["clipped"]),
      clip(NOT_FOUND),
      clip({ alignmentConfidence: 0.7 }, { takeMs: 1000, windowStartMs: 0 }),
    ].map(wantsTake),
    [false, true, true, true, false, false, false],
  );
});
