import assert from "node:assert/strict";
import test from "node:test";

import { leftOutOf, nextPrompt, progressOf } from "../../static/js/record/asking-logic.js";
import { INITIAL, minutesLeft, N_SILENT_UNTIL_PAUSE, recentClips, reduce } from "../../static/js/record/record-logic.js";

/** @typedef {import("../../static/js/record/record-logic.js").RecordEvent} RecordEvent */
/** @typedef {import("../../static/js/record/record-logic.js").RecordState} RecordState */

const WORDS = ["yes", "no", "house"];
const PROBLEM = { code: "denied", canRetry: true };

/** @param {{id: string, position: number}[]} clips */
const visit = (...clips) => ({
  id: "v",
  speaker: "1a2b3c4d",
  prompts: WORDS.map((word, position) => ({ position, word })),
  clips,
});

/** @param {RecordEvent[]} events */
const after = (...events) => events.reduce(reduce, INITIAL);

/** @type {(...clips: {id: string, position: number}[]) => RecordEvent} */
const opened = (...clips) => ({ type: "visit-opened", visit: visit(...clips), isReturning: clips.length > 0, kept: [] });
/** @type {(position: number, ...kept: number[]) => RecordEvent} */
const openedWithKept = (position, ...kept) => ({
  type: "visit-opened",
  visit: visit({ id: "x", position }),
  isReturning: true,
  kept,
});
/** @type {(clipId: string, position: number) => RecordEvent} */
const refusal = (clipId, position) => ({
  type: "clip-refused",
  clipId,
  visitId: "v",
  position,
  word: WORDS[position],
  message: "Too large.",
});
/** @type {(id: string) => RecordEvent} */
const finished = (id) => ({ type: "take-finished", clip: { id, bars: [] }, atMs: 0 });
/** @type {(fault: import("../../static/js/record/record-logic.js").Fault) => RecordEvent} */
const rejected = (fault) => ({ type: "take-rejected", fault });
/** @type {RecordEvent} */
const microphone = { type: "microphone-opened" };
/** @type {RecordEvent} */
const start = { type: "start" };
/** @type {RecordEvent} */
const pause = { type: "pause" };
/** @type {RecordEvent} */
const beatOver = { type: "beat-over" };
/** @type {RecordEvent} */
const redo = { type: "redo" };

const recording = after(opened(), microphone, start);
const afterOneWord = [finished("a"), beatOver].reduce(reduce, recording);
const allSaid = [finished("b"), beatOver, finished("c")].reduce(reduce, afterOneWord);

/** @param {RecordState} state */
const ids = (state) => state.clips.map(({ id }) => id);

test("a newcomer is asked for consent", () => {
  assert.equal(after({ type: "consent-needed" }).screen, "consent");
});

test("an opened visit asks for the microphone, checks it, then records its first word", () => {
  const screens = [after(opened()), after(opened(), microphone), recording].map(({ screen }) => screen);
  assert.deepEqual(screens, ["microphone", "check", "recording"]);
  assert.deepEqual(recording.take, { prompt: { position: 0, word: "yes" }, replaces: null, then: "recording" });
});

test("who comes back goes on with the first word that has no clip", () => {
  const state = after(opened({ id: "x", position: 0 }), microphone, start);
  assert.equal(state.isReturning, true);
  assert.equal(state.take?.prompt.word, "no");
  assert.deepEqual(progressOf(state), { nDone: 1, nPrompts: 3 });
});

test("who comes back to a whole visit is thanked", () => {
  const clips = [0, 1, 2].map((position) => ({ id: `x${position}`, position }));
  assert.equal(after(opened(...clips)).screen, "thanks");
});

test("after a word there is a beat, then the next word", () => {
  const beat = reduce(recording, finished("a"));
  assert.deepEqual([beat.isBeat, beat.take, beat.screen], [true, null, "recording"]);
  assert.equal(afterOneWord.take?.prompt.word, "no");
  assert.equal(afterOneWord.isBeat, false);
});

test("after the last word comes thanks, without a beat", () => {
  assert.deepEqual([allSaid.screen, allSaid.isBeat, nextPrompt(allSaid)], ["thanks", false, null]);
  assert.deepEqual(progressOf(allSaid), { nDone: 3, nPrompts: 3 });
});

