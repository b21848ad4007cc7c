/** Draws the page of one's own recordings. Knows its elements; decides nothing. */

import { element, setText } from "../page.js";
import { pageLanguage, t, tn } from "../texts.js";
import { figuresOf, lookOf, nClipsOf, nextOf } from "./mine-logic.js";

/** @typedef {import("./mine-logic.js").MineState} MineState */
/** @typedef {import("./mine-logic.js").Clip} Clip */

const SVG = "http://www.w3.org/2000/svg";
const WHEN = new Intl.DateTimeFormat(pageLanguage(), { dateStyle: "medium", timeStyle: "short" });
const LIST = new Intl.ListFormat(pageLanguage(), { style: "short", type: "unit" });

export class MineView {
  #drawn = /** @type {MineState | null} */ (null);

  /** @param {MineState} state */
  draw(state) {
    const before = this.#drawn;
    this.#drawn = state;
    if (state.screen !== before?.screen) showScreen(state.screen, before?.screen);
    if (state.counts !== before?.counts) drawFigures(state.counts);
    drawNext(state);
    if (state.clips !== before?.clips) drawRows(state.clips);
    if (state.clips !== before?.clips || state.playing !== before.playing) drawPlaying(state);
    element("mine-more").toggleAttribute("hidden", state.nextBefore === null);
    for (const place of document.querySelectorAll("[data-speaker]")) place.textContent = state.speaker;
    setText("mine-notice", noticeText(state.notice));
    setText("mine-trouble", state.screen === "list" ? state.trouble : "");
    setText("mine-problem", state.trouble);
  }
}

/**
 * @param {string | null} clipId the row to go on from; none: the list is empty now
 */
export function focusRow(clipId) {
  const button = clipId ? rowOf(clipId)?.querySelector("[data-action=delete]") : null;
  const target = button ?? document.querySelector("[data-screen=list] h1");
  /** @type {HTMLElement | null} */ (target)?.focus();
}

/**
 * @param {string} screen
 * @param {string} [screenBefore]
 */
function showScreen(screen, screenBefore) {
  document.body.dataset.state = screen;
  for (const section of document.querySelectorAll("[data-screen]")) {
    const isShown = section.getAttribute("data-screen") === screen;
    section.toggleAttribute("hidden", !isShown);
    const isFirst = screenBefore === undefined || screenBefore === "loading";
    if (isShown && !isFirst) /** @type {HTMLElement | null} */ (section.querySelector("h1"))?.focus();
  }
}

/** @param {import("./mine-logic.js").Counts} counts */
function drawFigures(counts) {
  const n = nClipsOf(counts);
  setText("mine-figures", figuresText(counts));
  element("mine-empty").toggleAttribute("hidden", n > 0);
  element("mine-given").toggleAttribute("hidden", n === 0);
  for (const { kind, n: share } of figuresOf(counts)) {
    const part = /** @type {HTMLElement} */ (document.querySelector(`[data-share="${kind}"]`));
    part.style.flexGrow = String(share);
    part.toggleAttribute("hidden", share === 0);
  }
}

/**
 * "42 accepted, 3 not accepted, 70 waiting": only what there is, and nothing for nothing.
 * @param {import("./mine-logic.js").Counts} counts
 */
function figuresText(counts) {
  const figures = figuresOf(counts).filter(({ n }) => n > 0);
  const parts = figures.map(({ kind, n }) => tn(`figure-${kind}`, n).replaceAll(" ", "\u00a0")); // a line ends after a comma only
  return LIST.format(parts);
}

/**
 * The way on, and what has to be known before it is taken.
 * @param {MineState} state
 */
function drawNext(state) {
  const next = nextOf(state);
  setText("mine-next-label", t(`next-${next}`));
  setText("mine-left", next === "go-on" ? tn("words-left", state.nLeft) : "");
  setText("mine-unsent", state.nUnsent > 0 ? tn("unsent", state.nUnsent) : "");
  element("mine-details").toggleAttribute("hidden", !state.isConsentCurrent);
  element("mine-consent").toggleAttribute("hidden", state.isConsentCurrent);
}

/** @param {import("./mine-logic.js").Notice | null} notice */
function noticeText(notice) {
  if (notice === null) return "";
  return notice.code === "deleted" ? t("deleted", { word: notice.word }) : tn("withdrawn", notice.n);
}

/**
 * Rows that are there already stay, and with them the focus.
 * @param {readonly Clip[]} clips
 */
function drawRows(clips) {
  const list = element("mine-list");
  const ids = new Set(clips.map(({ id }) => id));
  for (const row of [...list.children]) if (!ids.has(row.id.replace("clip-", ""))) row.remove();
  for (const clip of clips) if (!rowOf(clip.id)) list.append(rowFor(clip));
}

/** @param {MineState} state */
function drawPlaying({ clips, playing }) {
  for (const { id, text } of clips) {
    const button = rowOf(id)?.querySelector("[data-action=play]");
    if (!button) continue;
    const isPlaying = id === playing;
    button.setAttribute("aria-label", t(isPlaying ? "stop" : "play", { word: text }));
    button.querySelector("use")?.setAttribute("href", isPlaying ? "#icon-pause" : "#icon-play");
    button.toggleAttribute("data-playing", isPlaying);
  }
}

/** @param {string} clipId */
function rowOf(clipId) {
  return document.getElementById(`clip-${clipId}`);
}

/** @param {Clip} clip */
function rowFor(clip) {
  const row = Object.assign(document.createElement("li"), { className: "mine-row", id: `clip-${clip.id}` });
  const play = buttonFor(clip, "play", "play", t("play", { word: clip.text }));
  play.disabled = !clip.hasAudio;
  row.append(play, saidOf(clip), standingOf(clip), buttonFor(clip, "delete", "bin", t("delete", { word: clip.text })));
  return row;
}

/** @param {Clip} clip */
function saidOf({ text, language, createdAt }) {
  const said = Object.assign(document.createElement("p"), { className: "mine-said" });
  const time = Object.assign(document.createElement("time"), { className: "muted", dateTime: createdAt });
  time.textContent = WHEN.format(new Date(createdAt));
  const word = Object.assign(document.createElement("strong"), { textContent: text, dir: "auto" });
  if (language) word.lang = language;
  said.append(word, " ", time);
  return said;
}

/** @param {Clip} clip */
function standingOf(clip) {
  const { kind, icon, reason } = lookOf(clip);
  const why = reason ? t(reason) : (clip.reason?.text ?? "");
  const text = t(`state-${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  const standing = Object.assign(document.createElement("p"), { className: "mine-standing" });
  standing.dataset.kind = kind;
  const words = document.createElement("span");
  words.append(Object.assign(document.createElement("span"), { className: "mine-state", textContent: why ? `${text}:` : text }));
  if (why) words.append(" ", Object.assign(document.createElement("span"), { className: "muted", textContent: why }));
  standing.append(iconOf(icon), words);
  return standing;
}

/**
 * @param {Clip} clip
 * @param {string} action
 * @param {string} icon
 * @param {string} label
 */
function buttonFor(clip, action, icon, label) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button mine-button" });
  button.dataset.action = action;
  button.dataset.clipId = clip.id;
  button.setAttribute("aria-label", label);
  button.append(iconOf(icon));
  return button;
}

/** @param {string} name */
function iconOf(name) {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  icon.append(use);
  return icon;
}
