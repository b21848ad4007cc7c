import assert from "node:assert/strict";
import test from "node:test";

import {
  figuresOf,
  INITIAL,
  lookOf,
  nClipsOf,
  neighbourOf,
  nextOf,
  reduce,
} from "../../static/js/mine/mine-logic.js";

/** @typedef {import("../../static/js/mine/mine-logic.js").MineEvent} MineEvent */

const COUNTS = { ...INITIAL.counts, accepted: 1, waitingReview: 2 };
const YES = clip("1", "yes", "accepted");
const NO = clip("2", "no", "waiting_review");
const BIRD = clip("3", "bird", "waiting_review");
const LISTED = after(
  came(),
  { type: "clips-came", clips: [YES, NO, BIRD], nextBefore: null },
);

/**
 * @param {string} id
 * @param {string} text
 * @param {string} state
 */
function clip(id, text, state) {
  return { id, text, language: "en", state, createdAt: "2030-01-01T12:00:00+00:00", reason: null, hasAudio: true };
}

/**
 * @param {Partial<Extract<MineEvent, {type: "speaker-came"}>>} [changed]
 * @returns {MineEvent}
 */
function came(changed) {
  return { type: "speaker-came", speaker: "0a0a0a0a", counts: COUNTS, nLeft: 112, isConsentCurrent: true, ...changed };
}

/** @param {MineEvent[]} events */
function after(...events) {
  return events.reduce(reduce, INITIAL);
}

test("without a token the page says that nothing was recorded here", () => {
  assert.equal(after({ type: "no-token" }).screen, "nobody");
});

test("the link of another speaker is not taken over without asking", () => {
  assert.equal(after({ type: "other-speaker" }).screen, "other");
});

test("the clips appear newest first as they come, older ones behind them", () => {
  const state = after(
    came(),
    { type: "clips-came", clips: [YES, NO], nextBefore: "2" },
    { type: "clips-came", clips: [NO, BIRD], nextBefore: null },
  );
  assert.deepEqual(state.clips, [YES, NO, BIRD]);
  assert.equal(state.nextBefore, null);
});

test("a deleted clip is gone from the list and from the figures", () => {
  const state = reduce({ ...LISTED, playing: "2" }, { type: "deleted", id: "2" });
  assert.deepEqual(state.clips, [YES, BIRD]);
  assert.deepEqual(state.counts, { ...COUNTS, waitingReview: 1 });
  assert.equal(state.playing, null);
  assert.deepEqual(state.notice, { code: "deleted", word: "no" });
});

test("deleting one clip does not stop another that plays", () => {
  assert.equal(reduce({ ...LISTED, playing: "1" }, { type: "deleted", id: "2" }).playing, "1");
});

test("deleting a clip twice changes nothing more", () => {
  const once = reduce(LISTED, { type: "deleted", id: "2" });
  assert.equal(reduce(once, { type: "deleted", id: "2" }), once);
});

test("the focus goes on to the next row, from the last to the one before", () => {
  assert.equal(neighbourOf(LISTED.clips, "1"), "2");
  assert.equal(neighbourOf(LISTED.clips, "3"), "2");
  assert.equal(neighbourOf([YES], "1"), null);
});

test("pressing play again stops, pressing another plays that one", () => {
  const playing = reduce(LISTED, { type: "play", id: "1" });
  assert.equal(playing.playing, "1");
  assert.equal(reduce(playing, { type: "play", id: "1" }).playing, null);
  assert.equal(reduce(playing, { type: "play", id: "2" }).playing, "2");
  assert.equal(reduce(playing, { type: "play-ended" }).playing, null);
});

test("the figures put together what is the same to a volunteer", () => {
  const counts = { ...INITIAL.counts, accepted: 42, rejected: 2, unusable: 1, waitingReview: 69, waitingProcessing: 1 };
  assert.deepEqual(figuresOf(counts), [
    { kind: "accepted", n: 42 },
    { kind: "rejected", n: 3 },
    { kind: "waiting", n: 70 },
    { kind: "replaced", n: 0 },
  ]);
  assert.equal(nClipsOf(counts), 115);
});

test("each clip says how it stands, and why", () => {
  assert.deepEqual(lookOf(YES), { kind: "accepted", icon: "check", reason: null });
  const rejected = { ...clip("4", "go", "rejected"), reason: { code: "wrong_word", text: "Wrong word" } };
  assert.deepEqual(lookOf(rejected), { kind: "rejected", icon: "cross", reason: "rejected-wrong-word" });
  const unusable = { ...clip("4", "go", "unusable"), reason: { code: "silent", text: "Nothing can be heard." } };
  assert.equal(lookOf(unusable).reason, "unusable-silent");
  assert.equal(lookOf(clip("5", "go", "waiting_processing")).kind, "waitingProcessing");
});

test("a reason this page has no words for is told in those of the server", () => {
  const rejected = { ...clip("4", "go", "rejected"), reason: { code: "sung", text: "It is sung." } };
  assert.equal(lookOf(rejected).reason, null);
});

test("the way on is to begin, to go on, or to do another round", () => {
  const nothing = after(came({ counts: INITIAL.counts, nLeft: 115 }));
  assert.equal(nextOf(nothing), "begin");
  assert.equal(nextOf(reduce(nothing, { type: "unsent-counted", n: 1 })), "go-on");
  assert.equal(nextOf(LISTED), "go-on");
  assert.equal(nextOf(after(came({ nLeft: 0 }))), "another-round");
});

test("recordings that wait on this device are no part of the figures of the server", () => {
  const state = reduce(LISTED, { type: "unsent-counted", n: 4 });
  assert.deepEqual([state.nUnsent, state.counts], [4, COUNTS]);
});

test("of the speaker who was there before nothing stays", () => {
  const other = reduce(reduce(LISTED, { type: "unsent-counted", n: 4 }), came({ speaker: "0b0b0b0b" }));
  assert.deepEqual([other.speaker, other.clips, other.nUnsent], ["0b0b0b0b", [], 0]);
});

test("a state this page does not know yet counts as waiting", () => {
  assert.equal(lookOf(clip("5", "go", "made_into_art")).kind, "waitingReview");
});

test("after everything is withdrawn nothing is left on the page", () => {
  const state = reduce(LISTED, { type: "all-withdrawn", nClips: 3 });
  assert.deepEqual([state.screen, state.clips, state.speaker], ["withdrawn", [], ""]);
  assert.deepEqual(state.notice, { code: "withdrawn", n: 3 });
});

test("an unknown and a withdrawn token have pages of their own", () => {
  assert.equal(after({ type: "failed", status: 401, message: "x" }).screen, "unknown");
  assert.equal(reduce(LISTED, { type: "failed", status: 410, message: "x" }).screen, "withdrawn");
});

test("a failure leaves the list as it was and says what is wrong", () => {
  const state = reduce(LISTED, { type: "failed", status: 0, message: "The service cannot be reached." });
  assert.deepEqual([state.screen, state.clips, state.trouble], ["list", LISTED.clips, "The service cannot be reached."]);
});

test("a failure before the list is there can be tried again", () => {
  const state = after({ type: "failed", status: 503, message: "The disk is full." });
  assert.deepEqual([state.screen, state.trouble], ["trouble", "The disk is full."]);
});
