import assert from "node:assert/strict";
import test from "node:test";

import { reduceRoom, ROOM_INITIAL } from "../../static/js/room/room-logic.js";

/** @typedef {import("../../static/js/room/room-logic.js").RoomEvent} RoomEvent */

const OFFER = /** @type {RoomEvent} */ ({ type: "offer" });
const LISTEN = /** @type {RoomEvent} */ ({ type: "listen" });
const NOISE = /** @type {RoomEvent} */ ({ type: "heard", verdict: "noise" });
const VOICE = /** @type {RoomEvent} */ ({ type: "heard", verdict: "voice" });
const SILENT = /** @type {RoomEvent} */ ({ type: "heard", verdict: "silent" });
const SEND = /** @type {RoomEvent} */ ({ type: "send" });
const STORED = /** @type {RoomEvent} */ ({ type: "stored" });
const REFUSED = /** @type {RoomEvent} */ ({ type: "refused", message: "No." });
const LEAVE = /** @type {RoomEvent} */ ({ type: "leave" });
const DISCARD = /** @type {RoomEvent} */ ({ type: "discard" });

/** @param {RoomEvent[]} events */
const phaseAfter = (...events) => events.reduce(reduceRoom, ROOM_INITIAL).phase;

test("a noise is asked for, listened to, heard back, sent and given", () => {
  assert.equal(phaseAfter(), "closed");
  assert.equal(phaseAfter(OFFER), "offered");
  assert.equal(phaseAfter(OFFER, LISTEN), "listening");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE), "heard");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND), "sending");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, STORED), "given");
});

test("nothing is sent that was not heard first, and nothing with a voice or without a sound", () => {
  assert.equal(phaseAfter(SEND), "closed");
  assert.equal(phaseAfter(OFFER, SEND), "offered");
  assert.equal(phaseAfter(OFFER, LISTEN, SEND), "listening");
  assert.equal(phaseAfter(OFFER, LISTEN, VOICE, SEND), "voice");
  assert.equal(phaseAfter(OFFER, LISTEN, SILENT, SEND), "silent");
});

test("after a voice it can be tried again; after silence there is nothing to try", () => {
  assert.equal(phaseAfter(OFFER, LISTEN, VOICE, LISTEN), "listening");
  assert.equal(phaseAfter(OFFER, LISTEN, SILENT, LISTEN), "silent");
});

test("it can be discarded until it is sent", () => {
  for (const events of [[OFFER], [OFFER, LISTEN], [OFFER, LISTEN, NOISE], [OFFER, LISTEN, VOICE], [OFFER, LISTEN, SILENT]]) {
    assert.equal(phaseAfter(...events, DISCARD), "closed");
  }
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, DISCARD), "sending");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, STORED, DISCARD), "given");
});

test("who goes on to something else leaves nothing behind to be sent", () => {
  for (const events of [[LISTEN], [LISTEN, NOISE], [LISTEN, VOICE], [LISTEN, SILENT]]) {
    assert.equal(phaseAfter(OFFER, ...events, LEAVE), "offered");
    assert.equal(phaseAfter(OFFER, ...events, LEAVE, SEND), "offered");
  }
});

test("what is on its way, or given, stays so whatever else begins", () => {
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, LEAVE), "sending");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, STORED, LEAVE), "given");
  assert.equal(phaseAfter(OFFER, LISTEN, NOISE, SEND, STORED, OFFER), "given");
});

test("what comes too late is not heard", () => {
  assert.equal(phaseAfter(OFFER, LISTEN, LEAVE, NOISE), "offered");
  assert.equal(phaseAfter(OFFER, LISTEN, DISCARD, NOISE), "closed");
});

test("a refusal is told in the server's words, and can be left", () => {
  const refused = [OFFER, LISTEN, NOISE, SEND, REFUSED].reduce(reduceRoom, ROOM_INITIAL);
  assert.deepEqual(refused, { phase: "refused", message: "No." });
  assert.deepEqual(reduceRoom(refused, DISCARD), ROOM_INITIAL);
});

test("an event that does not fit changes nothing at all", () => {
  assert.equal(reduceRoom(ROOM_INITIAL, STORED), ROOM_INITIAL);
});
