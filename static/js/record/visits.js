/** Visits on the server: open one, come back to one, take everything back. */

import { requestJson } from "../api.js";

/** @typedef {import("./record-logic.js").Visit} Visit */

/**
 * @typedef {object} Offer what this page asks a volunteer for
 * @property {string} consentVersion
 * @property {string} vocabulary the id of the words
 */

/**
 * @param {Offer} offer
 * @param {string} [token] of a speaker who was here before; without it a new speaker is made
 * @returns {Promise<{visit: Visit, token: string | null}>} the token only of a new speaker
 */
export function openVisit({ consentVersion, vocabulary }, token) {
  const json = { consent_version: consentVersion, vocabulary };
  return requestJson("/api/visits", { method: "POST", json, token });
}

/**
 * Who comes back after the consent has changed agrees to it as it is now.
 * @param {string} consentVersion
 * @param {string} token
 * @returns {Promise<void>}
 */
export async function agreeTo(consentVersion, token) {
  await requestJson("/api/speakers/me/consent", { method: "PUT", json: { consent_version: consentVersion }, token });
}

/**
 * @param {string} visitId
 * @param {string} token
 * @returns {Promise<Visit>}
 */
export async function resumeVisit(visitId, token) {
  const { visit } = await requestJson(`/api/visits/${visitId}`, { token });
  return visit;
}

/**
 * @param {string} token
 * @returns {Promise<number>} how many clips were taken back
 */
export async function withdraw(token) {
  const { withdrawn } = await requestJson("/api/withdrawals", { method: "POST", token });
  return withdrawn.nClips;
}
