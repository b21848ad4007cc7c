import assert from "node:assert/strict";
import test from "node:test";

import { Ear } from "../../static/js/audio/endpointing.js";
import { judge } from "../../static/js/audio/gate.js";
import { addBurst, addVoice, blocksOf, noiseOf } from "./sounds.js";

const RATES_HZ = [16_000, 44_100, 48_000];
const ROOM_MS = 2000;
const TAKE_MS = 2000;
const WORD = { startMs: 700, durationMs: 450, dbfs: -20 };

/** @typedef {import("./sounds.js").Sound} Sound times are from the start of the take */

/**
 * @typedef {object} Scene
 * @property {Sound[]} [voices]
 * @property {Sound[]} [bursts]
 * @property {number} [floorDbfs]
 * @property {number} [rateHz]
 * @property {number} [rail] where an amplifier clips
 * @property {number} [takeMs]
 */

/** @param {Scene} scene */
function judged({ voices = [], bursts = [], floorDbfs = -60, rateHz = 48_000, rail = 1, takeMs = TAKE_MS }) {
  const heard = noiseOf(ROOM_MS + takeMs, floorDbfs, rateHz);
  for (const sound of voices) addVoice(heard, { ...sound, startMs: ROOM_MS + sound.startMs }, rateHz);
  for (const sound of bursts) addBurst(heard, { ...sound, startMs: ROOM_MS + sound.startMs }, rateHz);
  const limited = heard.map((sample) => Math.max(-rail, Math.min(rail, sample)));
  const ear = new Ear(rateHz);
  for (const block of blocksOf(limited, 1024)) ear.hear(block);
  return judge(limited.subarray((ROOM_MS * rateHz) / 1000), { sampleRateHz: rateHz, floors: ear.floors });
}

/** @param {Scene} scene */
const verdictOf = (scene) => judged(scene).verdict;

for (const rateHz of RATES_HZ) {
  test(`a word at ${rateHz} Hz is good, soft or loud`, () => {
    for (const dbfs of [-40, -30, -20, -12]) {
      assert.equal(verdictOf({ voices: [{ ...WORD, dbfs }], floorDbfs: -70, rateHz }), "good", `${dbfs} dBFS`);
    }
  });

  test(`what is measured at ${rateHz} Hz is what was there`, () => {
    const { measures } = judged({ voices: [WORD], rateHz });
    assert.ok(Math.abs(measures.startMs - WORD.startMs) <= 20);
    assert.ok(Math.abs(measures.endMs - WORD.startMs - WORD.durationMs) <= 30);
    assert.ok(Math.abs(measures.noiseDbfs + 60) < 2);
    assert.ok(measures.snrDb > 30 && measures.snrDb < 42);
    assert.equal(measures.nClippedSamples, 0);
  });
}

test("a room, and digital silence, are silent", () => {
  for (const floorDbfs of [-90, -60, -30]) assert.equal(verdictOf({ floorDbfs }), "silent");
  const floors = new Ear(48_000).floors;
  assert.equal(judge(new Float32Array(96_000), { sampleRateHz: 48_000, floors }).verdict, "silent");
});

test("an empty take is silent", () => {
  assert.equal(judge(new Float32Array(0), { sampleRateHz: 48_000, floors: new Ear(48_000).floors }).verdict, "silent");
});

test("a breath and a key are no words, however loud", () => {
  assert.equal(verdictOf({ bursts: [{ startMs: 700, durationMs: 400, dbfs: -20 }] }), "silent");
  assert.equal(verdictOf({ bursts: [300, 420, 900].map((startMs) => ({ startMs, durationMs: 15, dbfs: -6 })) }), "silent");
});

test("a click beside a word does not matter", () => {
  assert.equal(verdictOf({ voices: [WORD], bursts: [{ startMs: 1600, durationMs: 10, dbfs: -15 }] }), "good");
});

test("a word that hardly moves the meter is too quiet", () => {
  assert.equal(verdictOf({ voices: [{ ...WORD, dbfs: -54 }], floorDbfs: -80 }), "too-quiet");
});

test("a word that reaches a rail is clipped, at full scale and below", () => {
  assert.equal(verdictOf({ voices: [{ ...WORD, dbfs: 0 }] }), "clipped");
  assert.equal(verdictOf({ voices: [{ ...WORD, dbfs: -10 }], rail: 0.3 }), "clipped");
});

test("a word that begins before the take, or goes on behind it, is cut off", () => {
  assert.equal(verdictOf({ voices: [{ ...WORD, startMs: -200 }] }), "cut-off");
  assert.equal(verdictOf({ voices: [{ ...WORD, startMs: TAKE_MS - 200 }] }), "cut-off");
});

test("a stop in a word is silent for a while: still one word", () => {
  for (const gapMs of [60, 120, 160]) {
    const second = { startMs: 950 + gapMs, durationMs: 200, dbfs: -24 };
    assert.equal(verdictOf({ voices: [{ ...WORD, durationMs: 250 }, second] }), "good", `gap of ${gapMs} ms`);
  }
});

test("the release of a stop behind a word is no second word", () => {
  assert.equal(verdictOf({ voices: [WORD], bursts: [{ startMs: 1350, durationMs: 25, dbfs: -30 }] }), "good");
});

test("two words are two", () => {
  for (const gapMs of [260, 400, 600]) {
    const second = { ...WORD, startMs: WORD.startMs + 300 + gapMs, durationMs: 300 };
    const voices = [{ ...WORD, durationMs: 300 }, second];
    assert.equal(verdictOf({ voices, takeMs: 2500 }), "two-words", `${gapMs} ms apart`);
  }
});

test("a voice in the next room is no second word", () => {
  assert.equal(verdictOf({ voices: [WORD, { startMs: 1450, durationMs: 300, dbfs: -42 }] }), "good");
});

test("what would not fit into a second is too long", () => {
  assert.equal(verdictOf({ voices: [{ startMs: 300, durationMs: 1400, dbfs: -20 }] }), "too-long");
});

test("a word in the noise is too noisy", () => {
  assert.equal(verdictOf({ voices: [{ ...WORD, dbfs: -24 }], floorDbfs: -32 }), "too-noisy");
});

test("an offset of the microphone is neither sound nor clipping", () => {
  const floors = new Ear(48_000).floors;
  assert.equal(judge(new Float32Array(96_000).fill(0.3), { sampleRateHz: 48_000, floors }).verdict, "silent");
});
