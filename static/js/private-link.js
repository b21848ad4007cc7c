/** Shows a speaker's private link on any page that includes templates/_other_device.html: as a QR code, and to copy. */

import { privateLink } from "./private-link-logic.js";

const COPIED_MS = 2000;
/** Whose link each place shows, and whether its code is there. */
const shown = /** @type {WeakMap<HTMLElement, {token: string, isDrawn: boolean}>} */ (new WeakMap());

/**
 * @param {HTMLElement} container what holds the partial
 * @param {string} token
 */
export async function showPrivateLink(container, token) {
  const before = shown.get(container);
  if (before?.isDrawn && before.token === token) return;
  if (!before) part(container, "[data-copy]").addEventListener("click", () => void copy(container));
  shown.set(container, { token, isDrawn: false });
  part(container, "[data-link-field]").hidden = true;
  await drawCode(container, token);
}

/**
 * Where the service cannot be reached there is no code, and the link can still be copied.
 * @param {HTMLElement} container
 * @param {string} token
 */
async function drawCode(container, token) {
  const image = /** @type {HTMLImageElement} */ (part(container, "[data-code]"));
  image.hidden = true;
  const svg = await fetchCode(token);
  const now = shown.get(container);
  if (svg === null || now?.token !== token) return; // it is another speaker's meanwhile
  now.isDrawn = true;
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  image.hidden = false;
}

/**
 * @param {string} token
 * @returns {Promise<string | null>}
 */
async function fetchCode(token) {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch("/api/speakers/me/link.svg", { headers });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/**
 * Where the browser lets no page copy, the link is shown to be copied by hand.
 * @param {HTMLElement} container
 */
async function copy(container) {
  const link = privateLink(location.origin, shown.get(container)?.token ?? "");
  try {
    await navigator.clipboard.writeText(link);
    sayCopied(part(container, "[data-copy-label]"));
  } catch {
    const field = /** @type {HTMLInputElement} */ (part(container, "[data-link]"));
    field.value = link;
    part(container, "[data-link-field]").hidden = false;
    field.select();
  }
}

/** @param {HTMLElement} label */
function sayCopied(label) {
  const before = label.textContent;
  const { copied } = label.dataset;
  if (before === copied) return;
  label.textContent = copied ?? "";
  setTimeout(() => (label.textContent = before), COPIED_MS);
}

/**
 * @param {HTMLElement} container
 * @param {string} selector
 */
function part(container, selector) {
  const found = container.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The place for the private link has no ${selector}`);
  return found;
}
