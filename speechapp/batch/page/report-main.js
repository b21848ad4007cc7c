/** Wires the report: what is chosen, what plays, what is marked. */

import { chosen, commonFolder, counted, faultName, figure, layout, measureName, unpack } from "./report-logic.js";
import { card, doubtfulText, element, histogram, STATUS_NAMES, tallies } from "./report-view.js";

/** @typedef {import("./report-logic.js").Row} Row */

const BATCH = 60;
const MARKS_KEY = `speechapp.marked.${location.pathname}`;

const data = JSON.parse(at("data").textContent ?? "");
const rows = unpack(data);
const common = commonFolder(rows.map(({ path }) => path));
const marked = new Set(recalled());
const player = new Audio();
/** @type {{row: Row, what: string, card: HTMLElement} | null} */
let playing = null;
/** @type {Row[]} */
let shown = [];
let nDrawn = 0;

/**
 * @template {HTMLElement} T
 * @param {string} id
 */
function at(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/** @returns {string[]} */
function recalled() {
  try {
    return JSON.parse(localStorage.getItem(MARKS_KEY) ?? "[]");
  } catch {
    return []; // storage may be forbidden to a file
  }
}

function remember() {
  try {
    localStorage.setItem(MARKS_KEY, JSON.stringify([...marked]));
  } catch {
    // the marks last as long as the page
  }
}

function fillHead() {
  at("facts").append(...data.facts.map((/** @type {string} */ fact) => element("span", "", fact)));
  at("places").textContent = data.places;
  const counts = counted(rows.map(({ status }) => status));
  at("tallies").append(...tallies(counts, rows.length));
  const hasConfidence = rows.some(({ clip }) => clip && clip.confidence !== null);
  at("overview").hidden = !hasConfidence;
  if (hasConfidence) {
    at("histogram").append(...histogram(rows));
    at("overview-text").textContent = doubtfulText(rows);
  }
  const legend = [element("span", "key key-window", "the clip"), element("span", "key key-outside", "left out")];
  if (rows.some(({ clip }) => clip && clip.word_start_ms !== null)) legend.splice(1, 0, element("span", "key key-word", "the word"));
  at("legend").append(...legend);
  fillTools(counts, hasConfidence);
}

/**
 * @param {[string, number][]} counts
 * @param {boolean} hasConfidence
 */
function fillTools(counts, hasConfidence) {
  const statuses = counts.map(([status, n]) => new Option(`${STATUS_NAMES[status] ?? status} (${figure(n)})`, status));
  at("status").append(new Option("all", ""), ...statuses, new Option("marked", "marked"));
  const faults = counted(rows.flatMap((row) => row.faults));
  at("fault-tool").hidden = faults.length === 0;
  const names = faults.map(([code, n]) => new Option(`${faultName(code)} (${figure(n)})`, code));
  at("fault").append(new Option("whatever", ""), new Option("any fault", "any"), ...names);
  const sorts = [new Option("name", "name"), new Option("length", "length")];
  if (hasConfidence) sorts.unshift(new Option("confidence", "confidence"));
  if (faults.length) sorts.push(new Option("number of faults", "faults"));
  const measured = rows.find(({ measures }) => Object.keys(measures).length);
  sorts.push(...Object.keys(measured?.measures ?? {}).map((name) => new Option(measureName(name), name)));
  at("sort").append(...sorts);
  if (data.kind === "measure" && faults.length) {
    /** @type {HTMLSelectElement} */ (at("sort")).value = "faults";
    /** @type {HTMLSelectElement} */ (at("order")).value = "down";
  }
}

function choice() {
  const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (at(id)).value;
  const [text, status, fault, sort] = ["text", "status", "fault", "sort"].map(value);
  return { text: text ?? "", status: status ?? "", fault: fault ?? "", sort: sort ?? "", isDown: value("order") === "down" };
}

function show() {
  shown = chosen(rows, choice(), marked);
  nDrawn = 0;
  at("clips").replaceChildren();
  at("shown").textContent = `${figure(shown.length)} of ${figure(rows.length)} shown`;
  drawMore();
}

function drawMore() {
  const next = shown.slice(nDrawn, nDrawn + BATCH);
  at("clips").append(...next.map((row) => card(row, { isMarked: marked.has(row.path), faults: data.faults, common })));
  nDrawn += next.length;
  at("more").hidden = nDrawn >= shown.length;
  at("more").textContent = `Show more (${figure(shown.length - nDrawn)} left)`;
}

function showMarked() {
  at("marked").hidden = marked.size === 0;
  at("marked-count").textContent = `${figure(marked.size)} marked`;
}

/** @param {HTMLElement} item */
function toggleMark(item) {
  const { path } = rowOf(item);
  if (!marked.delete(path)) marked.add(path);
  item.classList.toggle("is-marked", marked.has(path));
  item.querySelector(".mark")?.setAttribute("aria-pressed", String(marked.has(path)));
  remember();
  showMarked();
}

/** @param {HTMLElement} item */
function rowOf(item) {
  return /** @type {Row} */ (rows[Number(item.dataset.index)]);
}

/**
 * @param {HTMLElement} item
 * @param {string} what clip or take
 * @param {number} [fromS]
 */
async function play(item, what, fromS = 0) {
  const row = rowOf(item);
  const isAgain = playing?.row === row && playing.what === what && fromS === 0;
  stop();
  if (isAgain) return;
  const address = what === "clip" ? row.clipFile : row.take;
  if (!address) return;
  playing = { row, what, card: item };
  item.classList.add("is-playing");
  item.querySelector(".play use")?.setAttribute("href", "#icon-pause");
  try {
    player.src = fromS ? `${address}#t=${fromS}` : address;
    await player.play();
    requestAnimationFrame(follow);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") return; // another was begun meanwhile
    stop();
    at("notice").textContent = `This browser cannot play ${row.path}; is the file still there?`;
  }
}

function stop() {
  player.pause();
  playing?.card.classList.remove("is-playing");
  playing?.card.querySelector(".play use")?.setAttribute("href", "#icon-play");
  playing = null;
  at("notice").textContent = "";
}

function follow() {
  if (!playing?.row.clip) return;
  const { clip } = playing.row;
  const { take, window: place } = layout(clip);
  const span = playing.what === "clip" ? place : take;
  const lasts = playing.what === "clip" ? clip.window_stop_ms - clip.window_start_ms : clip.take_ms;
  const gone = span.start + (span.stop - span.start) * Math.min((1000 * player.currentTime) / lasts, 1);
  /** @type {HTMLElement} */ (playing.card.querySelector(".head-of-play")).style.left = `${100 * gone}%`;
  requestAnimationFrame(follow);
}

async function copyMarked() {
  const names = rows.filter(({ path }) => marked.has(path)).map(({ path }) => path);
  const text = `${names.join("\n")}\n`;
  try {
    await navigator.clipboard.writeText(text);
    at("marked-count").textContent = `${figure(names.length)} copied`;
  } catch {
    /** @type {HTMLTextAreaElement} */ (at("names-text")).value = text;
    /** @type {HTMLDialogElement} */ (at("names")).showModal();
    /** @type {HTMLTextAreaElement} */ (at("names-text")).select();
  }
}

/** @param {MouseEvent} event */
function press(event) {
  const target = /** @type {Element} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (target.closest("button"));
  const item = /** @type {HTMLElement | null} */ (target.closest(".clip"));
  if (!button || !item) return;
  if (button.classList.contains("mark")) toggleMark(item);
  else if (button.classList.contains("wave")) void play(item, "take", pressedAt(event, button, rowOf(item)));
  else void play(item, button.dataset.play ?? "take");
}

/**
 * Where in the take the picture was pressed, in seconds; its beginning for a key.
 *
 * @param {MouseEvent} event
 * @param {Element} button
 * @param {Row} row
 */
function pressedAt(event, button, { clip }) {
  if (!clip || event.detail === 0) return 0;
  const { left, width } = button.getBoundingClientRect();
  const { take } = layout(clip);
  const part = ((event.clientX - left) / width - take.start) / (take.stop - take.start);
  return (Math.max(0, Math.min(part, 1)) * clip.take_ms) / 1000;
}

/** @param {KeyboardEvent} event */
function pressKey(event) {
  const target = /** @type {Element} */ (event.target);
  const item = /** @type {HTMLElement | null} */ (target.closest(".clip"));
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "arrowdown" || key === "arrowup") moveTo(item, key === "arrowdown", event);
  else if (item && key === "x") toggleMark(item);
  else if (item && key === "t") void play(item, "take");
  else if (item && key === "p") void play(item, rowOf(item).clipFile ? "clip" : "take");
}

/**
 * @param {Element | null} item
 * @param {boolean} isDown
 * @param {Event} event
 */
function moveTo(item, isDown, event) {
  const next = item ? (isDown ? item.nextElementSibling : item.previousElementSibling) : at("clips").firstElementChild;
  if (!next) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (next.querySelector(".play")).focus();
}

function wire() {
  at("tools").addEventListener("input", show);
  at("tools").addEventListener("submit", (event) => event.preventDefault());
  at("clips").addEventListener("click", press);
  at("clips").addEventListener("keydown", pressKey);
  at("more").addEventListener("click", drawMore);
  at("copy").addEventListener("click", () => void copyMarked());
  at("tallies").addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("button"));
    if (!button) return;
    /** @type {HTMLSelectElement} */ (at("status")).value = button.dataset.status ?? "";
    show();
  });
  at("unmark").addEventListener("click", () => {
    marked.clear();
    remember();
    showMarked();
    show();
  });
  player.addEventListener("ended", stop);
  new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting) && nDrawn < shown.length) drawMore();
  }, { rootMargin: "600px" }).observe(at("more"));
}

fillHead();
wire();
showMarked();
show();
