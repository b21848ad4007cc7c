import assert from "node:assert/strict";
import test from "node:test";

import { clipsAtHand, currentClip, INITIAL, reduce, settledSoFar, wantsMore } from "../../static/js/review/review-logic.js";

/** @typedef {import("../../static/js/review/review-logic.js").ReviewEvent} ReviewEvent */
/** @typedef {import("../../static/js/review/review-logic.js").ReviewState} ReviewState */

const MEASURES = {
  peakDbfs: -6,
  rmsDbfs: -20,
  noiseFloorDbfs: -60,
  snrDb: 40,
  nClippedSamples: 0,
  takeMs: 2300,
  windowStartMs: 400,
};

/** @param {string} id */
const clip = (id) => ({
  id,
  word: `word-${id}`,
  text: `word-${id}`,
  language: "en",
  speaker: "1a2b3c4d",
  utterance: 0,
  measures: MEASURES,
  alignment: { wordStartMs: 600, wordEndMs: 1200, alignmentConfidence: 0.98, alignmentMethod: "word" },
  faults: [],
  sha256: "0".repeat(64),
  audioUrl: `/${id}`,
  takeUrl: `/${id}/take`,
});
/** @type {(ids: string, remaining: number, asOf?: number | null) => ReviewEvent} */
const loaded = (ids, remaining, asOf = 0) => ({
  type: "loaded",
  asOf,
  clips: [...ids].map(clip),
  remaining,
  nReviewedByMe: 0,
});
/** @type {ReviewEvent} */
const accept = { type: "decide", decision: "accept" };
/** @type {ReviewEvent} */
const undo = { type: "undo" };
/** @type {(reviewId?: number) => ReviewEvent} */
const done = (reviewId) => ({ type: "errand-done", reviewId });
/** @type {ReviewEvent} */
const failed = { type: "errand-failed", message: "The disk is full." };

/** @param {ReviewEvent[]} events */
const after = (...events) => events.reduce(reduce, reduce(INITIAL, loaded("abcd", 6)));

/** @param {ReviewState} state */
const queue = (state) => state.queue.map(({ id }) => id).join("");
/** @param {ReviewState} state */
const errands = (state) => state.errands.map(({ kind, clip: { id } }) => `${kind} ${id}`);
/** @param {ReviewState} state */
const counts = (state) => [state.nRemaining, state.nReviewed];

test("the first clip that arrives is heard first", () => {
  assert.equal(currentClip(after())?.id, "a");
  assert.deepEqual(counts(after()), [6, 0]);
});

test("a decision shows the next clip at once and sends an errand", () => {
  const state = after(accept);
  assert.deepEqual([queue(state), errands(state), counts(state)], ["bcd", ["decide a"], [5, 1]]);
});

test("errands keep the order of the decisions", () => {
  const state = after(
    accept,
    { type: "decide", decision: "reject", reason: "noise" },
    { type: "decide", decision: "unsure" },
  );
  assert.deepEqual(errands(state), ["decide a", "decide b", "decide c"]);
  assert.deepEqual(
    state.errands.map((errand) => errand.kind === "decide" && [errand.decision, errand.reason]),
    [
      ["accept", null],
      ["reject", "noise"],
      ["unsure", null],
    ],
  );
});

test("a reject without a reason is not taken", () => {
  const state = after();
  assert.equal(reduce(state, { type: "decide", decision: "reject" }), state);
});

test("the reasons open, and close with the decision", () => {
  assert.equal(after({ type: "choose" }).isChoosing, true);
  assert.equal(after({ type: "choose" }, { type: "close" }).isChoosing, false);
  assert.equal(after({ type: "choose" }, accept).isChoosing, false);
});

test("undo brings the clip back to the front at once", () => {
  const state = after(accept, done(7), undo);
  assert.deepEqual([queue(state), counts(state)], ["abcd", [6, 0]]);
  assert.deepEqual(state.errands, [{ kind: "undo", clip: clip("a"), reviewId: 7 }]);
});

test("an undo faster than its decision learns the review's number on the way", () => {
  const state = after(accept, undo, done(7));
  assert.deepEqual(state.errands, [{ kind: "undo", clip: clip("a"), reviewId: 7 }]);
});