test("a pause gives the unfinished word up, and it comes again", () => {
  const paused = reduce(afterOneWord, pause);
  assert.deepEqual([paused.screen, paused.take], ["paused", null]);
  assert.equal(reduce(paused, start).take?.prompt.word, "no");
});

test("a pause in the beat keeps the finished word", () => {
  const paused = [finished("a"), pause, beatOver].reduce(reduce, recording);
  assert.deepEqual([paused.screen, paused.isBeat, ids(paused)], ["paused", false, ["a"]]);
});

test("a take that ends after the pause is not kept", () => {
  assert.deepEqual(ids([pause, finished("late")].reduce(reduce, recording)), []);
});

test("redo records the last word again, then goes on where it was", () => {
  const redoing = reduce(afterOneWord, redo);
  assert.deepEqual(redoing.take, { prompt: { position: 0, word: "yes" }, replaces: "a", then: "recording" });
  const goneOn = [finished("a2"), beatOver].reduce(reduce, redoing);
  assert.deepEqual(ids(goneOn), ["a2"]);
  assert.equal(goneOn.clips[0].replaces, "a");
  assert.equal(goneOn.take?.prompt.word, "no");
});

test("redo while redoing begins the same word anew", () => {
  const once = reduce(afterOneWord, redo);
  const twice = reduce(once, redo);
  assert.deepEqual(twice.take, once.take);
  assert.notEqual(twice.take, once.take);
});

test("redo while paused returns to the pause", () => {
  const state = [pause, redo, finished("a2")].reduce(reduce, afterOneWord);
  assert.deepEqual([state.screen, ids(state)], ["paused", ["a2"]]);
});

test("redo from thanks returns to thanks", () => {
  const state = [redo, finished("c2")].reduce(reduce, allSaid);
  assert.deepEqual([state.screen, ids(state)], ["thanks", ["a", "b", "c2"]]);
});

test("any recent clip can be redone", () => {
  assert.equal(reduce(allSaid, { type: "redo", clipId: "a" }).take?.prompt.word, "yes");
});

test("without a clip there is nothing to redo or to play", () => {
  assert.equal(reduce(recording, redo), recording);
  assert.equal(reduce(recording, { type: "play" }), recording);
});

test("playing pauses the recording first, and going on stops the playing", () => {
  const playing = reduce(afterOneWord, { type: "play" });
  assert.deepEqual([playing.screen, playing.take, playing.playing], ["paused", null, "a"]);
  assert.equal(reduce(playing, start).playing, null);
  assert.equal(reduce(playing, { type: "play-ended" }).playing, null);
});

test("playing from thanks stays there", () => {
  const playing = reduce(allSaid, { type: "play", clipId: "b" });
  assert.deepEqual([playing.screen, playing.playing], ["thanks", "b"]);
});

test("a clip is pending until it is stored or refused", () => {
  const stored = reduce(afterOneWord, { type: "clip-stored", clipId: "a" });
  const refused = reduce(afterOneWord, refusal("a", 0));
  assert.deepEqual(
    [afterOneWord, stored, refused].map(({ clips }) => clips[0].upload),
    ["pending", "stored", "refused"],
  );
  assert.equal(refused.clips[0].message, "Too large.");
});

test("a word that is kept on the device and not sent yet is not asked for again", () => {
  const state = after(openedWithKept(0, 1), microphone, start);
  assert.equal(state.take?.prompt.word, "house");
  assert.deepEqual(progressOf(state), { nDone: 2, nPrompts: 3 });
  assert.equal(after(openedWithKept(0, 1, 2)).screen, "thanks");
});

test("a refused clip of an earlier sitting is asked for again, and it is said why", () => {
  const state = reduce(after(openedWithKept(0, 1)), refusal("left behind", 1));
  assert.equal(nextPrompt(state)?.word, "no");
  assert.deepEqual(state.notice, { code: "notice-refused", values: { word: "no", message: "Too large." } });
});

test("what waits to be sent stays in sight from the consent on", () => {
  const uploads = { nPending: 2, nInMemory: 0, nStored: 0, nStranded: 0, isStruggling: true };
  const waiting = after({ type: "uploads", uploads }, { type: "consent-needed" });
  assert.deepEqual(waiting.uploads, uploads);
  assert.equal(reduce(waiting, opened()).uploads.nPending, 2);
});

