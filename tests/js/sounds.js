/** Sounds with known answers. Noise is white and seeded, levels are RMS in dBFS. */

/** @typedef {{startMs: number, durationMs: number, dbfs: number}} Sound */

/** @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {number} durationMs
 * @param {number} dbfs
 * @param {number} rateHz
 * @param {number} [seed]
 */
export function noiseOf(durationMs, dbfs, rateHz, seed = 1) {
  const random = randomOf(seed);
  const amplitude = 10 ** (dbfs / 20) * Math.sqrt(3); // uniform
  return Float32Array.from({ length: Math.round((durationMs * rateHz) / 1000) }, () => amplitude * (2 * random() - 1));
}

/**
 * Adds a voice-like sound: harmonics of 140 Hz that swell and fade softly, so that it is full in its middle half only.
 * @param {Float32Array} waveform
 * @param {Sound} sound
 * @param {number} rateHz
 */
export function addVoice(waveform, { startMs, durationMs, dbfs }, rateHz) {
  addShaped(waveform, { startMs, durationMs, dbfs }, rateHz, (timeS, share) => {
    const swell = Math.min(1, 4 * share, 4 * (1 - share));
    return swell * [1, 2, 3, 5, 8].reduce((sum, n) => sum + Math.sin(2 * Math.PI * 140 * n * timeS) / 1.6, 0);
  });
}

/**
 * Adds a burst of noise, as of a stop consonant or a fricative; of a few milliseconds it is a click.
 * @param {Float32Array} waveform
 * @param {Sound} sound
 * @param {number} rateHz
 */
export function addBurst(waveform, sound, rateHz) {
  const random = randomOf(sound.startMs + 77);
  addShaped(waveform, sound, rateHz, () => Math.sqrt(3) * (2 * random() - 1));
}

/**
 * @param {Float32Array} waveform
 * @param {Sound} sound
 * @param {number} rateHz
 * @param {(timeS: number, share: number) => number} shape
 */
function addShaped(waveform, { startMs, durationMs, dbfs }, rateHz, shape) {
  const start = Math.round((startMs * rateHz) / 1000);
  const nSamples = Math.round((durationMs * rateHz) / 1000);
  for (let index = 0; index < nSamples && start + index < waveform.length; index++) {
    waveform[start + index] += 10 ** (dbfs / 20) * shape(index / rateHz, index / nSamples);
  }
}

/**
 * @param {Float32Array} waveform
 * @param {number} nSamples
 */
export function* blocksOf(waveform, nSamples) {
  for (let start = 0; start < waveform.length; start += nSamples) yield waveform.subarray(start, start + nSamples);
}
