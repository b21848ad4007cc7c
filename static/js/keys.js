/** Single-key shortcuts: out of the way of typing, of dialogs and of a focused control, and easy to switch off. */

const STORAGE_KEY = "speechapp.shortcuts";

/**
 * @param {Record<string, () => void>} actions by key: "Space", or the character in lower case
 * @param {HTMLInputElement} toggle the checkbox that switches them on and off
 */
export function listenToKeys(actions, toggle) {
  toggle.checked = readSetting() !== "off";
  toggle.addEventListener("change", () => writeSetting(toggle.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const action = actions[nameOf(event)];
    if (!action || !toggle.checked || isTakenElsewhere(event)) return;
    event.preventDefault();
    action();
  });
}

/**
 * A button pressed with the mouse lets go of the focus, so that Space stays the page's and does not press it again.
 * @param {Element} button
 * @param {() => void} action
 */
export function onPress(button, action) {
  button.addEventListener("click", (event) => {
    const isPointer = event instanceof MouseEvent && event.detail > 0;
    if (isPointer && button instanceof HTMLElement) button.blur();
    action();
  });
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  return event.key === " " ? "Space" : event.key.toLowerCase();
}

/** @param {KeyboardEvent} event */
function isTakenElsewhere(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return true;
  const target = event.target instanceof Element ? event.target : document.body;
  if (document.querySelector("dialog[open]") || target.closest("input:not([type=checkbox]), textarea, select"))
    return true;
  return event.key === " " && target.closest("button, a, summary, input") !== null;
}

function readSetting() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

/** @param {string} value */
function writeSetting(value) {
  try {
    localStorage.setItem(STORAGE_KEY, value);
  } catch {
    // Storage is forbidden: the choice lasts as long as the page.
  }
}
