import assert from "node:assert/strict";
import test from "node:test";

import { CHECK_INITIAL, reduceCheck, ROOM_MS, roomShare } from "../../static/js/record/check-logic.js";

/** @typedef {import("../../static/js/record/check-logic.js").CheckEvent} CheckEvent */
/** @typedef {import("../../static/js/record/check-logic.js").HeardWord} HeardWord */

const QUIET = { floorDbfs: -65, peakDbfs: -50 };
const GOOD_DEVICE = { rateHz: 48_000, processing: [] };

/** @type {(heardMs: number, room?: {floorDbfs: number, peakDbfs: number}) => CheckEvent} */
const room = (heardMs, heard = QUIET) => ({ type: "heard-room", heardMs, room: heard });
/** @type {(word?: Partial<HeardWord>) => CheckEvent} */
const word = (said = {}) => ({
  type: "heard-word",
  verdict: "good",
  bandwidthHz: 11_000,
  device: GOOD_DEVICE,
  ...said,
});
/** @param {CheckEvent[]} events */
const after = (...events) => events.reduce(reduceCheck, CHECK_INITIAL);
/** @param {Partial<HeardWord>} said */
const findings = (said) => after(room(500), room(500 + ROOM_MS), word(said)).findings;

test("the room is heard for two seconds, however long the microphone was open before", () => {
  assert.equal(after(room(5000), room(5000 + ROOM_MS - 1)).phase, "room");
  assert.equal(after(room(5000), room(5000 + ROOM_MS)).phase, "word");
  assert.equal(roomShare(after(room(5000), room(5000 + ROOM_MS / 2)), 5000 + ROOM_MS / 2), 0.5);
});

test("a good word in a quiet room has no finding", () => {
  const state = after(room(0), room(ROOM_MS), word());
  assert.deepEqual([state.phase, state.findings], ["heard", []]);
});

test("a microphone without any noise is muted, and no word is asked for", () => {
  const dead = { floorDbfs: -80, peakDbfs: -120 };
  const state = after(room(0, dead), room(ROOM_MS, dead));
  assert.deepEqual([state.phase, state.findings], ["heard", ["muted"]]);
});

test("one sound in the silence shows that the microphone is not muted", () => {
  const dead = { floorDbfs: -80, peakDbfs: -120 };
  assert.equal(after(room(0, dead), room(1000, QUIET), room(ROOM_MS, dead)).phase, "word");
});

test("what the gate says about the microphone is found", () => {
  assert.deepEqual(findings({ verdict: "silent", bandwidthHz: 0 }), ["nothing-heard"]);
  assert.deepEqual(findings({ verdict: "too-quiet" }), ["too-quiet"]);
  assert.deepEqual(findings({ verdict: "clipped" }), ["clipped"]);
});

test("what the gate says about the speaker is no finding", () => {
  assert.deepEqual(findings({ verdict: "two-words" }), []);
});

test("a loud room is found once, whoever finds it", () => {
  const loud = { floorDbfs: -40, peakDbfs: -30 };
  const state = after(room(0, loud), room(ROOM_MS, loud), word({ verdict: "too-noisy" }));
  assert.deepEqual(state.findings, ["loud-room"]);
});

test("the telephone profile of a headset is found by its rate and by its sound", () => {
  assert.deepEqual(findings({ device: { rateHz: 16_000, processing: [] } }), ["phone-mode"]);
  assert.deepEqual(findings({ bandwidthHz: 3400 }), ["phone-mode"]);
});

test("processing that could not be turned off is found", () => {
  assert.deepEqual(findings({ device: { rateHz: 48_000, processing: ["noiseSuppression"] } }), ["processing"]);
});

test("checking again begins anew", () => {
  assert.deepEqual(after(room(0), room(ROOM_MS), word({ verdict: "clipped" }), { type: "begin" }), CHECK_INITIAL);
});

test("a word that comes too late means nothing", () => {
  assert.equal(reduceCheck(CHECK_INITIAL, word()), CHECK_INITIAL);
});
