/** Makes an uploadable clip of a take. */

import { barsOf } from "../audio/level.js";
import { writeWav } from "../audio/wav.js";

/** How many bars a recent clip is drawn with. */
export const N_CLIP_BARS = 24;

/** @typedef {{id: string, audio: Blob, sha256: string, bars: number[]}} TakenClip */

/**
 * @param {Float32Array} waveform
 * @param {number} sampleRateHz
 * @returns {Promise<TakenClip>}
 */
export async function makeClip(waveform, sampleRateHz) {
  const wav = writeWav(waveform, sampleRateHz);
  return {
    id: crypto.randomUUID().replaceAll("-", ""),
    audio: new Blob([wav], { type: "audio/wav" }),
    sha256: hexOf(await crypto.subtle.digest("SHA-256", wav)),
    bars: barsOf(waveform, N_CLIP_BARS),
  };
}

/** @param {ArrayBuffer} buffer */
export function hexOf(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
