import assert from "node:assert/strict";
import test from "node:test";

import { progressOf } from "../../static/js/releases/release-logic.js";

const CUTTING = { version: "1.0", state: /** @type {const} */ ("cutting"), nDone: 4200, nTotal: 9120, error: null };

test("a cut tells how many recordings are packed", () => {
  assert.deepEqual(progressOf(CUTTING), {
    value: 4200,
    max: 9120,
    isOver: false,
  });
});

test("before anything is counted the cut is starting", () => {
  assert.deepEqual(progressOf({ ...CUTTING, nDone: null, nTotal: null }), {
    value: null,
    max: 1,
    isOver: false,
  });
});

test("progress never runs over its end", () => {
  assert.equal(progressOf({ ...CUTTING, nDone: 9999 }).value, 9120);
});

test("a published and a failed cut are over", () => {
  assert.equal(progressOf({ ...CUTTING, state: "published" }).isOver, true);
  assert.equal(progressOf({ ...CUTTING, state: "failed" }).isOver, true);
});