test("the strip shows the newest eight, newest first", () => {
  const clips = Array.from({ length: 10 }, (_, index) => ({ ...afterOneWord.clips[0], id: `c${index}` }));
  const shown = recentClips({ ...afterOneWord, clips }).map(({ id }) => id);
  assert.deepEqual(shown, ["c9", "c8", "c7", "c6", "c5", "c4", "c3", "c2"]);
});

test("a failure stops the take; trying again asks for the microphone and forgets nothing", () => {
  const failed = reduce(afterOneWord, { type: "failed", problem: PROBLEM });
  assert.deepEqual([failed.screen, failed.take, failed.problem], ["error", null, PROBLEM]);
  const again = reduce(failed, { type: "retry" });
  assert.deepEqual([again.screen, again.problem, ids(again)], ["microphone", null, ["a"]]);
});

test("a failure before any visit goes back to the consent", () => {
  assert.equal(after({ type: "failed", problem: PROBLEM }, { type: "retry" }).screen, "consent");
});

test("withdrawing forgets everything and says so", () => {
  const notice = { code: "notice-withdrawn", values: { n: 3 } };
  assert.deepEqual(reduce(allSaid, { type: "consent-needed", notice }), { ...INITIAL, screen: "consent", notice });
});

test("start means nothing while recording", () => {
  assert.equal(reduce(recording, start), recording);
});

test("upload counts begin with what the server has already", () => {
  assert.equal(after(opened({ id: "x", position: 0 })).uploads.nStored, 1);
});

/** @type {(...events: RecordEvent[]) => RecordEvent[]} a beat after each */
const withBeats = (...events) => events.flatMap((event) => [event, beatOver]);
const movedToEnd = withBeats(rejected("clipped"), rejected("clipped"), rejected("clipped")).reduce(reduce, recording);
const onlyTheMoved = withBeats(finished("b"), finished("c")).reduce(reduce, movedToEnd);

test("a take with a fault does not count: after a beat the word is asked for again, with a hint", () => {
  const beat = reduce(recording, rejected("too-quiet"));
  assert.deepEqual([beat.isBeat, beat.take, beat.done.size, ids(beat)], [true, null, 0, []]);
  const again = reduce(beat, beatOver);
  assert.deepEqual(again.take, recording.take);
  assert.notEqual(again.take, recording.take);
  assert.deepEqual(again.hint, { code: "fault-too-quiet", values: { word: "yes" } });
});

test("a word is asked for again twice, then it is moved to the end", () => {
  const twice = withBeats(rejected("clipped"), rejected("cut-off")).reduce(reduce, recording);
  assert.equal(twice.take?.prompt.word, "yes");
  assert.equal(movedToEnd.take?.prompt.word, "no");
  assert.deepEqual(movedToEnd.hint, { code: "hint-moved", values: { word: "yes" } });
  assert.equal(onlyTheMoved.take?.prompt.word, "yes");
});

test("at the end it is asked for three times once more, and then left out", () => {
  const state = withBeats(rejected("clipped"), rejected("clipped"), rejected("clipped")).reduce(reduce, onlyTheMoved);
  assert.deepEqual([state.screen, leftOutOf(state), state.done.size], ["thanks", [0], 2]);
});

test("what was left out can be said from the thanks", () => {
  const thanks = withBeats(rejected("clipped"), rejected("clipped"), rejected("clipped")).reduce(reduce, onlyTheMoved);
  const again = reduce(thanks, { type: "say-left-out" });
  assert.deepEqual([again.screen, again.take?.prompt.word, leftOutOf(again)], ["recording", "yes", []]);
  assert.equal(reduce(again, finished("a")).screen, "thanks");
});

test("the clip after them carries what was wrong with the takes that did not count", () => {
  const twice = withBeats(rejected("clipped"), rejected("too-quiet")).reduce(reduce, recording);
  assert.deepEqual(twice.rejected, [
    { word: "yes", fault: "clipped" },
    { word: "yes", fault: "too-quiet" },
  ]);
  assert.deepEqual(reduce(twice, finished("a")).rejected, []);
});

test("a fault clears the hint with the next good take", () => {
  assert.equal([rejected("clipped"), beatOver, finished("a")].reduce(reduce, recording).hint, null);
});

