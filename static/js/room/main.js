/** Giving the noise of one's room: wires the recorder, the loudspeaker, the server and the page to the logic. */

import { onPress } from "../keys.js";
import { element } from "../page.js";
import { makeClip } from "../record/clip.js";
import { Store } from "../record/store.js";
import { wait } from "../record/takes.js";
import { judgeRoom } from "./room-gate.js";
import { NOISE_MS, reduceRoom, ROOM_INITIAL } from "./room-logic.js";
import { RoomView } from "./room-view.js";
import { sendNoise } from "./sending.js";

/** So long after the button is the press itself not heard any more. */
const PRESS_MS = 500;

/** @typedef {import("./room-logic.js").RoomState} RoomState */
/** @typedef {import("./room-logic.js").RoomEvent} RoomEvent */

/** @typedef {ConstructorParameters<typeof RoomNoise>[0]} RoomParts */

/**
 * Brings the part of the page in which the noise is given.
 * @param {RoomParts} parts
 * @throws where the service cannot be reached
 */
export async function openRoom(parts) {
  const ask = /** @type {HTMLInputElement} */ (element("room-ask"));
  const response = await fetch("/record/room-noise");
  if (!response.ok) throw new Error(`${response.status}`);
  element("room-panel").innerHTML = await response.text();
  const room = new RoomNoise(parts);
  const follow = () => (ask.checked ? room.offer() : room.discard());
  ask.addEventListener("change", follow);
  follow();
  return room;
}

export class RoomNoise {
  #store = /** @type {Store<RoomState, RoomEvent>} */ (new Store(reduceRoom, ROOM_INITIAL));
  #view = new RoomView();
  #clip = /** @type {import("../record/clip.js").TakenClip | null} */ (null);
  #settings = /** @type {Record<string, unknown>} */ ({});
  #begunMs = Infinity;
  #recorder;
  #loudspeaker;
  #giver;

  /**
   * @param {object} parts
   * @param {import("../record/recorder.js").Recorder} parts.recorder
   * @param {import("../record/loudspeaker.js").Loudspeaker} parts.loudspeaker
   * @param {() => {token: string, visitId: string}} parts.giver
   */
  constructor({ recorder, loudspeaker, giver }) {
    this.#recorder = recorder;
    this.#loudspeaker = loudspeaker;
    this.#giver = giver;
    this.#store.follow((state, before) => this.#follow(state, before));
    onPress(element("room-listen"), () => this.#store.dispatch({ type: "listen" }));
    onPress(element("room-play"), () => this.#play());
    onPress(element("room-send"), () => this.#store.dispatch({ type: "send" }));
    onPress(element("room-discard"), () => this.discard());
  }

  /** @returns {boolean} whether what is recorded now is the room */
  get isListening() {
    return this.#store.state.phase === "listening";
  }

  offer() {
    this.#store.dispatch({ type: "offer" });
  }

  /** Something else sounds. */
  interrupt() {
    if (this.isListening) this.leave();
  }

  /** Something else is recorded: what was heard and not sent is forgotten. */
  leave() {
    this.#store.dispatch({ type: "leave" });
  }

  discard() {
    this.#store.dispatch({ type: "discard" });
  }

  /** Another block was heard. */
  hear() {
    this.#view.drawShare(Math.max(0, (this.#recorder.heardMs - this.#begunMs) / NOISE_MS));
  }

  /** @param {Float32Array} waveform the noise, all of it from after the press */
  async heard(waveform) {
    const { sampleRateHz, floors, settings } = this.#recorder;
    const verdict = judgeRoom(waveform, { sampleRateHz, floors });
    const clip = verdict === "noise" ? await makeClip(waveform, sampleRateHz) : null;
    if (!this.isListening) return; // left meanwhile
    this.#clip = clip;
    this.#settings = settings;
    this.#store.dispatch({ type: "heard", verdict });
  }

  /**
   * @param {RoomState} state
   * @param {RoomState} before
   */
  #follow(state, before) {
    this.#view.draw(state);
    if (before.phase === "listening") this.#recorder.abandon();
    if (before.phase === "heard") this.#loudspeaker.stop();
    if (state.phase === "listening") void this.#listen();
    if (state.phase === "heard") this.#play();
    if (state.phase === "sending") void this.#send();
    if (["offered", "closed"].includes(state.phase)) this.#clip = null;
  }

  async #listen() {
    this.#begunMs = Infinity;
    this.hear();
    this.#loudspeaker.stop();
    await Promise.all([wait(PRESS_MS), this.#loudspeaker.settled()]);
    if (!this.isListening) return;
    this.#begunMs = this.#recorder.heardMs;
    this.#recorder.listen(NOISE_MS);
  }

  #play() {
    if (this.#clip) void this.#loudspeaker.play(this.#clip.audio);
  }

  async #send() {
    if (!this.#clip) return;
    const { id, audio, sha256 } = this.#clip;
    const noise = { id, audio, sha256, settings: this.#settings, ...this.#giver() };
    const error = await sendNoise(noise, { fetch: (url, init) => fetch(url, init), wait, random: Math.random });
    this.#store.dispatch(error ? { type: "refused", message: error.message } : { type: "stored" });
  }
}
