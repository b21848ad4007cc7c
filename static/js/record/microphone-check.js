/** Runs the microphone check: listens to the room, asks for one word, plays it back, and says what is wrong. */

import { listMicrophones } from "../audio/capture.js";
import { bandwidthOf } from "../audio/bandwidth.js";
import { judge } from "../audio/gate.js";
import { barsOf } from "../audio/level.js";
import { CHECK_INITIAL, reduceCheck } from "./check-logic.js";
import { CheckView } from "./check-view.js";
import { makeClip } from "./clip.js";
import { rememberMicrophone } from "./memory.js";
import { N_METER_BARS } from "./meter.js";
import { Store } from "./store.js";

export class MicrophoneCheck {
  /** Where its noise is given, once somebody wants to. */
  room = /** @type {import("../room/main.js").RoomNoise | null} */ (null);
  #store = new Store(reduceCheck, CHECK_INITIAL);
  #view = new CheckView();
  #word = /** @type {Blob | null} */ (null);
  #recorder;
  #loudspeaker;

  /**
   * @param {import("./recorder.js").Recorder} recorder
   * @param {import("./loudspeaker.js").Loudspeaker} loudspeaker
   */
  constructor(recorder, loudspeaker) {
    this.#recorder = recorder;
    this.#loudspeaker = loudspeaker;
    this.#store.follow((state) => this.#view.draw(state));
    this.#store.follow((state, before) => {
      if (state.phase === "word" && before.phase === "room") recorder.begin();
    });
  }

  /**
   * From the start, with the microphone that is open.
   * @param {import("./record-logic.js").Prompt | null} prompt the word to ask for
   */
  begin(prompt) {
    this.end();
    this.#recorder.abandon();
    this.#view.prepare(prompt);
    this.#store.dispatch({ type: "begin" });
    this.#view.draw(this.#store.state);
    void this.#offerMicrophones();
  }

  /**
   * @param {import("../audio/level.js").Level} level of the next block
   */
  hear(level) {
    const { heardMs, floors } = this.#recorder;
    const room = { floorDbfs: floors[0].dbfs, peakDbfs: level.peakDbfs };
    this.#store.dispatch({ type: "heard-room", heardMs, room });
    this.#view.hear(level, this.#store.state, heardMs);
    this.room?.hear();
  }

  /** @param {Float32Array} waveform the word that was asked for, or the noise of the room */
  async heard(waveform) {
    if (this.room?.isListening) return this.room.heard(waveform);
    const { sampleRateHz, floors, device } = this.#recorder;
    const { verdict, measures } = judge(waveform, { sampleRateHz, floors });
    const bandwidthHz = bandwidthOf(waveform, sampleRateHz);
    this.#store.dispatch({ type: "heard-word", verdict, bandwidthHz, device });
    this.#view.showWord(measures, barsOf(waveform, N_METER_BARS));
    const { audio } = await makeClip(waveform, sampleRateHz);
    this.#word = audio;
    if (verdict !== "silent") this.play();
  }

  /** What the word sounded like; a browser may not want to play it unasked. */
  play() {
    this.room?.interrupt();
    if (this.#word) void this.#loudspeaker.play(this.#word);
  }

  end() {
    this.room?.leave();
    this.#loudspeaker.stop();
    this.#word = null;
  }

  drawMeter() {
    this.#view.drawMeter();
  }

  async #offerMicrophones() {
    const { id } = this.#recorder.device;
    if (id) rememberMicrophone(id);
    this.#view.offerMicrophones(await listMicrophones(), id);
  }
}
