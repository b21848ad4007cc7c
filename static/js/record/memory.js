/** What this browser remembers of its speaker, so that leaving and coming back goes on with the same visit. */

const SPEAKER = "speechapp.speaker";
const VISIT = "speechapp.visit";
const MICROPHONE = "speechapp.microphone";

/** @typedef {{token: string, visitId: string, consentVersion: string}} Remembered */
/** @typedef {import("./record-logic.js").Visit} Visit */

/** @returns {Remembered | null} */
export function recall() {
  const kept = read(SPEAKER);
  return kept?.token && kept?.visitId ? kept : null;
}

/** @param {Remembered} remembered */
export function remember(remembered) {
  write(SPEAKER, remembered);
}

export function forget() {
  write(SPEAKER, null);
  write(VISIT, null);
}

/**
 * The visit as it was when the server was last reached, for going on without a connection.
 * @param {string} visitId
 * @returns {Visit | null}
 */
export function recallVisit(visitId) {
  const kept = read(VISIT);
  return kept?.id === visitId && Array.isArray(kept.prompts) ? kept : null;
}

/** @param {Visit} visit */
export function rememberVisit(visit) {
  write(VISIT, visit);
}

/** @returns {string | null} the microphone that was chosen here, by the browser's own name for it */
export function recallMicrophone() {
  return read(MICROPHONE);
}

/** @param {string} deviceId */
export function rememberMicrophone(deviceId) {
  write(MICROPHONE, deviceId);
}

/**
 * @param {string} key
 * @returns {any} null: nothing is kept, storage is forbidden, or holds something that is not ours
 */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {unknown} value null: nothing any more
 */
function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may forbid storage: what is remembered then lasts as long as the page.
  }
}
