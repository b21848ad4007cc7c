/** Draws the microphone check. Knows the page's elements; decides nothing. */

import { FLOOR_DBFS } from "../audio/level.js";
import { BarCanvas } from "../bars.js";
import { element, setText } from "../page.js";
import { numberText, t } from "../texts.js";
import { roomShare } from "./check-logic.js";
import { advance, AT_REST } from "./meter.js";

/** @typedef {import("./check-logic.js").CheckState} CheckState */
/** @typedef {import("./check-logic.js").Finding} Finding */

/** The level is written out this often; more cannot be read. */
const LEVEL_MS = 250;
/** Beside these the word can be recorded all the same. */
const MILD = /** @type {readonly Finding[]} */ (["processing", "loud-room", "phone-mode"]);

export class CheckView {
  #bars = new BarCanvas(/** @type {HTMLCanvasElement} */ (element("level-bars")));
  #meter = AT_REST;
  #phase = "";
  #peakDbfs = -Infinity;
  #shownMs = -Infinity;
  #prompt = /** @type {import("./record-logic.js").Prompt | null} */ (null);

  /** @param {import("./record-logic.js").Prompt | null} prompt */
  prepare(prompt) {
    this.#meter = AT_REST;
    this.#phase = "";
    this.#prompt = prompt;
    element("check-findings").replaceChildren();
    setText("check-word-level", "");
  }

  /** @param {CheckState} state */
  draw(state) {
    if (state.phase === this.#phase) return;
    this.#phase = state.phase;
    element("microphone-check").dataset.phase = state.phase;
    setText("check-task", t(`check-${state.phase}`));
    drawPrompt(state.phase === "room" ? null : this.#prompt);
    drawFindings(state);
    element("record-start").toggleAttribute("disabled", state.phase !== "heard");
    for (const id of ["check-again", "check-play", "room"]) {
      element(id).toggleAttribute("hidden", state.phase !== "heard" || state.findings.includes("muted"));
    }
    element("check-again").toggleAttribute("hidden", state.phase !== "heard");
    element("check-skip").toggleAttribute("hidden", state.phase === "heard");
  }

  /**
   * @param {import("../audio/level.js").Level} level
   * @param {CheckState} state
   * @param {number} heardMs
   */
  hear(level, state, heardMs) {
    if (state.phase !== "heard") this.#meter = advance(this.#meter, level.peakDbfs, null);
    this.#peakDbfs = Math.max(this.#peakDbfs, level.peakDbfs);
    /** @type {HTMLProgressElement} */ (element("check-progress")).value = roomShare(state, heardMs);
    if (heardMs - this.#shownMs < LEVEL_MS && heardMs >= this.#shownMs) return;
    setText("level-dbfs", dbfs("level", this.#peakDbfs));
    setText("room-dbfs", dbfs("room", state.room.floorDbfs));
    this.#peakDbfs = -Infinity;
    this.#shownMs = heardMs;
  }

  /**
   * @param {import("../audio/gate.js").Measures} measures
   * @param {number[]} bars of the take, which stay until the next check
   */
  showWord({ activeDbfs, snrDb }, bars) {
    this.#meter = { bars, nLit: bars.length };
    setText("check-word-level", t("word-levels", { level: whole(activeDbfs), snr: whole(Math.max(0, snrDb)) }));
  }

  drawMeter() {
    this.#bars.draw(this.#meter.bars);
  }

  /**
   * @param {{id: string, name: string}[]} microphones
   * @param {string} id of the one that is open
   */
  offerMicrophones(microphones, id) {
    const select = /** @type {HTMLSelectElement} */ (element("mic-device"));
    const named = microphones.map(({ id, name }, index) => new Option(name || t("microphone-n", { n: index + 1 }), id));
    select.replaceChildren(...named);
    if (id) select.value = id;
    element("mic-choice").toggleAttribute("hidden", microphones.length < 2);
  }
}

/** @param {import("./record-logic.js").Prompt | null} prompt */
function drawPrompt(prompt) {
  setText("check-word", prompt?.text ?? prompt?.word ?? "");
  const picture = /** @type {HTMLImageElement} */ (element("check-picture"));
  picture.toggleAttribute("hidden", !prompt?.picture);
  if (prompt?.picture) picture.src = prompt.picture;
}

/** @param {CheckState} state */
function drawFindings({ phase, findings }) {
  if (phase !== "heard") return element("check-findings").replaceChildren();
  const codes = findings.length > 0 ? findings : ["fine"];
  element("check-findings").replaceChildren(...codes.map((code) => finding(code)));
  const isGrave = findings.some((code) => !MILD.includes(code));
  element("check-again").classList.toggle("button-primary", isGrave);
  element("record-start").classList.toggle("button-primary", !isGrave);
}

/** @param {string} code */
function finding(code) {
  const item = document.createElement("li");
  item.dataset.finding = code;
  const title = Object.assign(document.createElement("strong"), { textContent: t(`finding-${code}`) });
  item.append(title, " ", t(`finding-${code}-mend`));
  return item;
}

/**
 * @param {string} key
 * @param {number} level
 */
function dbfs(key, level) {
  return t(`${key}-dbfs`, { level: level > FLOOR_DBFS ? whole(level) : "–" });
}

/** @param {number} decibels */
function whole(decibels) {
  return numberText(Math.round(decibels)).replace("-", "−");
}
