import assert from "node:assert/strict";
import test from "node:test";

import { Ear } from "../../static/js/audio/endpointing.js";
import { judgeRoom } from "../../static/js/room/room-gate.js";
import { addBurst, addVoice, blocksOf, noiseOf } from "./sounds.js";

const NOISE_MS = 5000;
const RATES_HZ = [16_000, 44_100, 48_000];

/**
 * @param {Float32Array} waveform heard by an ear that knows this room
 * @param {number} rateHz
 */
function verdictOf(waveform, rateHz) {
  const ear = new Ear(rateHz);
  for (const block of blocksOf(waveform, 1024)) ear.hear(block);
  return judgeRoom(waveform, { sampleRateHz: rateHz, floors: ear.floors });
}

for (const rateHz of RATES_HZ) {
  test(`a room at ${rateHz} Hz is noise, quiet or loud`, () => {
    for (const dbfs of [-80, -60, -40, -20]) assert.equal(verdictOf(noiseOf(NOISE_MS, dbfs, rateHz), rateHz), "noise");
  });

  test(`a voice at ${rateHz} Hz is found, far or near, early or late`, () => {
    for (const dbfs of [-42, -30, -15]) {
      for (const startMs of [100, 2300, 4400]) {
        const heard = noiseOf(NOISE_MS, -60, rateHz);
        addVoice(heard, { startMs, durationMs: 450, dbfs }, rateHz);
        assert.equal(verdictOf(heard, rateHz), "voice", `${dbfs} dBFS at ${startMs} ms`);
      }
    }
  });
}

test("clicks and a rustle are noise", () => {
  const heard = noiseOf(NOISE_MS, -60, 48_000);
  addBurst(heard, { startMs: 1000, durationMs: 5, dbfs: -10 }, 48_000);
  addBurst(heard, { startMs: 3000, durationMs: 300, dbfs: -35 }, 48_000);
  assert.equal(verdictOf(heard, 48_000), "noise");
});

test("a steady hum is noise", () => {
  const heard = noiseOf(NOISE_MS, -60, 48_000).map((sample, n) => sample + 0.03 * Math.sin((2 * Math.PI * 120 * n) / 48_000));
  assert.equal(verdictOf(heard, 48_000), "noise");
});

test("what no microphone heard is silent: all zero, an offset, a noise gate that closes", () => {
  assert.equal(verdictOf(new Float32Array(240_000), 48_000), "silent");
  assert.equal(verdictOf(new Float32Array(240_000).fill(0.25), 48_000), "silent");
  const gated = noiseOf(NOISE_MS, -60, 48_000).fill(0, 100_000, 104_800);
  assert.equal(verdictOf(gated, 48_000), "silent");
});
