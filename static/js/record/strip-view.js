/** The strip of recent clips: each with its waveform, to hear and to record again. */

import { t } from "../texts.js";

/** @typedef {import("./record-logic.js").MadeClip} MadeClip */

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 24;
const STEP = 3;
const THICKNESS = 1.6;

/**
 * @param {HTMLElement} list
 * @param {readonly MadeClip[]} clips newest first
 * @param {string | null} playing id
 */
export function drawStrip(list, clips, playing) {
  const focused = document.activeElement?.getAttribute("data-focus-key");
  list.replaceChildren(...clips.map((clip) => item(clip, clip.id === playing)));
  const again = focused && list.querySelector(`[data-focus-key="${focused}"]`);
  if (again instanceof HTMLElement) again.focus();
}

/**
 * @param {MadeClip} clip
 * @param {boolean} isPlaying
 */
function item(clip, isPlaying) {
  const entry = document.createElement("li");
  entry.className = "strip-clip";
  entry.dataset.upload = clip.upload;
  entry.dataset.clipId = clip.id;
  entry.toggleAttribute("data-playing", isPlaying);
  entry.append(button(clip, "play"), button(clip, "redo"));
  return entry;
}

/**
 * @param {MadeClip} clip
 * @param {"play" | "redo"} action
 */
function button(clip, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `strip-${action}`;
  made.dataset.action = action;
  made.dataset.clipId = clip.id;
  made.dataset.focusKey = `${action}-${clip.id}`;
  made.setAttribute("aria-label", t(labelOf(clip, action), { word: clip.text }));
  if (action === "play") made.append(text("strip-word", clip.text), waveform(clip.bars));
  else made.append(icon());
  return made;
}

/**
 * @param {MadeClip} clip
 * @param {"play" | "redo"} action
 */
function labelOf({ upload }, action) {
  return action === "play" && upload !== "stored" ? `strip-play-${upload}` : `strip-${action}`;
}

/**
 * @param {string} className
 * @param {string} content
 */
function text(className, content) {
  return Object.assign(document.createElement("span"), { className, textContent: content });
}

/** @param {readonly number[]} bars heights 0 to 1 */
function waveform(bars) {
  const svg = shape("svg", {
    class: "strip-wave",
    viewBox: `0 0 ${bars.length * STEP} ${HEIGHT}`,
    "aria-hidden": "true",
  });
  svg.append(
    ...bars.map((bar, index) => {
      const length = Math.max(THICKNESS, bar * HEIGHT);
      const place = { x: index * STEP, y: (HEIGHT - length) / 2, width: THICKNESS, height: length, rx: THICKNESS / 2 };
      return shape("rect", place);
    }),
  );
  return svg;
}

/** The page's own icon for recording again. */
function icon() {
  const svg = shape("svg", { class: "icon", "aria-hidden": "true" });
  svg.append(shape("use", { href: "#icon-redo" }));
  return svg;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
