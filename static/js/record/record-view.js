/** Draws a visit. Knows the page's elements; decides nothing. */

import { BarCanvas } from "../bars.js";
import { element, setText } from "../page.js";
import { t, tn } from "../texts.js";
import { leftOutOf, progressOf } from "./asking-logic.js";
import { stepsOf } from "./problems.js";
import { minutesLeft, recentClips } from "./record-logic.js";
import { drawStrip } from "./strip-view.js";
import { drawUploads } from "./uploads-view.js";

/** @typedef {import("./record-logic.js").Notice} Notice */
/** @typedef {import("./record-logic.js").RecordState} RecordState */

export class RecordView {
  #drawn = /** @type {RecordState | null} */ (null);
  #takeBars = new BarCanvas(/** @type {HTMLCanvasElement} */ (element("take-bars")));

  /** @param {RecordState} state */
  draw(state) {
    const before = this.#drawn;
    this.#drawn = state;
    if (state.screen !== before?.screen) showScreen(state.screen, before?.screen ?? "loading");
    if (state.take?.prompt !== before?.take?.prompt || state.screen !== before?.screen) drawPrompt(state);
    drawStage(state);
    drawProgress(state);
    drawUploads(state);
    drawSpeaker(state);
    if (state.problem && state.problem !== before?.problem) drawProblem(state.problem);
    if (state.clips !== before?.clips || state.playing !== before.playing) {
      drawStrip(element("strip"), recentClips(state), state.playing);
    }
    setText("notice", state.notice ? sentence(state.notice) : "");
  }

  /** @param {import("./meter.js").Meter} meter */
  drawMeter(meter) {
    if (isStage(this.#drawn?.screen ?? "")) this.#takeBars.draw(meter.bars, meter.nLit);
  }
}

/** @param {Notice} notice */
function sentence({ code, values }) {
  return "n" in values ? tn(code, Number(values.n), values) : t(code, values);
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
  const heading = section.querySelector("h1");
  if (!heading) return;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/** @param {string} screen */
function isStage(screen) {
  return screen === "recording" || screen === "paused";
}

/**
 * The word, with its picture where it has one. It stays while the next one is on its way.
 * @param {RecordState} state
 */
function drawPrompt({ screen, take, visit }) {
  const place = element("prompt-word");
  const prompt = take?.prompt;
  const text = screen === "paused" ? t("paused") : (prompt?.text ?? prompt?.word);
  if (!text) return;
  setText("prompt-word", text);
  place.lang = screen === "paused" ? document.documentElement.lang : (visit?.vocabulary?.language ?? "");
  place.style.setProperty("--n-letters", String(Math.max(4, text.length)));
  drawPicture(screen === "recording" ? (prompt?.picture ?? null) : null);
}

/** @param {string | null} address */
function drawPicture(address) {
  const picture = /** @type {HTMLImageElement} */ (element("prompt-picture"));
  picture.toggleAttribute("hidden", address === null);
  if (address !== null) picture.src = address;
}

/** @param {RecordState} state */
function drawStage(state) {
  const { screen, isListening, isReturning, clips, hint } = state;
  const stage = element("stage");
  stage.dataset.phase = screen === "paused" ? "paused" : isListening ? "listening" : "beat";
  stage.toggleAttribute("data-again", hint !== null);
  setText("stage-hint", hintOf(state));
  setText("pause-label", screen === "paused" ? t("go-on") : t("pause"));
  setText("stage-pace", paceOf(state));
  for (const greeting of document.querySelectorAll("[data-for]")) {
    greeting.toggleAttribute("hidden", (greeting.getAttribute("data-for") === "returning") !== isReturning);
  }
  for (const id of ["record-back", "record-redo", "record-play"]) {
    element(id).toggleAttribute("disabled", clips.length === 0);
  }
  element("record-skip").toggleAttribute("disabled", screen !== "recording");
}

/** @param {RecordState} state */
function hintOf({ screen, take, playing, hint }) {
  if (playing) return t("hint-playing");
  if (hint) return sentence(hint);
  if (screen === "paused") return t("hint-paused");
  if (take?.replaces) return t("hint-redo");
  return t("hint-say");
}

/**
 * Calm: how long it still takes, and how many words were good at once. Nothing before that can be told.
 * @param {RecordState} state
 */
function paceOf(state) {
  const minutes = minutesLeft(state);
  if (minutes === null) return "";
  return `${tn("minutes-left", minutes)} · ${t("right-away", { n: state.nRightAway, total: state.clips.length })}`;
}

/** @param {RecordState} state */
function drawProgress(state) {
  const { nDone, nPrompts } = progressOf(state);
  const bar = /** @type {HTMLProgressElement} */ (element("progress"));
  bar.max = Math.max(1, nPrompts);
  bar.value = nDone;
  setText("progress-text", t("progress", { done: nDone, total: nPrompts }));
  setText("words-left", tn("words-left", nPrompts - nDone));
  setText("words-given", tn("words-given", nDone));
  setText("words-before", t("words-before", { done: nDone, total: nPrompts }));
  const nLeftOut = leftOutOf(state).length;
  element("left-out").toggleAttribute("hidden", nLeftOut === 0);
  setText("left-out-text", tn("left-out", nLeftOut));
}

/** @param {RecordState} state */
function drawSpeaker({ visit }) {
  element("speaker-bar").toggleAttribute("hidden", visit === null);
  for (const place of document.querySelectorAll("[data-speaker]")) place.textContent = visit?.speaker ?? "";
}

/** @param {import("./record-logic.js").Problem} problem */
function drawProblem({ code, canRetry, message }) {
  setText("problem-title", t(`problem-${code}`));
  setText("problem-message", message ?? t(`problem-${code}-message`));
  const steps = stepsOf(code, navigator.userAgent);
  element("problem-steps").replaceChildren(
    ...steps.map((key) => Object.assign(document.createElement("li"), { textContent: t(key) })),
  );
  element("error-retry").toggleAttribute("hidden", !canRetry);
}
