/** The speaker's own recordings on the server. */

import { refusal, requestJson } from "../api.js";

/** @typedef {import("./mine-logic.js").Clip} Clip */
/** @typedef {import("./mine-logic.js").Counts} Counts */

/**
 * @typedef {object} Speaker
 * @property {string} id
 * @property {string | null} visitId the newest visit, to go on with
 * @property {number} nLeft words of that visit that the server has not got
 * @property {string | null} consentVersion
 * @property {Counts} counts
 */

/**
 * @param {string} token
 * @returns {Promise<Speaker>}
 */
export async function fetchSpeaker(token) {
  const { speaker } = await requestJson("/api/speakers/me", { token });
  return speaker;
}

/**
 * @param {string} token
 * @param {string | null} before the id of the last clip that is there already
 * @returns {Promise<{clips: Clip[], nextBefore: string | null}>}
 */
export function fetchClips(token, before) {
  return requestJson(`/api/speakers/me/clips${before ? `?before=${before}` : ""}`, { token });
}

/**
 * @param {string} token
 * @param {string} id
 * @returns {Promise<Blob>}
 */
export async function fetchAudio(token, id) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`/api/speakers/me/clips/${id}/audio`, { headers });
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => null));
  return response.blob();
}

/**
 * @param {string} token
 * @param {string} id
 */
export async function deleteClip(token, id) {
  await requestJson(`/api/speakers/me/clips/${id}`, { method: "DELETE", token });
}
