import assert from "node:assert/strict";
import test from "node:test";

import { Ring } from "../../static/js/audio/ring.js";

/** @param {number[][]} blocks */
function ringOf5(...blocks) {
  const ring = new Ring(5);
  for (const block of blocks) ring.push(Float32Array.from(block));
  return ring;
}

test("a new ring remembers nothing", () => {
  assert.deepEqual([...ringOf5().last(3)], []);
});

test("the last samples come back in order", () => {
  assert.deepEqual([...ringOf5([1, 2, 3]).last(2)], [2, 3]);
});

test("fewer come back when fewer were heard", () => {
  assert.deepEqual([...ringOf5([1, 2]).last(4)], [1, 2]);
});

test("old samples make room across the seam", () => {
  assert.deepEqual([...ringOf5([1, 2, 3], [4, 5, 6, 7]).last(5)], [3, 4, 5, 6, 7]);
});

test("asking for more than is kept gives all that is kept", () => {
  assert.deepEqual([...ringOf5([1, 2, 3], [4, 5, 6]).last(99)], [2, 3, 4, 5, 6]);
});

test("of a block longer than the ring its end is kept", () => {
  assert.deepEqual([...ringOf5([9], [1, 2, 3, 4, 5, 6, 7]).last(5)], [3, 4, 5, 6, 7]);
});

test("a block that fills it exactly is kept whole", () => {
  assert.deepEqual([...ringOf5([1, 2, 3, 4, 5]).last(5)], [1, 2, 3, 4, 5]);
});

test("what was handed out does not change afterwards", () => {
  const ring = ringOf5([1, 2, 3]);
  const heard = ring.last(3);
  ring.push(Float32Array.of(7, 8, 9));
  assert.deepEqual([...heard], [1, 2, 3]);
});