test("accept, undo and accept again in one breath send each with its own number", () => {
  const state = after(accept, undo, accept, done(7), done(), done(8), undo);
  assert.deepEqual(state.errands, [{ kind: "undo", clip: clip("a"), reviewId: 8 }]);
});

test("undo goes back through several decisions", () => {
  assert.equal(queue(after(accept, accept, undo, undo)), "abcd");
});

test("with nothing decided there is nothing to undo", () => {
  const state = after();
  assert.equal(reduce(state, undo), state);
});

test("a decision that failed is shown, and its clip comes back after the one being heard", () => {
  const state = after(accept, failed);
  assert.deepEqual([queue(state), errands(state), counts(state)], ["bacd", [], [6, 0]]);
  assert.deepEqual(state.trouble, { key: "not-saved", word: "word-a", message: "The disk is full." });
  assert.equal(reduce(state, undo), state);
});

test("a decision that failed after its undo leaves the clip where it is", () => {
  const state = after(accept, undo, failed);
  assert.deepEqual([queue(state), errands(state), counts(state)], ["abcd", [], [6, 0]]);
});

test("an undo that failed takes the clip away again", () => {
  const state = after(accept, done(7), undo, failed);
  assert.deepEqual([queue(state), counts(state)], ["bcd", [5, 1]]);
});

test("a clip that sounds otherwise since it was heard is asked for anew", () => {
  const exhausted = after(accept, loaded("", 5));
  const state = reduce(exhausted, { type: "errand-failed", message: "It was processed again.", isStale: true });
  assert.deepEqual([queue(state), errands(state), clipsAtHand(state)], ["bcd", [], ["b", "c", "d"]]);
  assert.deepEqual([wantsMore(exhausted), wantsMore(state)], [false, true]);
  assert.equal(queue(reduce(state, loaded("a", 6))), "bcda");
  assert.deepEqual(state.trouble, { key: "not-saved", word: "word-a", message: "It was processed again." });
});

test("the next decision clears the trouble", () => {
  assert.equal(after(accept, failed, accept).trouble, null);
});

test("what is here or on its way need not be sent again", () => {
  assert.deepEqual(clipsAtHand(after(accept)), ["b", "c", "d", "a"]);
});

test("clips that are known already are not queued twice", () => {
  assert.equal(queue(after(accept, loaded("abe", 5))), "bcde");
});

test("more is wanted while fewer than four are ready and the server has more", () => {
  assert.deepEqual([wantsMore(INITIAL), wantsMore(after()), wantsMore(after(accept))], [true, false, true]);
  assert.equal(wantsMore(after(accept, loaded("", 5))), false);
});

test("what remains is counted without the decisions still on their way", () => {
  assert.deepEqual(counts(after(accept, accept, loaded("ef", 6))), [4, 2]);
});

test("an answer that a decision crossed does not change the counts, one that none crossed does", () => {
  assert.deepEqual(counts(after(accept, done(1), loaded("e", 9, null))), [5, 1]);
  assert.deepEqual(counts(after(accept, done(1), loaded("e", 9, 0))), [5, 1]);
  assert.deepEqual(counts(after(accept, done(1), loaded("e", 9, 1))), [9, 0]);
  assert.deepEqual(counts(after(accept, failed, loaded("e", 9, 1))), [9, 0]);
});

test("an answer asked for while a decision is on its way is about no moment we know", () => {
  assert.deepEqual([settledSoFar(after()), settledSoFar(after(accept)), settledSoFar(after(accept, done(1)))], [0, null, 1]);
});

test("a clip that cannot be played is left out and named", () => {
  const state = after({ type: "unplayable", clipId: "b", message: "Not found." });
  assert.equal(queue(state), "acd");
  assert.deepEqual(state.trouble, { key: "unplayable", word: "word-b", message: "Not found." });
});

test("the browser's silence is remembered until a key is pressed", () => {
  assert.equal(after({ type: "blocked", isBlocked: true }).isBlocked, true);
  assert.equal(after({ type: "blocked", isBlocked: true }, { type: "blocked", isBlocked: false }).isBlocked, false);
});
