/** The recorder page: wires the microphone, the uploads, the server and the page to the logic. */

import { CaptureError } from "../audio/capture.js";
import { ApiError } from "../api.js";
import { listenToKeys, onPress } from "../keys.js";
import { element } from "../page.js";
import { openClipStore } from "./clip-store.js";
import { makeClip } from "./clip.js";
import { askToKeep, warnWhereNothingIsKept } from "./keeping.js";
import { forget, recall, remember } from "./memory.js";
import { advance, AT_REST, verdictOf } from "./meter.js";
import { Outbox } from "./outbox.js";
import { problemOf } from "./problems.js";
import { INITIAL, recentClips, reduce } from "./record-logic.js";
import { RecordView } from "./record-view.js";
import { Recorder } from "./recorder.js";
import { BEAT_MS } from "./take.js";
import { openVisit, resumeVisit, withdraw } from "./visits.js";

/** @typedef {import("./record-logic.js").RecordState} RecordState */

/** Answers that end the whole visit, not just one clip. */
const VISIT_IS_OVER = [401, 403, 404, 410];

const { version: consentVersion = "", language = "" } = element("consent-form").dataset;
const view = new RecordView();
const player = new Audio();
/** What can be played back, by clip id. */
const audioOf = /** @type {Map<string, Blob>} */ (new Map());
let token = recall()?.token ?? "";
let meter = AT_REST;
let state = INITIAL;

const recorder = new Recorder({
  onLevel: (level, takenShare) => {
    if (state.screen === "ready" || takenShare !== null) meter = advance(meter, level.peakDbfs, takenShare);
  },
  onTake: (waveform) => void keepTake(waveform),
  onLost: () => {
    if (state.screen !== "thanks" && state.screen !== "error") dispatch({ type: "failed", problem: problemOf("lost") });
  },
});

const outbox = new Outbox({
  openStore: openClipStore,
  locks: navigator.locks,
  fetch: (url, init) => fetch(url, init),
  wait,
  random: Math.random,
  onStored: (clipId) => dispatch({ type: "clip-stored", clipId }),
  onRefused: clipRefused,
  onChange: (uploads) => dispatch({ type: "uploads", uploads }),
});

wireButtons();
wireKeys();
wireWindow();
requestAnimationFrame(drawMeter);
void warnWhereNothingIsKept(outbox);
void comeBack();

/** @param {import("./record-logic.js").RecordEvent} event */
function dispatch(event) {
  const before = state;
  state = reduce(state, event);
  if (state === before) return;
  view.draw(state);
  follow(before);
}

/**
 * What the page does because the state has changed.
 * @param {RecordState} before
 */
function follow(before) {
  if (state.take !== before.take) void followTake();
  if (state.screen === "paused" && before.screen !== "paused") meter = AT_REST;
  if (state.isBeat && !before.isBeat) void rest();
  if (state.playing !== before.playing) followPlaying();
  const isListening = ["ready", "recording", "paused"].includes(state.screen);
  if (!isListening && state.screen !== before.screen) void recorder.close();
}

/** The beat between two words: not over before the last one is on the disk. */
async function rest() {
  await Promise.all([wait(BEAT_MS), outbox.written()]);
  dispatch({ type: "beat-over" });
}

async function followTake() {
  const { take } = state;
  recorder.abandon();
  if (!state.isBeat) meter = { ...AT_REST, peaks: meter.peaks };
  if (!take) return;
  if (await openMicrophone()) {
    if (state.take === take) recorder.begin();
  }
}

function followPlaying() {
  player.pause();
  URL.revokeObjectURL(player.src);
  const audio = audioOf.get(state.playing ?? "");
  if (!audio) return;
  player.src = URL.createObjectURL(audio);
  player.play().catch(() => dispatch({ type: "play-ended" }));
}

/** @param {Float32Array} waveform */
async function keepTake(waveform) {
  const { take, visit } = state;
  const { settings, sampleRateHz } = recorder;
  if (!take || !visit) return;
  const { id, audio, sha256, bars } = await makeClip(waveform, sampleRateHz);
  if (state.take !== take) return; // paused or begun anew meanwhile
  audioOf.set(id, audio);
  void outbox.keep({ id, token, visitId: visit.id, ...take.prompt, replaces: take.replaces, audio, sha256, settings });
  dispatch({ type: "take-finished", clip: { id, bars } });
  forgetOldAudio();
}

/** Only what the strip shows can be played, so only that is kept; uploads hold their own. */
function forgetOldAudio() {
  const shown = new Set(recentClips(state).map(({ id }) => id));
  for (const id of audioOf.keys()) if (!shown.has(id)) audioOf.delete(id);
}

/**
 * @param {import("./upload.js").Upload} upload
 * @param {ApiError} error
 */
function clipRefused({ id, token: sender, visitId, position, word }, error) {
  if (sender !== token) return; // left behind by a speaker who cannot go on here
  dispatch({ type: "clip-refused", clipId: id, visitId, position, word, message: error.message });
  const currentId = state.visit?.id ?? recall()?.visitId;
  if (visitId === currentId && VISIT_IS_OVER.includes(error.status)) visitFailed(error);
}

