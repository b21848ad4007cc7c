/** The review page: wires keys, buttons, sound and the server to the logic. */

import { ApiError } from "../api.js";
import { listenToKeys, onPress } from "../keys.js";
import { element } from "../page.js";
import { t } from "../texts.js";
import { wantsTake } from "./extent-logic.js";
import { Player } from "./player.js";
import { clipsAtHand, currentClip, INITIAL, N_AHEAD, reduce, settledSoFar, wantsMore } from "./review-logic.js";
import { ReviewView } from "./review-view.js";
import { nextClips, runErrand } from "./reviews.js";

/** @typedef {{sound: import("./player.js").Sound | null, take: import("./player.js").Sound | null}} Shown */

/** How often an empty queue asks whether something came in. */
const CHECK_AGAIN_MS = 15_000;

const view = new ReviewView();
const player = new Player();
let state = INITIAL;
let isLoading = false;
let isRunningErrands = false;
let shown = /** @type {Shown} */ ({ sound: null, take: null });
/** Settles when the sound the reviewer has just allowed is on. */
let unblocked = Promise.resolve();

wireButtons();
wireKeys();
wireFilter();
requestAnimationFrame(drawWave);
setInterval(() => {
  if (state.isExhausted && state.queue.length < N_AHEAD && !document.hidden) void load();
}, CHECK_AGAIN_MS);
void load();

/** @param {import("./review-logic.js").ReviewEvent} event */
function dispatch(event) {
  const before = state;
  state = reduce(state, event);
  view.draw(state);
  if (currentClip(state) !== currentClip(before)) void present();
  if (state.queue !== before.queue) prepare();
  if (wantsMore(state)) void load();
  void runErrands();
}

async function load() {
  if (isLoading) return;
  isLoading = true;
  try {
    const asOf = settledSoFar(state);
    const answer = await nextClips(N_AHEAD, clipsAtHand(state));
    isLoading = false;
    dispatch({ type: "loaded", asOf, ...answer });
  } catch (error) {
    isLoading = false;
    state = { ...state, isExhausted: true }; // asked again with the next check
    dispatch({ type: "trouble", message: messageOf(error) });
  }
}

/** Does what is due on the server one by one, so that an undo never overtakes its decision. */
async function runErrands() {
  if (isRunningErrands) return;
  isRunningErrands = true;
  for (let errand = state.errands[0]; errand; errand = state.errands[0]) {
    try {
      const reviewId = await runErrand(errand);
      dispatch({ type: "errand-done", reviewId });
    } catch (error) {
      const isStale = error instanceof ApiError && error.code === "clip_changed";
      dispatch({ type: "errand-failed", message: messageOf(error), isStale });
    }
  }
  isRunningErrands = false;
}

/** Sounds of the clips ahead are fetched before they are needed; those of decided ones are kept for an undo. */
function prepare() {
  for (const clip of state.queue.slice(0, N_AHEAD)) {
    player.sound(clip).catch((error) => dispatch({ type: "unplayable", clipId: clip.id, message: messageOf(error) }));
  }
  player.keep([...state.queue, ...state.decided.slice(-N_AHEAD).map(({ clip }) => clip)].map(({ id }) => id));
}

/** Shows the wave of the clip whose turn it is, and plays it. */
async function present() {
  player.stop();
  const clip = currentClip(state);
  shown = { sound: null, take: null };
  if (clip && wantsTake(clip)) void showTake(clip);
  const sound = clip && (await player.sound(clip).catch(() => null));
  await unblocked;
  if (!sound || currentClip(state) !== clip) return;
  shown.sound = sound;
  if (player.isBlocked) dispatch({ type: "blocked", isBlocked: true });
  else player.play(sound);
}

/**
 * Draws the take around the clip. Where no take can be had, the clip is judged without.
 * @param {import("./review-logic.js").ReviewClip} clip
 */
async function showTake(clip) {
  const take = await player.take(clip).catch(() => null);
  if (!take || currentClip(state) !== clip) return null;
  shown.take = take;
  view.showTake(clip);
  return take;
}

async function playTake() {
  unblock();
  const clip = currentClip(state);
  const take = clip && (await showTake(clip));
  await unblocked;
  if (take && currentClip(state) === clip) player.play(take);
}

async function replay() {
  unblock();
  await unblocked;
  if (shown.sound) player.play(shown.sound);
  else await present();
}

/** A decision is a key or a click too: sound is allowed from now on. */
function unblock() {
  if (!state.isBlocked) return;
  unblocked = player.unblock();
  dispatch({ type: "blocked", isBlocked: false });
}

/** @param {import("./review-logic.js").Decision} decision */
function decide(decision, reason = "") {
  unblock();
  dispatch({ type: "decide", decision, reason: reason || undefined });
}

function undo() {
  unblock();
  dispatch({ type: "undo" });
}

function toggleReasons() {
  dispatch({ type: state.isChoosing ? "close" : "choose" });
}

function wireButtons() {
  onPress(element("review-accept"), () => decide("accept"));
  onPress(element("review-unsure"), () => decide("unsure"));
  onPress(element("review-reject"), toggleReasons);
  onPress(element("review-undo"), undo);
  onPress(element("review-replay"), () => void replay());
  onPress(element("review-take"), () => void playTake());
  onPress(element("review-begin"), () => void replay());
  onPress(element("review-check"), () => void load());
  for (const button of reasonButtons()) onPress(button, () => decide("reject", button.dataset.reason));
}

/** The choice of what to hear is part of the address: it survives a reload, and can be handed on. */
function wireFilter() {
  const form = /** @type {HTMLFormElement} */ (element("review-only"));
  form.addEventListener("change", () => form.requestSubmit());
}

function wireKeys() {
  const picks = reasonButtons().map((button) => [button.dataset.key, () => decide("reject", button.dataset.reason)]);
  const actions = {
    a: () => decide("accept"),
    r: toggleReasons,
    u: () => decide("unsure"),
    z: undo,
    Space: () => void replay(),
    t: () => void playTake(),
    escape: () => dispatch({ type: "close" }),
    ...Object.fromEntries(picks),
  };
  listenToKeys(actions, /** @type {HTMLInputElement} */ (element("shortcuts-on")));
  window.addEventListener("beforeunload", (event) => {
    if (state.errands.length > 0) event.preventDefault();
  });
}

/** @returns {HTMLButtonElement[]} */
function reasonButtons() {
  return [.../** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("#review-reasons button"))];
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : t("something-wrong");
}

function drawWave() {
  view.drawWave(shown.sound?.bars ?? [], player.heardShare(shown.sound));
  view.drawTake(shown.take?.bars ?? [], player.heardShare(shown.take));
  requestAnimationFrame(drawWave);
}
