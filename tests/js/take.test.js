import assert from "node:assert/strict";
import test from "node:test";

import { BEAT_MS, fixedEndpoint, LEAD_MS, RING_MS, Take, TAKE_MS, toSamples } from "../../static/js/record/take.js";

const NEVER = () => false;

test("a take holds the lead and every block after it, in order", () => {
  const take = new Take(Float32Array.of(1, 2), NEVER);
  take.push(Float32Array.of(3));
  take.push(Float32Array.of(4, 5));
  assert.deepEqual([...take.waveform()], [1, 2, 3, 4, 5]);
});

test("a take is over when its endpoint says so", () => {
  const take = new Take(new Float32Array(0), (block) => block[0] === 7);
  assert.deepEqual([take.push(Float32Array.of(1)), take.push(Float32Array.of(7))], [false, true]);
});

test("the fixed endpoint counts the time after the lead", () => {
  const isOver = fixedEndpoint(100, 1000);
  assert.deepEqual(
    [isOver(new Float32Array(60)), isOver(new Float32Array(39)), isOver(new Float32Array(1))],
    [false, false, true],
  );
});

test("durations become samples at every device's rate", () => {
  assert.deepEqual([toSamples(300, 48_000), toSamples(300, 44_100), toSamples(2000, 16_000)], [14_400, 13_230, 32_000]);
});

test("a take listens two seconds, and begins 300 ms early without hearing the word before", () => {
  assert.deepEqual([LEAD_MS, TAKE_MS], [300, 2000]);
  assert.ok(LEAD_MS <= RING_MS);
  assert.ok(LEAD_MS < BEAT_MS);
});