async function comeBack() {
  const remembered = recall();
  if (remembered?.consentVersion !== consentVersion) return dispatch({ type: "consent-needed" });
  try {
    const visit = await resumeVisit(remembered.visitId, remembered.token);
    await enter(visit, true);
  } catch (error) {
    visitFailed(error);
  }
}

/**
 * @param {import("./record-logic.js").Visit} visit
 * @param {boolean} isReturning
 */
async function enter(visit, isReturning) {
  const kept = await outbox.positionsOf(visit.id);
  dispatch({ type: "visit-opened", visit, isReturning, kept });
  outbox.follow(visit);
}

/** @param {unknown} error */
function visitFailed(error) {
  const isOver = error instanceof ApiError && VISIT_IS_OVER.includes(error.status);
  if (isOver) {
    startAfresh(`Your earlier visit cannot go on. ${error.message}`);
  } else if (error instanceof ApiError) {
    dispatch({ type: "failed", problem: problemOf(error.code, error.message) });
  } else {
    throw error;
  }
}

/** @param {string} notice */
function startAfresh(notice) {
  forget();
  token = "";
  audioOf.clear();
  dispatch({ type: "consent-needed", notice });
}

/** A new visit, of this browser's speaker when there is one. */
async function beginVisit() {
  const isReturning = token !== "";
  try {
    const { visit, token: minted } = await openVisit({ consentVersion, language }, token || undefined);
    token = minted ?? token;
    remember({ token, visitId: visit.id, consentVersion });
    await enter(visit, isReturning); // what is still on its way goes on
    void askToKeep();
  } catch (error) {
    visitFailed(error);
  }
}

async function allowMicrophone() {
  if (await openMicrophone()) dispatch({ type: "microphone-opened" });
}

/** @returns {Promise<boolean>} */
async function openMicrophone() {
  try {
    await recorder.open();
    return true;
  } catch (error) {
    dispatch({ type: "failed", problem: problemOf(error instanceof CaptureError ? error.code : "busy") });
    return false;
  }
}

async function withdrawAll() {
  dispatch({ type: "pause" });
  try {
    const nClips = await withdraw(token);
    await outbox.forget(token);
    const taken = nClips === 1 ? "1 recording is" : `${nClips} recordings are`;
    startAfresh(`${taken} withdrawn. No release from now on will hold any of them.`);
  } catch (error) {
    visitFailed(error);
  }
}

async function retry() {
  if (state.visit) dispatch({ type: "retry" });
  else await comeBack();
}

function startOrPause() {
  dispatch({ type: state.screen === "recording" ? "pause" : "start" });
}

function wireButtons() {
  element("consent-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void onceAtATime("consent-accept", beginVisit);
  });
  onPress(element("mic-allow"), () => void onceAtATime("mic-allow", allowMicrophone));
  onPress(element("record-start"), () => dispatch({ type: "start" }));
  onPress(element("record-pause"), startOrPause);
  onPress(element("record-redo"), () => dispatch({ type: "redo" }));
  onPress(element("record-play"), () => dispatch({ type: "play" }));
  onPress(element("error-retry"), () => void onceAtATime("error-retry", retry));
  onPress(element("another-visit"), () => void onceAtATime("another-visit", beginVisit));
  element("strip").addEventListener("click", pressedInStrip);
  wireWithdrawal();
}

function wireWithdrawal() {
  const dialog = /** @type {HTMLDialogElement} */ (element("withdraw-dialog"));
  onPress(element("withdraw-open"), () => {
    dispatch({ type: "pause" });
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "withdraw") void withdrawAll();
    dialog.returnValue = "";
  });
}

/** @param {Event} event */
function pressedInStrip(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const { action, clipId } = button?.dataset ?? {};
  if (action === "play") dispatch({ type: "play", clipId });
  if (action === "redo") dispatch({ type: "redo", clipId });
}

function wireKeys() {
  const actions = {
    Space: startOrPause,
    r: () => dispatch({ type: "redo" }),
    p: () => dispatch({ type: "play" }),
  };
  listenToKeys(actions, /** @type {HTMLInputElement} */ (element("shortcuts-on")));
}

function wireWindow() {
  player.addEventListener("ended", () => dispatch({ type: "play-ended" }));
  window.addEventListener("online", () => outbox.hurry());
  window.addEventListener("beforeunload", (event) => {
    if (state.uploads.nInMemory > 0) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) dispatch({ type: "pause" });
    else void outbox.takeUp(); // another tab may have gone meanwhile
  });
}

/**
 * @param {string} buttonId shown as busy meanwhile
 * @param {() => Promise<void>} action
 */
async function onceAtATime(buttonId, action) {
  const button = element(buttonId);
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await action().finally(() => button.removeAttribute("aria-busy"));
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function drawMeter() {
  view.drawMeter(meter, verdictOf(meter));
  requestAnimationFrame(drawMeter);
}
