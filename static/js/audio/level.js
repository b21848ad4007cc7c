/** Metering, in decibels relative to full scale (dBFS); digital silence is FLOOR_DBFS. */

export const FLOOR_DBFS = -120;

const QUIETEST_SHOWN_DBFS = -54;
const HEIGHT_POWER = 1.5;

/** @typedef {{rmsDbfs: number, peakDbfs: number}} Level */

/**
 * Root mean square and peak of a block of samples.
 * @param {Float32Array} block
 * @returns {Level}
 */
export function levelOf(block) {
  let peak = 0;
  let sumOfSquares = 0;
  for (const sample of block) {
    peak = Math.max(peak, Math.abs(sample));
    sumOfSquares += sample * sample;
  }
  const rms = Math.sqrt(sumOfSquares / Math.max(1, block.length));
  return { rmsDbfs: toDbfs(rms), peakDbfs: toDbfs(peak) };
}

/**
 * @param {number} amplitude at least 0; full scale is 1
 * @returns {number} at least FLOOR_DBFS
 */
export function toDbfs(amplitude) {
  return amplitude > 0 ? Math.max(FLOOR_DBFS, 20 * Math.log10(amplitude)) : FLOOR_DBFS;
}

/**
 * How tall a level is drawn: near the ear's scale, so that a whisper is seen and loud speech still has a shape.
 * @param {number} dbfs
 * @returns {number} 0 to 1
 */
export function heightOf(dbfs) {
  return Math.min(1, Math.max(0, 1 - dbfs / QUIETEST_SHOWN_DBFS)) ** HEIGHT_POWER;
}

/**
 * A waveform as `nBars` peaks for drawing.
 * @param {Float32Array} waveform
 * @param {number} nBars
 * @returns {number[]} heights 0 to 1, as heightOf
 */
export function barsOf(waveform, nBars) {
  return Array.from({ length: nBars }, (_, index) => {
    const start = Math.floor((index * waveform.length) / nBars);
    const stop = Math.floor(((index + 1) * waveform.length) / nBars);
    return heightOf(levelOf(waveform.subarray(start, stop)).peakDbfs);
  });
}
