import assert from "node:assert/strict";
import test from "node:test";

import { EARLY_MS, TAIL_MS } from "../../static/js/audio/word.js";
import {
  fixedEndpoint,
  LEAD_MS,
  leadMs,
  LONGEST_TAKE_MS,
  RING_MS,
  Take,
  TAKE_MS,
  toSamples,
} from "../../static/js/record/take.js";

const NEVER = { hear: () => false, restMs: () => 0 };

test("a take holds the lead and every block after it, in order", () => {
  const take = new Take(Float32Array.of(1, 2), NEVER);
  take.push(Float32Array.of(3));
  take.push(Float32Array.of(4, 5));
  assert.deepEqual([...take.waveform()], [1, 2, 3, 4, 5]);
});

test("a take is over when its endpoint says so", () => {
  const take = new Take(new Float32Array(0), { ...NEVER, hear: (block) => block[0] === 7 });
  assert.deepEqual([take.push(Float32Array.of(1)), take.push(Float32Array.of(7))], [false, true]);
});

test("the fixed endpoint counts the time after the lead", () => {
  const endpoint = fixedEndpoint(100, 1000);
  assert.deepEqual(
    [endpoint.hear(new Float32Array(60)), endpoint.hear(new Float32Array(39)), endpoint.hear(new Float32Array(1))],
    [false, false, true],
  );
});

test("durations become samples at every device's rate", () => {
  assert.deepEqual([toSamples(300, 48_000), toSamples(300, 44_100), toSamples(2000, 16_000)], [14_400, 13_230, 32_000]);
});

test("a word may begin 200 ms before its prompt, and 300 ms stay in front of it", () => {
  assert.ok(LEAD_MS >= 200 + 300);
  assert.ok(RING_MS >= LEAD_MS);
  assert.ok(EARLY_MS > 200);
});

test("no take hears the word before it", () => {
  assert.equal(leadMs(0), TAIL_MS - 50);
  assert.equal(leadMs(100), TAIL_MS + 50);
  assert.deepEqual([leadMs(10_000), leadMs(Infinity)], [LEAD_MS, LEAD_MS]);
});

test("a take waits two seconds for a word, and three for its end", () => {
  assert.deepEqual([TAKE_MS, LONGEST_TAKE_MS], [2000, 3000]);
});