test("a redo that fails three times leaves the earlier clip", () => {
  const redoing = reduce(afterOneWord, redo);
  const state = withBeats(rejected("silent"), rejected("clipped"), rejected("clipped")).reduce(reduce, redoing);
  assert.deepEqual([ids(state), state.take?.prompt.word, state.take?.replaces], [["a"], "no", null]);
});

test("a redo from the pause that fails returns to the pause", () => {
  const redoing = [pause, redo].reduce(reduce, afterOneWord);
  const state = withBeats(rejected("clipped"), rejected("clipped"), rejected("clipped")).reduce(reduce, redoing);
  assert.deepEqual([state.screen, ids(state), state.take], ["paused", ["a"], null]);
});

test("when nobody is heard for a while the page pauses, and goes on where it was", () => {
  const silent = Array(N_SILENT_UNTIL_PAUSE).fill(rejected("silent"));
  const state = withBeats(...silent).reduce(reduce, recording);
  assert.deepEqual([state.screen, state.hint?.code, state.isBeat], ["paused", "hint-nobody", false]);
  assert.equal(reduce(state, start).screen, "recording");
});

test("a word that is heard in between breaks the silence", () => {
  const events = withBeats(rejected("silent"), rejected("silent"), finished("a"), rejected("silent"));
  assert.equal(events.reduce(reduce, recording).screen, "recording");
});

test("a skipped word comes again at the end; skipped there, it is left out", () => {
  const skipped = reduce(recording, { type: "skip" });
  assert.equal(skipped.take?.prompt.word, "no");
  const atEnd = withBeats(finished("b"), finished("c")).reduce(reduce, skipped);
  assert.equal(atEnd.take?.prompt.word, "yes");
  assert.deepEqual([reduce(atEnd, { type: "skip" })].map((state) => [state.screen, leftOutOf(state)]), [["thanks", [0]]]);
});

test("back goes from clip to clip, forward gives the redo up", () => {
  const twoWords = [finished("b"), beatOver].reduce(reduce, afterOneWord);
  const once = reduce(twoWords, { type: "back" });
  const twice = reduce(once, { type: "back" });
  assert.deepEqual([once, twice].map(({ take }) => take?.replaces), ["b", "a"]);
  assert.equal(reduce(twice, { type: "back" }), twice);
  const forward = reduce(twice, { type: "forward" });
  assert.deepEqual([forward.take?.prompt.word, forward.take?.replaces], ["house", null]);
  assert.equal(reduce(forward, { type: "forward" }), forward);
});

test("the time that is left follows from the pace, pauses apart", () => {
  const many = { ...recording, visit: { ...visit(), prompts: WORDS.concat(WORDS, WORDS).map((word, position) => ({ position, word })) } };
  const take = (/** @type {number} */ n, /** @type {number} */ atMs) => /** @type {RecordEvent[]} */ ([
    { type: "take-finished", clip: { id: `c${n}`, bars: [] }, atMs },
    beatOver,
  ]);
  const fourWords = [...take(0, 0), ...take(1, 30_000), ...take(2, 60_000)].reduce(reduce, many);
  assert.equal(minutesLeft(fourWords), null);
  const paused = [pause, start, ...take(3, 999_000), ...take(4, 1_029_000)].reduce(reduce, fourWords);
  const six = [...take(5, 1_059_000), ...take(6, 1_089_000)].reduce(reduce, paused);
  assert.deepEqual(six.pace, { nWords: 5, activeMs: 150_000, lastAtMs: 1_089_000 });
  assert.equal(minutesLeft(six), 1);
});

test("it is counted how many words were good at once", () => {
  const state = withBeats(rejected("clipped"), finished("a"), finished("b")).reduce(reduce, recording);
  assert.equal(state.nRightAway, 1);
});

test("recording in another tab stops this one, and nothing is forgotten", () => {
  const state = reduce(afterOneWord, { type: "recording-elsewhere" });
  assert.deepEqual([state.screen, state.take, ids(state)], ["elsewhere", null, ["a"]]);
});

test("the page listens from when the take has begun, anew for each take", () => {
  const begun = reduce(recording, { type: "take-begun" });
  assert.deepEqual([recording.isListening, begun.isListening], [false, true]);
  assert.equal(reduce(begun, finished("a")).isListening, false);
  assert.equal(reduce(begun, rejected("clipped")).isListening, false);
  assert.equal(reduce(begun, pause).isListening, false);
});
