import assert from "node:assert/strict";
import test from "node:test";

import { Ear, floorOf } from "../../static/js/audio/endpointing.js";
import { addBurst, addVoice, blocksOf, noiseOf } from "./sounds.js";

const RATES_HZ = [16_000, 44_100, 48_000];

/**
 * @param {Float32Array} waveform
 * @param {number} rateHz
 * @param {number} nBlockSamples
 */
function framesOf(waveform, rateHz, nBlockSamples = 1024) {
  const ear = new Ear(rateHz);
  return [...blocksOf(waveform, nBlockSamples)].flatMap((block) => ear.hear(block));
}

/**
 * @param {Float32Array} waveform
 * @param {number} rateHz
 */
function earAfter(waveform, rateHz) {
  const ear = new Ear(rateHz);
  for (const block of blocksOf(waveform, 1024)) ear.hear(block);
  return ear;
}

/** @param {import("../../static/js/audio/endpointing.js").Frame[]} frames */
const nSoft = (frames) => frames.filter(({ isSoft }) => isSoft).length;

for (const rateHz of RATES_HZ) {
  test(`a second at ${rateHz} Hz is a hundred frames, however it is cut into blocks`, () => {
    const second = noiseOf(1000, -50, rateHz);
    assert.equal(framesOf(second, rateHz).length, 100);
    assert.deepEqual(framesOf(second, rateHz, 128), framesOf(second, rateHz, 5000));
  });

  test(`in plain noise at ${rateHz} Hz nearly nothing is speech`, () => {
    assert.ok(nSoft(framesOf(noiseOf(10_000, -50, rateHz), rateHz)) <= 5);
  });

  test(`a voice in noise at ${rateHz} Hz is heard where it is`, () => {
    const heard = noiseOf(4000, -60, rateHz);
    addVoice(heard, { startMs: 2000, durationMs: 500, dbfs: -25 }, rateHz);
    const frames = framesOf(heard, rateHz);
    assert.ok(nSoft(frames.slice(202, 248)) === 46);
    assert.ok(nSoft(frames.slice(60, 198)) + nSoft(frames.slice(256)) <= 3);
  });
}

test("the floor is the level of the room", () => {
  assert.ok(Math.abs(earAfter(noiseOf(3000, -50, 16_000), 16_000).floorDbfs + 50) < 1);
});

test("words hardly lift the floor", () => {
  const heard = noiseOf(5000, -60, 16_000);
  for (const startMs of [500, 2000, 3500]) addVoice(heard, { startMs, durationMs: 500, dbfs: -20 }, 16_000);
  assert.ok(Math.abs(earAfter(heard, 16_000).floorDbfs + 60) < 1.5);
});

test("a fan that is switched on becomes the floor", () => {
  const heard = noiseOf(8000, -70, 16_000);
  addBurst(heard, { startMs: 3000, durationMs: 5000, dbfs: -45 }, 16_000);
  assert.ok(Math.abs(earAfter(heard, 16_000).floorDbfs + 45) < 1.5);
});

test("an offset of the microphone is not sound", () => {
  const heard = noiseOf(3000, -60, 48_000).map((sample) => sample + 0.2);
  assert.ok(Math.abs(earAfter(heard, 48_000).floorDbfs + 60) < 1);
});

test("digital silence has a floor, and no speech in it", () => {
  const frames = framesOf(new Float32Array(48_000), 48_000);
  assert.equal(nSoft(frames), 0);
});

test("a soft hiss is heard beside the hum and rumble of a room", () => {
  const hum = (/** @type {number} */ at) => 0.1 * Math.sin((2 * Math.PI * 50 * at) / 16_000);
  const heard = noiseOf(4000, -75, 16_000).map((sample, at) => sample + hum(at));
  addBurst(heard, { startMs: 3000, durationMs: 200, dbfs: -60 }, 16_000);
  assert.ok(nSoft(framesOf(heard, 16_000).slice(302, 320)) === 18);
});

test("before the room is known nothing is speech", () => {
  const heard = noiseOf(290, -60, 16_000);
  addVoice(heard, { startMs: 100, durationMs: 190, dbfs: -10 }, 16_000);
  assert.equal(earAfter(heard, 16_000).isReady, false);
  assert.equal(nSoft(framesOf(heard, 16_000)), 0);
});

test("the most recent frames can be had again", () => {
  const ear = earAfter(noiseOf(1000, -60, 16_000), 16_000);
  assert.equal(ear.recent(300).length, 30);
  assert.deepEqual(ear.recent(1000).slice(-ear.latest.length), ear.latest);
});

test("the floor is taken from beneath the words, and never from digital silence", () => {
  const levels = [...Array(60).fill(-50), ...Array(40).fill(-20)];
  assert.ok(Math.abs(floorOf(levels).dbfs + 50) < 0.5);
  assert.equal(floorOf(Array(50).fill(-120)).dbfs, -80);
});
