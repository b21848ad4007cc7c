/** The page of one's own recordings: wires the private link, the server and the page to the logic. */

import { ApiError } from "../api.js";
import { wireDetails } from "../details.js";
import { element } from "../page.js";
import { showPrivateLink } from "../private-link.js";
import { tokenOf } from "../private-link-logic.js";
import { forget, recall, remember } from "../record/memory.js";
import { withdraw } from "../record/visits.js";
import { t } from "../texts.js";
import { INITIAL, neighbourOf, reduce } from "./mine-logic.js";
import { focusRow, MineView } from "./mine-view.js";
import { deleteClip, fetchAudio, fetchClips, fetchSpeaker } from "./recordings.js";
import { showRoomNoises } from "./room-noises.js";
import { countUnsent, forgetUnsent } from "./unsent.js";

const { consentVersion: consentNow } = element("mine-details").dataset;
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
    const isConsentCurrent = speaker.consentVersion === consentNow;
    goOnWith(speaker);
    dispatch({ type: "speaker-came", speaker: speaker.id, counts: speaker.counts, nLeft: speaker.nLeft, isConsentCurrent });
    if (isConsentCurrent) void wireDetails(/** @type {HTMLFormElement} */ (element("details-form")), token);
    void showPrivateLink(element("mine-device"), token);
    void lookForUnsent();
    await Promise.all([loadMore(), showRoomNoises(token)]);
  });
}

/**
 * Who opens a link goes on where the other device stopped; who was here before, with the visit that is known here.
 * @param {import("./recordings.js").Speaker} speaker
 */
function goOnWith({ visitId, consentVersion }) {
  const isKnownHere = recall()?.token === token && linked === null;
  if (visitId && !isKnownHere) remember({ token, visitId, consentVersion: consentVersion ?? "" });
}

async function lookForUnsent() {
  const asked = token;
  const n = await countUnsent(asked);
  if (asked === token) dispatch({ type: "unsent-counted", n });
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
    if (error.code === "speaker_withdrawn") await forgetHere();
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
    throw new ApiError(0, "unplayable", t("unplayable"));
  });
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function unreachable(error) {
  if (error instanceof ApiError) throw error;
  throw new ApiError(0, "unreachable", t("service-unreachable"));
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
    await forgetHere();
    dispatch({ type: "all-withdrawn", nClips });
  });
}

/** Nothing of the speaker stays on this device: not the token, and no clip that waits to be sent. */
async function forgetHere() {
  if (recall()?.token === token) forget();
  await forgetUnsent(token);
}

async function keepOwn() {
  token = recall()?.token ?? "";
  await show();
}

function wireButtons() {
  element("mine-list").addEventListener("click", pressedInList);
  element("mine-more-button").addEventListener("click", () => void loadMore());
  element("mine-retry").addEventListener("click", () => void show());
  element("mine-switch").addEventListener("click", () => void show());
  element("mine-keep").addEventListener("click", () => void keepOwn());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && state.screen === "list") void lookForUnsent(); // the recorder may have sent them meanwhile
  });
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
  const word = state.clips.find(({ id }) => id === clipId)?.text ?? "";
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
