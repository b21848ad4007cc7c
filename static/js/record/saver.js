/** Saving data: whether this volunteer's words are sent small, and making them so. */

import { hexOf } from "./clip.js";

/** @typedef {import("./upload.js").Upload} Upload */

const KEY = "speechapp.dataSaver";
/** Each takes as long as its recording; two at once keep up with a fast speaker. */
const N_ENCODERS = 2;

const encoders = Array.from({ length: N_ENCODERS }, () => /** @type {Promise<unknown>} */ (Promise.resolve()));
let nEncoded = 0;

/** What was chosen here, else what the browser asks of all pages. */
export function wantsDataSaver() {
  const chosen = recall();
  if (chosen) return chosen === "on";
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
  return connection?.saveData === true;
}

/** @param {boolean} isWanted */
export function setDataSaver(isWanted) {
  try {
    localStorage.setItem(KEY, isWanted ? "on" : "off");
  } catch {
    // Private windows may forbid storage: the next page asks the browser again.
  }
}

function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/**
 * The upload with its sound encoded; where that does not go, as it was. What was done is kept with the clip.
 * @param {Upload} upload
 * @returns {Promise<Upload>}
 */
export function inOpus(upload) {
  const index = nEncoded++ % N_ENCODERS;
  const encoding = encoders[index].then(() => encoded(upload));
  encoders[index] = encoding.catch(() => undefined);
  return encoding;
}

/**
 * @param {Upload} upload
 * @returns {Promise<Upload>}
 */
async function encoded(upload) {
  try {
    const { BITS_PER_SECOND, encodeOpus, readWav } = await import("../audio/opus.js");
    const sound = readWav(await upload.audio.arrayBuffer());
    const audio = await encodeOpus(sound);
    const sha256 = hexOf(await crypto.subtle.digest("SHA-256", await audio.arrayBuffer()));
    const encodedFrom = { sampleRateHz: sound.sampleRateHz, nSamples: sound.samples.length };
    const dataSaver = { codec: audio.type, bitsPerSecond: BITS_PER_SECOND, encodedFrom };
    return { ...upload, audio, sha256, settings: { ...upload.settings, dataSaver } };
  } catch (error) {
    const code = /** @type {{code?: unknown}} */ (error)?.code;
    const dataSaver = { codec: null, problem: typeof code === "string" ? code : "failed" };
    return { ...upload, settings: { ...upload.settings, dataSaver } };
  }
}
