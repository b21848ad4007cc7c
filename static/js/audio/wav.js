/** Writing WAV: mono, 16-bit PCM, little-endian, with the canonical 44-byte header. */

export const HEADER_BYTES = 44;

const BYTES_PER_SAMPLE = 2;
const FULL_SCALE = 32768;
const PCM_FORMAT = 1;

/**
 * @param {Float32Array} waveform mono, full scale is [-1, 1]; what lies beyond is clipped
 * @param {number} sampleRateHz the device's rate, kept as it is
 * @returns {Uint8Array<ArrayBuffer>} the whole file
 */
export function writeWav(waveform, sampleRateHz) {
  const file = new DataView(new ArrayBuffer(HEADER_BYTES + waveform.length * BYTES_PER_SAMPLE));
  writeHeader(file, waveform.length * BYTES_PER_SAMPLE, sampleRateHz);
  for (let index = 0; index < waveform.length; index++) {
    file.setInt16(HEADER_BYTES + index * BYTES_PER_SAMPLE, toInt16(waveform[index]), true);
  }
  return new Uint8Array(file.buffer);
}

/**
 * Nearest 16-bit value; the inverse of dividing by 32768, so 16-bit input survives unchanged.
 * @param {number} sample
 */
export function toInt16(sample) {
  return Math.min(FULL_SCALE - 1, Math.max(-FULL_SCALE, Math.round(sample * FULL_SCALE)));
}

/**
 * @param {DataView} file
 * @param {number} nDataBytes
 * @param {number} sampleRateHz
 */
function writeHeader(file, nDataBytes, sampleRateHz) {
  writeText(file, 0, "RIFF");
  file.setUint32(4, HEADER_BYTES - 8 + nDataBytes, true);
  writeText(file, 8, "WAVEfmt ");
  file.setUint32(16, 16, true); // length of the format chunk
  file.setUint16(20, PCM_FORMAT, true);
  file.setUint16(22, 1, true); // channels
  file.setUint32(24, sampleRateHz, true);
  file.setUint32(28, sampleRateHz * BYTES_PER_SAMPLE, true); // bytes a second
  file.setUint16(32, BYTES_PER_SAMPLE, true); // bytes a frame
  file.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  writeText(file, 36, "data");
  file.setUint32(40, nDataBytes, true);
}

/**
 * @param {DataView} file
 * @param {number} offset
 * @param {string} text ASCII
 */
function writeText(file, offset, text) {
  for (let index = 0; index < text.length; index++) {
    file.setUint8(offset + index, text.charCodeAt(index));
  }
}
