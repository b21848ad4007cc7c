/** Draws a visit. Knows the page's elements; decides nothing. */

import { BarCanvas } from "../bars.js";
import { element, setText } from "../page.js";
import { progressOf, recentClips } from "./record-logic.js";
import { drawStrip } from "./strip-view.js";

/** @typedef {import("./record-logic.js").RecordState} RecordState */

/** @type {Record<import("../audio/level.js").Loudness, string>} */
const VERDICTS = {
  silent: "We hear nothing yet. Say something.",
  quiet: "We hear you, but faintly. Come closer to the microphone.",
  good: "We hear you well.",
  loud: "That is too loud. Move back a little.",
};

export class RecordView {
  #drawn = /** @type {RecordState | null} */ (null);
  #levelBars = new BarCanvas(canvas("level-bars"));
  #takeBars = new BarCanvas(canvas("take-bars"));

  /** @param {RecordState} state */
  draw(state) {
    const before = this.#drawn;
    this.#drawn = state;
    if (state.screen !== before?.screen) showScreen(state.screen, before?.screen ?? "loading");
    drawWord(state);
    drawProgress(state);
    drawUploads(state);
    drawSpeaker(state);
    if (state.problem && state.problem !== before?.problem) drawProblem(state.problem);
    if (state.clips !== before?.clips || state.playing !== before.playing) {
      drawStrip(element("strip"), recentClips(state), state.playing);
    }
    setText("notice", state.notice);
  }

  /**
   * @param {import("./meter.js").Meter} meter
   * @param {import("../audio/level.js").Loudness} verdict
   */
  drawMeter(meter, verdict) {
    if (this.#drawn?.screen === "ready") {
      this.#levelBars.draw(meter.bars);
      setText("level-text", VERDICTS[verdict]);
    } else if (this.#drawn?.screen === "recording" || this.#drawn?.screen === "paused") {
      this.#takeBars.draw(meter.bars, meter.nLit);
    }
  }
}

/** @param {string} id */
function canvas(id) {
  return /** @type {HTMLCanvasElement} */ (element(id));
}

/**
 * @param {string} screen
 * @param {string} screenBefore
 */
function showScreen(screen, screenBefore) {
  document.body.dataset.state = screen;
  const isSameStage = isStage(screen) && isStage(screenBefore);
  for (const section of document.querySelectorAll("[data-screen]")) {
    const isShown = section.getAttribute("data-screen")?.split(" ").includes(screen) ?? false;
    section.toggleAttribute("hidden", !isShown);
    if (isShown && !isSameStage && screenBefore !== "loading") focusHeading(section);
  }
}

/** @param {Element} section */
function focusHeading(section) {
  window.scrollTo(0, 0);
  /** @type {HTMLElement | null} */ (section.querySelector("h1"))?.focus({ preventScroll: true });
}

/** @param {string} screen */
function isStage(screen) {
  return screen === "recording" || screen === "paused";
}

/** @param {RecordState} state */
function drawWord(state) {
  const { screen, take, isBeat, isReturning } = state;
  const word = screen === "paused" ? "Paused" : take?.prompt.word;
  if (word) {
    setText("prompt-word", word);
    element("prompt-word").style.setProperty("--n-letters", String(Math.max(4, word.length)));
  }
  const phase = screen === "paused" ? "paused" : isBeat ? "beat" : "listening";
  element("stage").dataset.phase = phase;
  setText("stage-hint", hintOf(state));
  setText("pause-label", screen === "paused" ? "Go on" : "Pause");
  for (const greeting of document.querySelectorAll("[data-for]")) {
    greeting.toggleAttribute("hidden", (greeting.getAttribute("data-for") === "returning") !== isReturning);
  }
  for (const id of ["record-redo", "record-play"]) element(id).toggleAttribute("disabled", state.clips.length === 0);
}

/** @param {RecordState} state */
function hintOf({ screen, take, playing }) {
  if (playing) return "Playing your last word back";
  if (screen === "paused") return "Every word so far is kept";
  if (take?.replaces) return "Once more, please";
  return "Say the word";
}

/** @param {RecordState} state */
function drawProgress(state) {
  const { nDone, nPrompts } = progressOf(state);
  const bar = /** @type {HTMLProgressElement} */ (element("progress"));
  bar.max = Math.max(1, nPrompts);
  bar.value = nDone;
  setText("progress-text", `${nDone} of ${nPrompts}`);
  for (const place of document.querySelectorAll("[data-n-done]")) place.textContent = String(nDone);
  for (const place of document.querySelectorAll("[data-n-prompts]")) place.textContent = String(nPrompts);
  for (const place of document.querySelectorAll("[data-n-left]")) place.textContent = String(nPrompts - nDone);
}

/** @param {RecordState} state */
function drawUploads({ uploads, clips, screen }) {
  const status = element("upload-status");
  status.dataset.pending = String(uploads.nPending);
  status.dataset.stored = String(uploads.nStored);
  status.dataset.struggling = String(uploads.isStruggling);
  status.toggleAttribute("hidden", !["recording", "paused", "thanks"].includes(screen) && uploads.nPending === 0);
  const refused = clips.filter(({ upload }) => upload === "refused").at(-1);
  setText("upload-text", uploadText(uploads, refused !== undefined));
  setText(
    "refusal",
    refused ? `“${refused.word}” was not taken. ${refused.message} You can record it again below.` : "",
  );
}

/**
 * @param {RecordState["uploads"]} uploads
 * @param {boolean} isOneRefused
 */
function uploadText({ nPending, nInMemory, nStored, isStruggling }, isOneRefused) {
  if (nPending && isStruggling) {
    const where = nInMemory ? "Keep this page open." : "Kept on this device until then.";
    return `Waiting for the connection; ${wordsOf(nPending)} not sent yet. ${where}`;
  }
  if (nPending) return `${wordsOf(nPending)} on the way`;
  if (!nStored) return "Nothing stored yet";
  return isOneRefused ? "The other words are safe with us" : "Every word is safe with us";
}

/** @param {number} n */
function wordsOf(n) {
  return n === 1 ? "1 word" : `${n} words`;
}

/** @param {RecordState} state */
function drawSpeaker({ visit }) {
  element("speaker-bar").toggleAttribute("hidden", visit === null);
  for (const place of document.querySelectorAll("[data-speaker]")) place.textContent = visit?.speaker ?? "";
}

/** @param {import("./record-logic.js").Problem} problem */
function drawProblem(problem) {
  setText("problem-title", problem.title);
  setText("problem-message", problem.message);
  element("problem-steps").replaceChildren(
    ...problem.steps.map((step) => Object.assign(document.createElement("li"), { textContent: step })),
  );
  element("error-retry").toggleAttribute("hidden", !problem.canRetry);
}
