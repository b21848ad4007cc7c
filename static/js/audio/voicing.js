/**
 * How periodic a sound is: every spoken word has a vowel or another voiced sound in it, no breath, click or rustle has.
 * Pure. The normalised autocorrelation of Rabiner (1977), at a low rate, where it costs little.
 */

const RATE_HZ = 4000;
const WINDOW_MS = 40;
const FRAME_MS = 10;
/** Of voices: deep ones and those of children. */
const PITCH_HZ = { lowest: 66, highest: 500 };
/** Hum and rumble of less than about 80 Hz are taken away: they are periodic too. */
const HUM_DECAY = Math.exp((-2 * Math.PI * 80) / RATE_HZ);

const N_WINDOW = (WINDOW_MS * RATE_HZ) / 1000;
const N_FRAME = (FRAME_MS * RATE_HZ) / 1000;
const SHORTEST_LAG = Math.floor(RATE_HZ / PITCH_HZ.highest);
const LONGEST_LAG = Math.ceil(RATE_HZ / PITCH_HZ.lowest);

/**
 * @param {Float32Array} waveform
 * @param {number} sampleRateHz
 * @param {readonly boolean[]} wanted frames of 10 ms; the others are not looked at, and have 0
 * @returns {number[]} for each frame, 0 noise to 1 a vowel that never changes
 */
export function periodicityOf(waveform, sampleRateHz, wanted) {
  const low = lowered(waveform, sampleRateHz);
  return wanted.map((isWanted, index) => (isWanted ? periodicityAt(low, (index + 0.5) * N_FRAME) : 0));
}

/**
 * @param {Float32Array} waveform
 * @param {number} sampleRateHz
 */
function lowered(waveform, sampleRateHz) {
  const step = sampleRateHz / RATE_HZ;
  const low = new Float32Array(Math.floor(waveform.length / step));
  let before = waveform[0] ?? 0;
  for (let index = 0; index < low.length; index++) {
    const mean = meanOf(waveform, Math.floor(index * step), Math.floor((index + 1) * step));
    low[index] = mean - before + HUM_DECAY * (low[index - 1] ?? 0);
    before = mean;
  }
  return low;
}

/**
 * @param {Float32Array} waveform
 * @param {number} start
 * @param {number} stop
 */
function meanOf(waveform, start, stop) {
  let sum = 0;
  for (let index = start; index < stop; index++) sum += waveform[index];
  return sum / (stop - start);
}

/**
 * The highest peak of the autocorrelation behind its first fall below zero: not the one at no lag.
 * @param {Float32Array} low
 * @param {number} middle
 */
function periodicityAt(low, middle) {
  const start = Math.round(middle - (N_WINDOW + LONGEST_LAG) / 2);
  if (start < 0 || start + N_WINDOW + LONGEST_LAG > low.length) return 0;
  const power = powerOf(low, start);
  let laggedPower = powerOf(low, start + 1);
  let highest = 0;
  let hasFallen = false;
  for (let lag = 1; lag <= LONGEST_LAG; lag++) {
    const correlation = productOf(low, start, lag) / Math.sqrt(power * laggedPower + Number.MIN_VALUE);
    hasFallen ||= correlation < 0;
    if (hasFallen && lag >= SHORTEST_LAG) highest = Math.max(highest, correlation);
    laggedPower += low[start + lag + N_WINDOW] ** 2 - low[start + lag] ** 2;
  }
  return highest;
}

/**
 * @param {Float32Array} low
 * @param {number} start
 */
function powerOf(low, start) {
  return productOf(low, start, 0);
}

/**
 * @param {Float32Array} low
 * @param {number} start
 * @param {number} lag
 */
function productOf(low, start, lag) {
  let sum = 0;
  for (let index = start; index < start + N_WINDOW; index++) sum += low[index] * low[index + lag];
  return sum;
}
