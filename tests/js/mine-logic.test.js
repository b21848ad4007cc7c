import assert from "node:assert/strict";
import test from "node:test";

import {
  figuresText,
  INITIAL,
  lookOf,
  nClipsOf,
  neighbourOf,
  privateLink,
  reduce,
  tokenOf,
} from "../../static/js/mine/mine-logic.js";

/** @typedef {import("../../static/js/mine/mine-logic.js").MineEvent} MineEvent */

const TOKEN = "Zm9yZ2V0LW1lLW5vdC1hbmQtc29tZS1tb3JlX2JpdHM";
const COUNTS = { ...INITIAL.counts, accepted: 1, waitingReview: 2 };
const YES = clip("1", "yes", "accepted");
const NO = clip("2", "no", "waiting_review");
const BIRD = clip("3", "bird", "waiting_review");
const LISTED = after(
  { type: "speaker-came", speaker: "0a0a0a0a", counts: COUNTS },
  { type: "clips-came", clips: [YES, NO, BIRD], nextBefore: null },
);

/**
 * @param {string} id
 * @param {string} word
 * @param {string} state
 */
function clip(id, word, state) {
  return { id, word, state, createdAt: "2030-01-01T12:00:00+00:00", reason: null, hasAudio: true };
}

/** @param {MineEvent[]} events */
function after(...events) {
  return events.reduce(reduce, INITIAL);
}

test("the token of a private link stands in the fragment", () => {
  assert.equal(tokenOf(`#${TOKEN}`), TOKEN);
  assert.equal(tokenOf(new URL(privateLink("https://say.example", TOKEN)).hash), TOKEN);
});

test("a fragment that is no token is left alone", () => {
  for (const fragment of ["", "#", "#main", `#${TOKEN} `, `#${TOKEN}<b>`]) assert.equal(tokenOf(fragment), null);
});

test("a private link sends nothing of the token to the server", () => {
  const { pathname, search } = new URL(privateLink("https://say.example", TOKEN));
  assert.deepEqual([pathname, search], ["/mine", ""]);
});

test("without a token the page says that nothing was recorded here", () => {
  assert.equal(after({ type: "no-token" }).screen, "nobody");
});

test("the link of another speaker is not taken over without asking", () => {
  assert.equal(after({ type: "other-speaker" }).screen, "other");
});

test("the clips appear newest first as they come, older ones behind them", () => {
  const state = after(
    { type: "speaker-came", speaker: "0a0a0a0a", counts: COUNTS },
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
  assert.equal(state.notice, "“no” is deleted.");
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

test("the figures name only what there is", () => {
  const counts = { ...INITIAL.counts, accepted: 42, rejected: 2, unusable: 1, waitingReview: 69, waitingProcessing: 1 };
  assert.equal(figuresText(counts), "42\u00a0accepted, 3\u00a0not\u00a0accepted, 70\u00a0waiting");
  assert.equal(figuresText(COUNTS), "1\u00a0accepted, 2\u00a0waiting");
  assert.equal(nClipsOf(counts), 115);
});

test("each clip says in words how it stands, and why", () => {
  assert.deepEqual(lookOf(YES), { kind: "accepted", text: "Accepted", icon: "check", reason: "" });
  const rejected = { ...clip("4", "go", "rejected"), reason: { code: "noise", text: "Too noisy" } };
  assert.deepEqual(lookOf(rejected), { kind: "rejected", text: "Not accepted", icon: "cross", reason: "Too noisy" });
  assert.equal(lookOf(clip("5", "go", "waiting_processing")).text, "Being prepared");
});

test("a state this page does not know yet counts as waiting", () => {
  assert.equal(lookOf(clip("5", "go", "made_into_art")).kind, "waitingReview");
});

test("after everything is withdrawn nothing is left on the page", () => {
  const state = reduce(LISTED, { type: "all-withdrawn", nClips: 3 });
  assert.deepEqual([state.screen, state.clips, state.speaker], ["withdrawn", [], ""]);
  assert.equal(state.notice, "3 recordings are withdrawn.");
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
