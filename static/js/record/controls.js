/** The buttons, keys and window events of the recorder page: what a person does becomes events. */

import { listenToKeys, onPress } from "../keys.js";
import { element } from "../page.js";
import { setDataSaver, wantsDataSaver } from "./saver.js";

/**
 * @typedef {object} Actions what takes time; all else is an event of the state
 * @property {() => Promise<void>} allowMicrophone
 * @property {() => Promise<void>} checkAgain
 * @property {() => void} playCheck
 * @property {(deviceId: string) => Promise<void>} chooseMicrophone
 * @property {() => Promise<void>} beginVisit
 * @property {() => Promise<void>} anotherVisit
 * @property {() => Promise<void>} recordHere
 * @property {() => Promise<void>} retry
 * @property {() => Promise<void>} withdrawAll
 * @property {() => Promise<void>} share
 * @property {() => Promise<void>} showOtherDevice
 */

/**
 * @param {import("./takes.js").RecordStore} store
 * @param {Actions} actions
 */
export function wireControls(store, actions) {
  wireSteps(store, actions);
  wireStage(store);
  wireKeys(store);
  wireDialogs(store, actions);
}

/**
 * @param {import("./takes.js").RecordStore} store
 * @param {Actions} actions
 */
function wireSteps(store, actions) {
  element("consent-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void onceAtATime("consent-accept", actions.beginVisit);
  });
  const lasting = /** @type {[string, () => Promise<void>][]} */ ([
    ["mic-allow", actions.allowMicrophone],
    ["check-again", actions.checkAgain],
    ["error-retry", actions.retry],
    ["record-here", actions.recordHere],
    ["another-visit", actions.anotherVisit],
    ["share", actions.share],
  ]);
  for (const [id, action] of lasting) onPress(element(id), () => void onceAtATime(id, action));
  onPress(element("check-play"), actions.playCheck);
  for (const id of ["record-start", "check-skip"]) onPress(element(id), () => store.dispatch({ type: "start" }));
  onPress(element("say-left-out"), () => store.dispatch({ type: "say-left-out" }));
  const devices = /** @type {HTMLSelectElement} */ (element("mic-device"));
  devices.addEventListener("change", () => void actions.chooseMicrophone(devices.value));
  wireDataSaver();
}

function wireDataSaver() {
  const saver = /** @type {HTMLInputElement} */ (element("data-saver"));
  saver.checked = wantsDataSaver();
  saver.addEventListener("change", () => setDataSaver(saver.checked));
}

/** @param {import("./takes.js").RecordStore} store */
function wireStage(store) {
  onPress(element("record-pause"), () => startOrPause(store));
  onPress(element("record-back"), () => store.dispatch({ type: "back" }));
  onPress(element("record-redo"), () => store.dispatch({ type: "redo" }));
  onPress(element("record-play"), () => store.dispatch({ type: "play" }));
  onPress(element("record-skip"), () => store.dispatch({ type: "skip" }));
  element("strip").addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const { action, clipId } = button?.dataset ?? {};
    if (action === "play" || action === "redo") store.dispatch({ type: action, clipId });
  });
}

/** @param {import("./takes.js").RecordStore} store */
function wireKeys(store) {
  const isMirrored = getComputedStyle(document.body).direction === "rtl";
  const [back, forward] = isMirrored ? ["arrowright", "arrowleft"] : ["arrowleft", "arrowright"];
  const actions = {
    Space: () => startOrPause(store),
    r: () => store.dispatch({ type: "redo" }),
    p: () => store.dispatch({ type: "play" }),
    s: () => store.dispatch({ type: "skip" }),
    [back]: () => store.dispatch({ type: "back" }),
    [forward]: () => store.dispatch({ type: "forward" }),
  };
  listenToKeys(actions, /** @type {HTMLInputElement} */ (element("shortcuts-on")));
}

/** @param {import("./takes.js").RecordStore} store */
function startOrPause(store) {
  const { screen } = store.state;
  if (screen === "recording" || screen === "paused") {
    store.dispatch({ type: screen === "recording" ? "pause" : "start" });
  } else if (screen === "check" && !element("record-start").hasAttribute("disabled")) {
    store.dispatch({ type: "start" });
  }
}

/**
 * @param {import("./takes.js").RecordStore} store
 * @param {Actions} actions
 */
function wireDialogs(store, actions) {
  const dialog = opensDialog(store, "withdraw");
  opensDialog(store, "device", actions.showOtherDevice);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "withdraw") void actions.withdrawAll();
    dialog.returnValue = "";
  });
}

/**
 * Recording stops first: nobody reads a dialog and says words.
 * @param {import("./takes.js").RecordStore} store
 * @param {string} name of the dialog and of its button
 * @param {() => unknown} [fill]
 */
function opensDialog(store, name, fill) {
  const dialog = /** @type {HTMLDialogElement} */ (element(`${name}-dialog`));
  onPress(element(`${name}-open`), () => {
    store.dispatch({ type: "pause" });
    dialog.showModal();
    fill?.();
  });
  return dialog;
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
