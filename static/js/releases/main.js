/** The page of one release: copies hashes, and follows a cut until it is over. */

import { requestJson } from "../api.js";
import { numberText, t } from "../texts.js";
import { progressOf } from "./release-logic.js";

const POLL_MS = 1000;
const COPIED_MS = 1500;

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => void copy(/** @type {HTMLElement} */ (button)));
}

const cut = document.getElementById("cut-progress");
if (cut) void follow(cut.dataset.version ?? "");

/** @param {HTMLElement} button */
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy ?? "").then(
    () => say(button, t("copied")),
    () => say(button, t("copy-not-allowed")),
  );
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 */
function say(button, text) {
  button.textContent = text;
  setTimeout(() => (button.textContent = t("copy")), COPIED_MS);
}

/** @param {string} version */
async function follow(version) {
  try {
    const { release } = await requestJson(`/api/releases/${encodeURIComponent(version)}`);
    const progress = progressOf(release);
    if (progress.isOver) return location.reload();
    show(progress);
  } catch {
    // The next answer will tell.
  }
  setTimeout(() => void follow(version), POLL_MS);
}

/** @param {import("./release-logic.js").CutProgress} progress */
function show({ value, max }) {
  const bar = document.getElementById("cut-bar");
  if (bar instanceof HTMLProgressElement && value !== null) Object.assign(bar, { max, value });
  const text =
    value === null ? t("cut-starting") : t("cut-packed", { done: numberText(value), total: numberText(max) });
  const line = document.getElementById("cut-text");
  if (line && line.textContent !== text) line.textContent = text;
}
