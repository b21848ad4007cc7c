/** Records the words that the state asks for, judges each take, and keeps it. */

import { judge } from "../audio/gate.js";
import { makeClip } from "./clip.js";
import { recentClips } from "./record-logic.js";
import { wantsDataSaver } from "./saver.js";

/** @typedef {import("./record-logic.js").RecordState} RecordState */
/** @typedef {import("./record-logic.js").RecordEvent} RecordEvent */
/** @typedef {import("./store.js").Store<RecordState, RecordEvent>} RecordStore */

/** What of a clip's past goes with it at most. */
const N_TOLD = 20;

export class Takes {
  /** What can be played back, by clip id. */
  #audioOf = /** @type {Map<string, Blob>} */ (new Map());
  #restUntilMs = 0;
  #store;
  #recorder;
  #outbox;
  #sitting;
  #openMicrophone;
  #loudspeaker;

  /**
   * @param {object} parts
   * @param {RecordStore} parts.store
   * @param {import("./recorder.js").Recorder} parts.recorder
   * @param {import("./outbox.js").Outbox} parts.outbox
   * @param {{token: string}} parts.sitting
   * @param {() => Promise<boolean>} parts.openMicrophone
   * @param {import("./loudspeaker.js").Loudspeaker} parts.loudspeaker
   */
  constructor({ store, recorder, outbox, sitting, openMicrophone, loudspeaker }) {
    this.#store = store;
    this.#recorder = recorder;
    this.#outbox = outbox;
    this.#sitting = sitting;
    this.#openMicrophone = openMicrophone;
    this.#loudspeaker = loudspeaker;
    store.follow((state, before) => this.#follow(state, before));
  }

  /**
   * @param {Float32Array} waveform
   * @param {number} restMs before the next word
   */
  async keep(waveform, restMs) {
    this.#restUntilMs = performance.now() + restMs;
    const { take, visit, rejected } = this.#store.state;
    const { settings, sampleRateHz, floors } = this.#recorder;
    if (!take || !visit) return;
    const { verdict, measures } = judge(waveform, { sampleRateHz, floors });
    if (verdict !== "good") return this.#store.dispatch({ type: "take-rejected", fault: verdict });
    const { id, audio, sha256, bars } = await makeClip(waveform, sampleRateHz);
    if (this.#store.state.take !== take) return; // paused or begun anew meanwhile
    this.#audioOf.set(id, audio);
    void this.#outbox.keep({
      id,
      token: this.#sitting.token,
      visitId: visit.id,
      position: take.prompt.position,
      word: take.prompt.word,
      replaces: take.replaces,
      audio,
      sha256,
      settings: { ...settings, gate: { ...rounded(measures), rejected: rejected.slice(-N_TOLD) } },
      wantsOpus: wantsDataSaver(),
    });
    this.#store.dispatch({ type: "take-finished", clip: { id, bars }, atMs: performance.now() });
    this.#forgetOldAudio();
  }

  forgetAll() {
    this.#audioOf.clear();
  }

  /**
   * @param {RecordState} state
   * @param {RecordState} before
   */
  #follow(state, before) {
    if (state.take !== before.take) void this.#followTake(state);
    if (state.isBeat && !before.isBeat) void this.#rest();
    if (state.playing !== before.playing) void this.#followPlaying(state);
  }

  /** The beat between two words: not over before the last one is on the disk. */
  async #rest() {
    await Promise.all([wait(this.#restUntilMs - performance.now()), this.#outbox.written()]);
    this.#store.dispatch({ type: "beat-over" });
  }

  /** @param {RecordState} state */
  async #followTake({ take }) {
    this.#recorder.abandon();
    if (!take || !(await this.#openMicrophone())) return;
    await this.#recorder.roomKnown();
    if (take.prompt.sound) await this.#loudspeaker.play(take.prompt.sound); // for those who do not read
    await this.#loudspeaker.settled();
    if (this.#store.state.take !== take) return;
    this.#recorder.begin();
    this.#store.dispatch({ type: "take-begun" });
  }

  /** @param {RecordState} state */
  async #followPlaying({ playing }) {
    const audio = this.#audioOf.get(playing ?? "");
    if (!audio) return this.#loudspeaker.stop();
    await this.#loudspeaker.play(audio);
    if (this.#store.state.playing === playing) this.#store.dispatch({ type: "play-ended" });
  }

  /** Only what the strip shows can be played, so only that is kept; uploads hold their own. */
  #forgetOldAudio() {
    const shown = new Set(recentClips(this.#store.state).map(({ id }) => id));
    for (const id of this.#audioOf.keys()) if (!shown.has(id)) this.#audioOf.delete(id);
  }
}

/**
 * @param {import("../audio/gate.js").Measures} measures
 * @returns {Record<string, number>} to a tenth, which is more than they mean
 */
function rounded(measures) {
  return Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, Math.round(10 * value) / 10]));
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
