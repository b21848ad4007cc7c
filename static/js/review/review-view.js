/** Draws the review page. Knows the page's elements; decides nothing. */

import { BarCanvas } from "../bars.js";
import { element, setText } from "../page.js";
import { numberText, t, tn } from "../texts.js";
import { wantsTake, windowShare, wordShare } from "./extent-logic.js";
import { describe } from "./measure-words.js";
import { currentClip } from "./review-logic.js";

/** @typedef {import("./review-logic.js").ReviewState} ReviewState */

export class ReviewView {
  #wave = new BarCanvas(/** @type {HTMLCanvasElement} */ (element("review-wave")));
  #take = new BarCanvas(/** @type {HTMLCanvasElement} */ (element("review-take-wave")));
  #clipId = "";

  /** @param {ReviewState} state */
  draw(state) {
    const clip = currentClip(state);
    const isEmpty = !clip && state.isExhausted;
    element("review-card").toggleAttribute("hidden", !clip);
    element("review-empty").toggleAttribute("hidden", !isEmpty);
    element("review-loading").toggleAttribute("hidden", clip !== null || isEmpty);
    if (clip && clip.id !== this.#clipId) this.#drawClip(clip);
    this.#clipId = clip?.id ?? "";
    drawReasons(state.isChoosing);
    drawCounts(state);
    element("review-begin").toggleAttribute("hidden", !(clip && state.isBlocked));
    element("review-undo").toggleAttribute("disabled", state.decided.length === 0);
    element("review-replay").toggleAttribute("disabled", !clip);
    setText("review-trouble", troubleText(state.trouble));
  }

  /**
   * @param {readonly number[]} bars
   * @param {number | null} heardShare 0 to 1 while it plays
   */
  drawWave(bars, heardShare) {
    draw(this.#wave, bars, heardShare);
  }

  /**
   * @param {readonly number[]} bars
   * @param {number | null} heardShare
   */
  drawTake(bars, heardShare) {
    draw(this.#take, bars, heardShare);
  }

  /** @param {import("./review-logic.js").ReviewClip} clip */
  showTake(clip) {
    element("review-overview").hidden = false;
    mark("review-window", windowShare(clip));
  }

  /** @param {import("./review-logic.js").ReviewClip} clip */
  #drawClip(clip) {
    const card = element("review-card");
    card.dataset.clipId = clip.id;
    card.classList.remove("arriving");
    void card.offsetWidth; // lets the entrance play again
    card.classList.add("arriving");
    drawWord(clip);
    mark("review-extent", wordShare(clip));
    element("review-overview").hidden = !wantsTake(clip);
    element("review-faults").replaceChildren(...clip.faults.map(faultItem));
    setText("review-speaker", clip.speaker);
    setText("review-utterance", numberText(clip.utterance));
    element("review-measures").replaceChildren(...describe(clip).map(measureItem));
  }
}

/** @param {import("./review-logic.js").ReviewClip} clip */
function drawWord({ word, text, language }) {
  const shown = element("review-word");
  setText("review-word", text);
  shown.lang = language ?? "";
  shown.style.setProperty("--n-letters", String(Math.max(4, text.length)));
  setText("review-label", text === word ? "" : word);
}

/**
 * @param {string} code
 */
function faultItem(code) {
  const item = tag("li", t(`fault-${code}`));
  item.title = t(`fault-${code}-says`);
  return item;
}

/**
 * Puts a mark over a wave.
 * @param {string} id
 * @param {import("./extent-logic.js").Stretch | null} stretch
 */
function mark(id, stretch) {
  const shown = element(id);
  shown.hidden = stretch === null;
  shown.style.setProperty("--from", String(stretch?.from ?? 0));
  shown.style.setProperty("--to", String(stretch?.to ?? 0));
}

/**
 * @param {BarCanvas} canvas
 * @param {readonly number[]} bars
 * @param {number | null} heardShare
 */
function draw(canvas, bars, heardShare) {
  canvas.draw(bars, heardShare === null ? undefined : Math.ceil(heardShare * bars.length));
}

/** @param {boolean} isOpen */
function drawReasons(isOpen) {
  const reasons = element("review-reasons");
  const wasOpen = !reasons.hidden;
  reasons.toggleAttribute("hidden", !isOpen);
  element("review-reject").setAttribute("aria-expanded", String(isOpen));
  if (isOpen && !wasOpen) reasons.querySelector("button")?.focus();
  if (!isOpen && wasOpen) element("review-card").focus({ preventScroll: true });
}

/** @param {ReviewState} state */
function drawCounts({ nRemaining, nReviewed, errands }) {
  setText("review-remaining", numberText(nRemaining));
  setText("review-done", numberText(nReviewed));
  element("review-saving").dataset.pending = String(errands.length);
  setText("review-saving", t(errands.length ? "saving" : "saved"));
}

/** @param {import("./review-logic.js").Trouble | null} trouble */
function troubleText(trouble) {
  if (!trouble) return "";
  const { key, word = "", message } = trouble;
  return key ? t(key, { word, message }) : message;
}

/** @param {import("./measure-words.js").MeasureText} measure */
function measureItem({ name, verdict, figure, isDoubtful }) {
  const item = document.createElement("div");
  item.className = "measure";
  item.toggleAttribute("data-doubtful", isDoubtful);
  item.append(tag("dt", t(name)), tag("dd", t(verdict)), tag("dd", figureText(figure)));
  return item;
}

/** @param {import("./measure-words.js").Figure} figure */
function figureText({ key, n, values }) {
  const written = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueText(name, value)]));
  return n === undefined ? t(key, written) : tn(key, n, written);
}

/**
 * @param {string} name ends with the unit
 * @param {number} value
 */
function valueText(name, value) {
  if (name.endsWith("Share")) return numberText(value, { style: "percent", roundingMode: "floor" }); // 99.6 is not sure
  const nDigits = name.endsWith("S") ? 2 : 0;
  const text = numberText(value, { minimumFractionDigits: nDigits, maximumFractionDigits: nDigits });
  return text.replace("-", "−");
}

/**
 * @param {string} name
 * @param {string} textContent
 */
function tag(name, textContent) {
  return Object.assign(document.createElement(name), { textContent });
}
