import assert from "node:assert/strict";
import test from "node:test";

import { HEADER_BYTES, toInt16, writeWav } from "../../static/js/audio/wav.js";

test("the header is the canonical 44 bytes", () => {
  const header = Buffer.from(writeWav(new Float32Array(3), 48_000).subarray(0, HEADER_BYTES)).toString("hex");
  assert.equal(
    header,
    "52494646" +
      "2a000000" +
      "57415645" + // RIFF, 36 + 6, WAVE
      "666d7420" +
      "10000000" +
      "0100" +
      "0100" +
      "80bb0000" +
      "00770100" +
      "0200" +
      "1000" + // fmt: PCM, mono, 48,000 Hz
      "64617461" +
      "06000000", // data, 6 bytes
  );
});

test("samples follow as little-endian 16-bit integers", () => {
  const wav = writeWav(Float32Array.of(0, 0.5, -0.5, 1 / 32768), 44_100);
  assert.deepEqual([...wav.subarray(HEADER_BYTES)], [0, 0, 0x00, 0x40, 0x00, 0xc0, 1, 0]);
});

test("the device's rate is kept", () => {
  assert.equal(new DataView(writeWav(new Float32Array(1), 44_100).buffer).getUint32(24, true), 44_100);
});

test("an empty take is a valid, empty file", () => {
  const wav = writeWav(new Float32Array(0), 16_000);
  assert.equal(wav.length, 44);
  assert.equal(new DataView(wav.buffer).getUint32(40, true), 0);
});

test("what lies beyond full scale is clipped, never wrapped around", () => {
  assert.deepEqual([1, 1.5, 1e9, -1, -1.5, -1e9].map(toInt16), [32767, 32767, 32767, -32768, -32768, -32768]);
});

test("samples are rounded to the nearest step", () => {
  assert.deepEqual(
    [0.4, 0.6, -0.4, -0.6].map((steps) => toInt16(steps / 32768) + 0),
    [0, 1, 0, -1],
  );
});

test("every 16-bit sample survives the way through floating point", () => {
  const all = Array.from({ length: 65_536 }, (_, index) => index - 32_768);
  assert.deepEqual(
    all.map((sample) => toInt16(Math.fround(sample / 32768))),
    all,
  );
});
