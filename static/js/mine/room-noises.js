/** The noise of rooms that the speaker gave: heard and deleted on the page of one's own recordings. */

import { refusal, requestJson } from "../api.js";
import { element, setText } from "../page.js";
import { pageLanguage, t } from "../texts.js";

/** @typedef {{id: string, createdAt: string, state: string, hasAudio: boolean}} RoomNoise */

const WHEN = new Intl.DateTimeFormat(pageLanguage(), { dateStyle: "medium", timeStyle: "short" });
const API = "/api/speakers/me/room-noises";
const player = new Audio();

/**
 * Shows what there is; nothing where nothing was given.
 * @param {string} token
 */
export async function showRoomNoises(token) {
  const { noises } = await requestJson(API, { token });
  element("mine-rooms").toggleAttribute("hidden", noises.length === 0);
  element("mine-room-list").replaceChildren(...noises.map((/** @type {RoomNoise} */ noise) => rowFor(noise, token)));
}

/**
 * @param {RoomNoise} noise
 * @param {string} token
 */
function rowFor({ id, createdAt, state, hasAudio }, token) {
  const row = Object.assign(document.createElement("li"), { className: "mine-row" });
  const said = Object.assign(document.createElement("p"), { className: "mine-said" });
  const time = Object.assign(document.createElement("time"), { className: "muted", dateTime: createdAt });
  time.textContent = WHEN.format(new Date(createdAt));
  said.append(Object.assign(document.createElement("strong"), { textContent: t("room-noise") }), " ", time);
  const standing = Object.assign(document.createElement("p"), { className: "mine-standing" });
  standing.textContent = t(`room-${state.replaceAll("_", "-")}`);
  const play = buttonFor("play", "play");
  play.disabled = !hasAudio;
  play.addEventListener("click", () => void attempt(() => toggle(play, id, token)));
  const remove = buttonFor("delete", "bin");
  remove.addEventListener("click", () => askToDelete(id, token));
  row.append(play, said, standing, remove);
  return row;
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} id
 * @param {string} token
 */
async function toggle(button, id, token) {
  const isPlaying = button.hasAttribute("data-playing");
  player.pause();
  if (isPlaying) return;
  const response = await fetch(`${API}/${id}/audio`, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => null));
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(await response.blob());
  const over = new AbortController();
  for (const end of ["pause", "ended", "error"]) {
    player.addEventListener(end, () => over.abort(), { signal: over.signal });
  }
  over.signal.addEventListener("abort", () => draw(button, false));
  draw(button, true);
  await player.play().catch(() => over.abort());
}

/**
 * @param {HTMLButtonElement} button
 * @param {boolean} isPlaying
 */
function draw(button, isPlaying) {
  button.toggleAttribute("data-playing", isPlaying);
  button.setAttribute("aria-label", t(isPlaying ? "stop" : "play", { word: t("room-noise") }));
  button.querySelector("use")?.setAttribute("href", isPlaying ? "#icon-pause" : "#icon-play");
}

/**
 * @param {string} id
 * @param {string} token
 */
function askToDelete(id, token) {
  const dialog = /** @type {HTMLDialogElement} */ (element("room-dialog"));
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "delete" && void attempt(() => remove(id, token)), {
    once: true,
  });
  dialog.showModal();
}

/**
 * @param {string} id
 * @param {string} token
 */
async function remove(id, token) {
  player.pause();
  await requestJson(`${API}/${id}`, { method: "DELETE", token });
  setText("mine-notice", t("deleted", { word: t("room-noise") }));
  await showRoomNoises(token);
  /** @type {HTMLElement | null} */ (document.querySelector("[data-screen=list] h1"))?.focus();
}

/** @param {() => Promise<void>} action */
async function attempt(action) {
  setText("mine-room-trouble", "");
  await action().catch((error) => setText("mine-room-trouble", error.message));
}

/**
 * @param {"play" | "delete"} action
 * @param {string} icon
 */
function buttonFor(action, icon) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button mine-button" });
  button.dataset.action = action;
  button.setAttribute("aria-label", t(action, { word: t("room-noise") }));
  button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#icon-${icon}"/></svg>`;
  return button;
}
