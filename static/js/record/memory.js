/** What this browser remembers of its speaker, so that leaving and coming back goes on with the same visit. */

const KEY = "speechapp.speaker";

/** @typedef {{token: string, visitId: string, consentVersion: string}} Remembered */

/** @returns {Remembered | null} */
export function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return kept?.token && kept?.visitId ? kept : null;
  } catch {
    return null; // storage is forbidden, or holds something that is not ours
  }
}

/** @param {Remembered} remembered */
export function remember(remembered) {
  try {
    localStorage.setItem(KEY, JSON.stringify(remembered));
  } catch {
    // Private windows may forbid storage: the visit then lasts as long as the page.
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
