/** Sends one noise, again and again until the server has it or has refused it. It does not outlive the page. */

import { isPassingStatus, refusal } from "../api.js";
import { waitMs } from "../record/upload.js";

const TIMEOUT_MS = 60_000;
/** On a slow line each try may take a minute longer than the one before, up to this many. */
const LONGEST_TIMEOUTS = 5;
/** Refusals of bytes that changed on their way: sent again a few times before they are believed. */
const DAMAGED = ["hash_mismatch", "length_mismatch"];
const MAX_DAMAGED = 3;

/**
 * @typedef {object} Noise
 * @property {string} id made here; the server takes it once however often it is sent
 * @property {string} token
 * @property {string} visitId
 * @property {Blob} audio
 * @property {string} sha256
 * @property {Record<string, unknown>} settings
 */

/**
 * @typedef {object} SendingOptions
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} random 0 to 1
 */

/**
 * @param {Noise} noise
 * @param {SendingOptions} options
 * @returns {Promise<import("../api.js").ApiError | null>} why it was refused; null: the server has it
 */
export async function sendNoise(noise, { fetch, wait, random }) {
  for (let nTries = 1; ; nTries++) {
    const response = await fetch("/api/room-noises", requestOf(noise, nTries)).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (response?.ok && answer?.noise?.sha256 === noise.sha256) return null;
    if (response && isFinal(response, answer?.error?.code, nTries)) return refusal(response.status, answer);
    await wait(waitMs(nTries, random(), response?.headers.get("Retry-After") ?? null));
  }
}

/**
 * Only what is surely our server's counts: somebody else may answer on a borrowed network.
 * @param {Response} response
 * @param {unknown} code
 * @param {number} nTries
 */
function isFinal({ ok, status }, code, nTries) {
  if (ok || isPassingStatus(status) || typeof code !== "string") return false;
  return !DAMAGED.includes(code) || nTries >= MAX_DAMAGED;
}

/**
 * @param {Noise} noise
 * @param {number} nTries
 * @returns {RequestInit}
 */
function requestOf({ id, token, visitId, audio, sha256, settings }, nTries) {
  const metadata = { noise_id: id, visit_id: visitId, n_bytes: audio.size, sha256, settings };
  const form = new FormData();
  form.set("metadata", JSON.stringify(metadata));
  form.set("audio", audio, `${id}.wav`);
  return {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, Accept: "application/json" },
    body: form,
    signal: AbortSignal.timeout(TIMEOUT_MS * Math.min(nTries, LONGEST_TIMEOUTS)),
  };
}
