import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { hexOf, makeClip, N_CLIP_BARS } from "../../static/js/record/clip.js";

test("a clip is the take's WAV with its SHA-256 and a fresh id", async () => {
  const clip = await makeClip(Float32Array.of(0, 0.5, -0.5), 48_000);
  const bytes = Buffer.from(await clip.audio.arrayBuffer());
  assert.equal(bytes.length, 44 + 6);
  assert.equal(clip.audio.type, "audio/wav");
  assert.equal(clip.sha256, createHash("sha256").update(bytes).digest("hex"));
  assert.match(clip.id, /^[0-9a-f]{32}$/);
  assert.equal(clip.bars.length, N_CLIP_BARS);
});

test("no two clips share an id", async () => {
  const [one, other] = await Promise.all([
    makeClip(new Float32Array(1), 48_000),
    makeClip(new Float32Array(1), 48_000),
  ]);
  assert.notEqual(one.id, other.id);
});

test("bytes are written as two hex digits each", () => {
  assert.equal(hexOf(Uint8Array.of(0, 10, 255).buffer), "000aff");
});
