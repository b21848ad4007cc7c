import assert from "node:assert/strict";
import test from "node:test";

import { isWhole, mediaTypeFor, readWav } from "../../static/js/audio/opus.js";
import { writeWav } from "../../static/js/audio/wav.js";

const RATE_HZ = 48_000;
const N_SAMPLES = RATE_HZ; // a second

/** A word in a quiet room: a hum that swells and falls, off the middle. */
function spoken() {
  const samples = new Float32Array(N_SAMPLES);
  for (let index = 0; index < N_SAMPLES; index++) {
    const swell = Math.exp(-(((index / N_SAMPLES - 0.6) / 0.1) ** 2));
    samples[index] = (0.001 + 0.5 * swell) * Math.sin((2 * Math.PI * 200 * index) / RATE_HZ);
  }
  return { samples, sampleRateHz: RATE_HZ };
}

/**
 * @param {Float32Array} samples
 * @param {number} nBefore
 * @param {number} nAfter
 * @param {number} [gain]
 */
function amid(samples, nBefore, nAfter, gain = 1) {
  const longer = new Float32Array(nBefore + samples.length + nAfter);
  longer.set(
    samples.map((sample) => gain * sample),
    nBefore,
  );
  return { samples: longer, sampleRateHz: RATE_HZ };
}

test("a WAV of ours is read as it was written", () => {
  const samples = Float32Array.of(0, 0.5, -0.25, -1);
  assert.deepEqual(readWav(writeWav(samples, 44_100).buffer), { samples, sampleRateHz: 44_100 });
});

test("a sound is found whole amid silence, wherever it lies and however loud", () => {
  const sound = spoken();
  for (const nBefore of [0, 1000, 14_737]) assert.ok(isWhole(amid(sound.samples, nBefore, 9000, 0.7), sound));
});

test("a sound is found whole at another rate", () => {
  const sound = spoken();
  const halved = { samples: sound.samples.filter((_, index) => index % 2 === 0), sampleRateHz: RATE_HZ / 2 };
  assert.ok(isWhole(halved, sound));
});

const LOST = {
  "the first half": spoken().samples.subarray(N_SAMPLES / 2),
  "the second half": spoken().samples.subarray(0, N_SAMPLES / 2),
  "the middle of the word": spoken().samples.map((sample, index) => (index > 28_000 && index < 32_000 ? 0 : sample)),
  "everything": new Float32Array(N_SAMPLES),
};

for (const [what, samples] of Object.entries(LOST)) {
  test(`a sound that lost ${what} is not whole`, () => {
    assert.equal(isWhole(amid(samples, 14_400, 0), spoken()), false);
  });
}

test("too short is never whole", () => {
  assert.equal(isWhole(amid(new Float32Array(100), 0, 0), spoken()), false);
});

test("WebM is chosen before MP4, and none where none is written", () => {
  assert.equal(
    mediaTypeFor(() => true),
    "audio/webm;codecs=opus",
  );
  assert.equal(
    mediaTypeFor((type) => type === "audio/mp4"),
    "audio/mp4",
  );
  assert.equal(
    mediaTypeFor(() => false),
    null,
  );
});
