/** Draws the review page. Knows the page's elements; decides nothing. */

import { BarCanvas } from "../bars.js";
import { element, setText } from "../page.js";
import { numberText, t, tn } from "../texts.js";
import { describe } from "./measure-words.js";
import { currentClip } from "./review-logic.js";

/** @typedef {import("./review-logic.js").ReviewState} ReviewState */

export class ReviewView {
  #wave = new BarCanvas(/** @type {HTMLCanvasElement} */ (element("review-wave")));
  #bars = /** @type {readonly number[]} */ ([]);
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

  /** @param {readonly number[]} bars */
  setWave(bars) {
    this.#bars = bars;
  }

  /** @param {number | null} heardShare 0 to 1 while it plays */
  drawWave(heardShare) {
    if (this.#bars.length)
      this.#wave.draw(this.#bars, heardShare === null ? undefined : Math.ceil(heardShare * this.#bars.length));
  }

  /** @param {import("./review-logic.js").ReviewClip} clip */
  #drawClip(clip) {
    this.#bars = [];
    const card = element("review-card");
    card.dataset.clipId = clip.id;
    card.classList.remove("arriving");
    void card.offsetWidth; // lets the entrance play again
    card.classList.add("arriving");
    setText("review-word", clip.word);
    element("review-word").style.setProperty("--n-letters", String(Math.max(4, clip.word.length)));
    setText("review-speaker", clip.speaker);
    setText("review-utterance", numberText(clip.utterance));
    element("review-measures").replaceChildren(...describe(clip.measures).map(measureItem));
  }
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
