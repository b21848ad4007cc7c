/**
 * Up to which frequency a sound reaches. A voice through the telephone profile of Bluetooth has nothing above 4 kHz,
 * whatever rate it comes at. Pure; metering, not a feature extractor: the method of Goertzel (1958) at a few frequencies.
 */

const PROBES_HZ = [700, 1400, 2100, 2800, 3400, 4600, 5400, 6200, 7000, 9000, 11_000];
const WINDOW_MS = 20;
/** What a resampler leaves above its band is fainter than this, what a voice or a room has there is not. */
const GONE_DB = -65;

/**
 * @param {Float32Array} waveform speech
 * @param {number} sampleRateHz
 * @returns {number} the highest frequency probed that is there, Hz; 0 for silence
 */
export function bandwidthOf(waveform, sampleRateHz) {
  const probes = PROBES_HZ.filter((hz) => hz < 0.45 * sampleRateHz);
  const powers = probes.map((hz) => loudestPowerAt(hz, waveform, sampleRateHz));
  const loudest = Math.max(...powers);
  if (loudest === 0) return 0;
  const isThere = powers.map((power) => 10 * Math.log10(power / loudest) > GONE_DB);
  return probes[isThere.lastIndexOf(true)];
}

/**
 * @param {number} hz
 * @param {Float32Array} waveform
 * @param {number} sampleRateHz
 */
function loudestPowerAt(hz, waveform, sampleRateHz) {
  const nWindow = Math.round((WINDOW_MS * sampleRateHz) / 1000);
  let loudest = 0;
  for (let start = 0; start + nWindow <= waveform.length; start += nWindow) {
    loudest = Math.max(loudest, powerAt(hz, waveform.subarray(start, start + nWindow), sampleRateHz));
  }
  return loudest;
}

/**
 * @param {number} hz
 * @param {Float32Array} window weighted by Blackman's window, so that strong low sounds do not leak up here
 * @param {number} sampleRateHz
 */
function powerAt(hz, window, sampleRateHz) {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRateHz);
  let last = 0;
  let lastButOne = 0;
  window.forEach((sample, index) => {
    const next = sample * blackman(index, window.length) + coefficient * last - lastButOne;
    lastButOne = last;
    last = next;
  });
  return Math.max(0, last ** 2 + lastButOne ** 2 - coefficient * last * lastButOne);
}

/**
 * @param {number} index
 * @param {number} length
 */
function blackman(index, length) {
  const angle = (2 * Math.PI * (index + 0.5)) / length;
  return 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
}
