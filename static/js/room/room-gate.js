/** Is this the noise of a room, without a voice, and heard by a microphone? Looked at before anybody hears it. Pure. */

import { FRAME_MS, framesOf } from "../audio/endpointing.js";
import { periodicityOf } from "../audio/voicing.js";

/** @typedef {"noise" | "voice" | "silent"} RoomVerdict */

/** The server looks again, more closely (speechapp/audio/room.py, where the rates of error are told). */
const LIMITS = {
  /** Equal samples in a row were made by a program: a muted microphone, a noise gate. */
  silentMs: 50,
  /** A voice is louder than the noise around it by this; a steady hum is periodic too. */
  aboveDb: 6,
  /** Half the energy repeats itself. */
  periodicity: 0.5,
  /** Less in one piece is no vowel. */
  voicedMs: 60,
};

/**
 * @param {Float32Array} waveform
 * @param {import("../audio/gate.js").Context} context
 * @returns {RoomVerdict}
 */
export function judgeRoom(waveform, { sampleRateHz, floors }) {
  const isUnchanged = (/** @type {number} */ index) => waveform[index] === waveform[index - 1];
  if ((1000 * longestRun(waveform.length, isUnchanged)) / sampleRateHz >= LIMITS.silentMs) return "silent";
  const loud = framesOf(waveform, sampleRateHz, floors).map(({ aboveDb }) => aboveDb >= LIMITS.aboveDb);
  const periodicity = periodicityOf(waveform, sampleRateHz, loud);
  const voicedMs = FRAME_MS * longestRun(loud.length, (index) => periodicity[index] >= LIMITS.periodicity);
  return voicedMs >= LIMITS.voicedMs ? "voice" : "noise";
}

/**
 * @param {number} n
 * @param {(index: number) => boolean} isSo
 */
function longestRun(n, isSo) {
  let longest = 0;
  let current = 0;
  for (let index = 0; index < n; index++) {
    current = isSo(index) ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
