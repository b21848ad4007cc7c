/** The recorder page: wires the microphone, the uploads, the server and the page to the logic. */

import { CaptureError } from "../audio/capture.js";
import { element, setText } from "../page.js";
import { t } from "../texts.js";
import { nextPrompt } from "./asking-logic.js";
import { openClipStore } from "./clip-store.js";
import { wireControls } from "./controls.js";
import { warnWhereNothingIsKept } from "./keeping.js";
import { Loudspeaker } from "./loudspeaker.js";
import { recallMicrophone, rememberMicrophone } from "./memory.js";
import { advance, AT_REST } from "./meter.js";
import { MicrophoneCheck } from "./microphone-check.js";
import { OneTab } from "./one-tab.js";
import { Outbox } from "./outbox.js";
import { problemOf } from "./problems.js";
import { INITIAL, reduce } from "./record-logic.js";
import { RecordView } from "./record-view.js";
import { Recorder } from "./recorder.js";
import { inOpus } from "./saver.js";
import { share } from "./share.js";
import { Sitting } from "./sitting.js";
import { Store } from "./store.js";
import { wireStranded } from "./stranded.js";
import { Takes, wait } from "./takes.js";
import { keepAwake } from "./wake-lock.js";

/** @typedef {import("./record-logic.js").RecordState} RecordState */

/** Screens on which the microphone listens. */
const LISTENING = ["check", "recording", "paused"];

const { version: consentVersion = "" } = element("consent-form").dataset;
const store = /** @type {import("./takes.js").RecordStore} */ (new Store(reduce, INITIAL));
const view = new RecordView();
let meter = AT_REST;
let isRoomWanted = false;

const recorder = new Recorder({
  onLevel: (level, takenShare) => {
    if (store.state.screen === "check") check.hear(level);
    else if (takenShare !== null) meter = advance(meter, level.peakDbfs, takenShare);
  },
  onTake: (waveform, restMs) =>
    void (store.state.screen === "check" ? check.heard(waveform) : takes.keep(waveform, restMs)),
  onLost: () => {
    if (LISTENING.includes(store.state.screen)) store.dispatch({ type: "failed", problem: problemOf("lost") });
  },
});
const outbox = new Outbox({
  openStore: openClipStore,
  encode: inOpus,
  locks: navigator.locks,
  fetch: (url, init) => fetch(url, init),
  wait,
  random: Math.random,
  onStored: (clipId) => {
    store.dispatch({ type: "clip-stored", clipId });
    sitting.noteStored();
  },
  onRefused: (upload, error) => sitting.clipRefused(upload, error),
  onChange: (uploads) => store.dispatch({ type: "uploads", uploads }),
});
const sitting = new Sitting({ store, outbox, consentVersion });
const loudspeaker = new Loudspeaker(() => recorder.context);
const takes = new Takes({ store, recorder, outbox, sitting, openMicrophone, loudspeaker });
const check = new MicrophoneCheck(recorder, loudspeaker);
const tab = new OneTab(() => store.dispatch({ type: "recording-elsewhere" }));

store.follow((state) => view.draw(state));
store.follow(follow);
wireControls(store, {
  allowMicrophone,
  checkAgain: async () => beginCheck(),
  playCheck: () => check.play(),
  chooseMicrophone,
  beginVisit: () => sitting.begin(vocabularyIn("vocabulary")),
  anotherVisit: () => sitting.begin(vocabularyIn("another-vocabulary")),
  recordHere,
  retry: async () => (store.state.visit ? store.dispatch({ type: "retry" }) : sitting.comeBack()),
  withdrawAll: () => sitting.withdrawAll(),
  showOtherDevice,
  share,
});
element("room-ask").addEventListener("change", giveRoom);
wireStranded(outbox);
wireWindow();
requestAnimationFrame(drawMeters);
void warnWhereNothingIsKept(outbox);
void sitting.comeBack();

/**
 * What the page does because the state has changed; `takes` follows the words.
 * @param {RecordState} state
 * @param {RecordState} before
 */
function follow(state, before) {
  if (state.take !== before.take && !state.isBeat) meter = AT_REST;
  if (state.screen === before.screen) return;
  if (state.screen === "check") beginCheck();
  if (before.screen === "check") check.end();
  if (state.screen === "paused") meter = AT_REST;
  if (state.screen === "consent") takes.forgetAll();
  if (state.screen === "thanks") void askAboutTheVoice();
  keepAwake(state.screen === "recording");
  if (LISTENING.includes(state.screen)) return;
  void recorder.close();
  tab.release();
}

function beginCheck() {
  check.begin(nextPrompt(store.state));
}

/** What few visits need is loaded when it is needed. */
async function askAboutTheVoice() {
  const { wireDetails } = await import("../details.js");
  await wireDetails(/** @type {HTMLFormElement} */ (element("details-form")), sitting.token);
}

/** Of no use without the service, so it is not kept for offline, as a name written into the import would be. */
async function giveRoom() {
  if (isRoomWanted) return;
  isRoomWanted = true;
  const module = "../room/main.js";
  const giver = () => ({ token: sitting.token, visitId: store.state.visit?.id ?? "" });
  try {
    check.room = await (await import(module)).openRoom({ recorder, loudspeaker, giver });
  } catch {
    isRoomWanted = false;
    setText("room-said", t("service-unreachable"));
    /** @type {HTMLInputElement} */ (element("room-ask")).checked = false;
  }
}

async function showOtherDevice() {
  const { showPrivateLink } = await import("../private-link.js");
  await showPrivateLink(element("device-dialog"), sitting.token);
}

async function allowMicrophone() {
  const opening = openMicrophone(); // at once: browsers want to see the press behind it
  if (!(await tab.take())) {
    await opening;
    return store.dispatch({ type: "recording-elsewhere" });
  }
  await sitting.catchUp();
  if (await opening) store.dispatch({ type: "microphone-opened" });
  if (!LISTENING.includes(store.state.screen)) void recorder.close(); // all was said in the other tab
}

/** @param {string} deviceId */
async function chooseMicrophone(deviceId) {
  rememberMicrophone(deviceId);
  if (await openMicrophone()) beginCheck();
}

/** The other tab stops. */
async function recordHere() {
  await tab.take({ isForced: true });
  store.dispatch({ type: "retry" });
  await sitting.catchUp();
}

/** @returns {Promise<boolean>} */
async function openMicrophone() {
  try {
    await recorder.open(recallMicrophone());
    return true;
  } catch (error) {
    store.dispatch({ type: "failed", problem: problemOf(error instanceof CaptureError ? error.code : "busy") });
    return false;
  }
}

/** @param {string} id of the choice */
function vocabularyIn(id) {
  return /** @type {HTMLSelectElement | HTMLInputElement} */ (element(id)).value;
}

function wireWindow() {
  window.addEventListener("online", () => outbox.hurry());
  window.addEventListener("beforeunload", (event) => {
    if (store.state.uploads.nInMemory > 0) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) store.dispatch({ type: "pause" });
    else void outbox.takeUp(); // another tab may have gone meanwhile
  });
}

function drawMeters() {
  if (store.state.screen === "check") check.drawMeter();
  else view.drawMeter(meter);
  requestAnimationFrame(drawMeters);
}
