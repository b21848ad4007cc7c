import assert from "node:assert/strict";
import test from "node:test";

import { camelKeys, isPassingStatus, refusal } from "../../static/js/api.js";

test("keys of the wire become ours at every depth", () => {
  const answer = { visit_id: 1, clips: [{ n_bytes: 2, measures: { snr_db: 3, noise_floor_dbfs: null } }] };
  assert.deepEqual(camelKeys(answer), {
    visitId: 1,
    clips: [{ nBytes: 2, measures: { snrDb: 3, noiseFloorDbfs: null } }],
  });
});

test("values stay what they are", () => {
  assert.deepEqual(camelKeys({ word: "snake_case", list: ["a_b"] }), { word: "snake_case", list: ["a_b"] });
});

test("a refusal carries the server's code and sentence", () => {
  const { status, code, message } = refusal(422, { error: { code: "hash_mismatch", message: "Send it again." } });
  assert.deepEqual([status, code, message], [422, "hash_mismatch", "Send it again."]);
});

test("a refusal without a body still has a sentence", () => {
  assert.equal(refusal(502, null).message, "service-error");
});

test("only what may pass by itself is passing", () => {
  const passing = [200, 400, 404, 408, 409, 422, 429, 500, 503].filter(isPassingStatus);
  assert.deepEqual(passing, [408, 429, 500, 503]);
});
