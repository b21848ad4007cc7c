/** Says what became of the words: on the way, waiting for the connection, safe, or not taken. */

import { element, setText } from "../page.js";
import { t, tn } from "../texts.js";
import { drawStranded } from "./stranded.js";

/** @typedef {import("./record-logic.js").RecordState} RecordState */

/** @param {RecordState} state */
export function drawUploads({ uploads, clips, screen }) {
  const status = element("upload-status");
  status.dataset.pending = String(uploads.nPending);
  status.dataset.stored = String(uploads.nStored);
  status.dataset.struggling = String(uploads.isStruggling);
  status.setAttribute("aria-live", isHeard(screen, uploads) ? "polite" : "off");
  status.toggleAttribute("hidden", !["recording", "paused", "thanks"].includes(screen) && uploads.nPending === 0);
  const refused = clips.filter(({ upload }) => upload === "refused").at(-1);
  drawStranded(uploads.nStranded);
  setText("upload-text", uploadText(uploads, refused !== undefined));
  setText("refusal", refused ? t("refusal", { word: refused.text, message: refused.message }) : "");
}

/**
 * While somebody speaks, a screen reader tells only of trouble, not of each word that was sent.
 * @param {RecordState["screen"]} screen
 * @param {RecordState["uploads"]} uploads
 */
function isHeard(screen, { isStruggling }) {
  return screen !== "recording" || isStruggling;
}

/**
 * @param {RecordState["uploads"]} uploads
 * @param {boolean} isOneRefused
 */
function uploadText({ nPending, nInMemory, nStored, isStruggling }, isOneRefused) {
  if (nPending && isStruggling) {
    return `${tn("upload-waiting", nPending)} ${nInMemory ? t("upload-keep-open") : t("upload-kept")}`;
  }
  if (nPending) return tn("upload-pending", nPending);
  if (!nStored) return t("upload-none");
  return isOneRefused ? t("upload-others-safe") : t("upload-safe");
}
