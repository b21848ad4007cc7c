/** The page of one's own recordings: wires the private link, the server and the page to the logic. */

import { ApiError } from "../api.js";
import { element } from "../page.js";
import { forget, recall, remember } from "../record/memory.js";
import { withdraw } from "../record/visits.js";
import { INITIAL, neighbourOf, privateLink, reduce, tokenOf } from "./mine-logic.js";
import { focusRow, MineView } from "./mine-view.js";
import { deleteClip, fetchAudio, fetchClips, fetchSpeaker } from "./recordings.js";

const COPIED_MS = 2000;
const view = new MineView();
const player = new Audio();
/** The token of a link that was opened, before this device has taken it over. */
const linked = takeFromAddress();
let token = linked ?? recall()?.token ?? "";
let state = INITIAL;

wireButtons();
wireDialogs();
player.addEventListener("ended", () => dispatch({ type: "play-ended" }));
window.addEventListener("hashchange", () => location.reload()); // another private link was put into the address bar
void start();

/** @param {import("./mine-logic.js").MineEvent} event */
function dispatch(event) {
  const before = state;
  state = reduce(state, event);
  view.draw(state);
  if (state.playing !== before.playing) void followPlaying();
}

/** The token leaves the address bar at once, so that nobody copies it with the address or finds it in the history. */
function takeFromAddress() {
  const found = tokenOf(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return found;
}

async function start() {
  const known = recall()?.token;
  if (!token) return dispatch({ type: "no-token" });
  if (linked && known && known !== linked) return dispatch({ type: "other-speaker" });
  await show();
}

async function show() {
  await attempt(async () => {
    const speaker = await fetchSpeaker(token);
    const { visitId, consentVersion } = speaker;
    if (recall()?.token !== token && visitId) {
      remember({ token, visitId, consentVersion: consentVersion ?? "" });
    }
    dispatch({ type: "speaker-came", speaker: speaker.id, counts: speaker.counts });
    await loadMore();
  });
}

async function loadMore() {
  await attempt(async () => {
    const { clips, nextBefore } = await fetchClips(token, state.nextBefore);
    dispatch({ type: "clips-came", clips, nextBefore });
  });
}

/**
 * @param {() => Promise<void>} action
 */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "speaker_withdrawn" && recall()?.token === token) forget();
    dispatch({ type: "failed", status: error.status, message: error.message });
  }
}

async function followPlaying() {
  player.pause();
  URL.revokeObjectURL(player.src);
  const { playing } = state;
  if (playing) await attempt(() => play(playing));
}

/** @param {string} clipId */
async function play(clipId) {
  const audio = await fetchAudio(token, clipId).catch(unreachable);
  if (state.playing !== clipId) return; // stopped meanwhile
  player.src = URL.createObjectURL(audio);
  await player.play().catch(() => {
    throw new ApiError(0, "unplayable", "This browser cannot play the recording.");
  });
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function unreachable(error) {
  if (error instanceof ApiError) throw error;
  throw new ApiError(0, "unreachable", "The service cannot be reached. Check the connection and try again.");
}

/** @param {string} clipId */
async function deleteOne(clipId) {
  const next = neighbourOf(state.clips, clipId);
  await attempt(async () => {
    await deleteClip(token, clipId).catch(unlessGone);
    dispatch({ type: "deleted", id: clipId });
    focusRow(next);
  });
}

/** What another tab has deleted is deleted. @param {unknown} error */
function unlessGone(error) {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

async function withdrawAll() {
  await attempt(async () => {
    const nClips = await withdraw(token);
    if (recall()?.token === token) forget();
    dispatch({ type: "all-withdrawn", nClips });
  });
}

async function keepOwn() {
  token = recall()?.token ?? "";
  await show();
}

function wireButtons() {
  element("mine-list").addEventListener("click", pressedInList);
  element("mine-more-button").addEventListener("click", () => void loadMore());
  element("mine-copy").addEventListener("click", () => void copyLink());
  element("mine-retry").addEventListener("click", () => void show());
  element("mine-switch").addEventListener("click", () => void show());
  element("mine-keep").addEventListener("click", () => void keepOwn());
}

/** @param {Event} event */
function pressedInList(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const { action, clipId } = button?.dataset ?? {};
  if (action === "play" && clipId) dispatch({ type: "play", id: clipId });
  if (action === "delete" && clipId) askToDelete(clipId);
}

/** @param {string} clipId */
function askToDelete(clipId) {
  const dialog = dialogOf("delete-dialog");
  dialog.dataset.clipId = clipId;
  const word = state.clips.find(({ id }) => id === clipId)?.word ?? "";
  for (const place of dialog.querySelectorAll("[data-word]")) place.textContent = word;
  dialog.showModal();
}

function wireDialogs() {
  onConfirmed(dialogOf("delete-dialog"), "delete", ({ clipId }) => void deleteOne(clipId ?? ""));
  onConfirmed(dialogOf("withdraw-dialog"), "withdraw", () => void withdrawAll());
  element("withdraw-open").addEventListener("click", () => dialogOf("withdraw-dialog").showModal());
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} value of the button that confirms
 * @param {(dataset: DOMStringMap) => void} action
 */
function onConfirmed(dialog, value, action) {
  dialog.addEventListener("close", () => {
    const isConfirmed = dialog.returnValue === value;
    dialog.returnValue = "";
    if (isConfirmed) action(dialog.dataset);
  });
}

/** @param {string} id */
function dialogOf(id) {
  return /** @type {HTMLDialogElement} */ (element(id));
}

/** Where the browser lets no page copy, the link is shown to be copied by hand. */
async function copyLink() {
  const link = privateLink(location.origin, token);
  const field = /** @type {HTMLInputElement} */ (element("mine-link"));
  try {
    await navigator.clipboard.writeText(link);
    sayCopied();
  } catch {
    field.value = link;
    element("mine-link-field").removeAttribute("hidden");
    field.select();
  }
}

function sayCopied() {
  const label = element("mine-copy-label");
  label.textContent = "Copied";
  setTimeout(() => (label.textContent = "Copy private link"), COPIED_MS);
}
