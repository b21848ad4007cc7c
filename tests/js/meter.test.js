import assert from "node:assert/strict";
import test from "node:test";

import { advance, AT_REST, N_METER_BARS } from "../../static/js/record/meter.js";

const SILENT_BARS = Array(N_METER_BARS - 1).fill(0);

test("between takes the bars scroll to the left", () => {
  const meter = advance(advance(AT_REST, 0, null), -54, null);
  assert.deepEqual(meter.bars, [...SILENT_BARS.slice(1), 1, 0]);
  assert.equal(meter.nLit, N_METER_BARS);
});

test("during a take the bars fill from the left and keep their highest", () => {
  const meter = advance(advance(AT_REST, 0, 0), -20, 0.001);
  assert.deepEqual(meter.bars, [1, ...SILENT_BARS]);
  assert.equal(meter.nLit, 1);
});

test("the end of a take is the last bar", () => {
  const meter = advance(AT_REST, 0, 1);
  assert.deepEqual(meter.bars, [...SILENT_BARS, 1]);
  assert.equal(meter.nLit, N_METER_BARS);
});
