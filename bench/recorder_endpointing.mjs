/**
 * Words cut, and clips per hour, of the recorder's endpointing, beside the blind 2.5 s timer of the 2017 app.
 *
 * Run `node bench/recorder_endpointing.mjs`; PYTHON names the interpreter. Real words with labelled boundaries are put
 * into a quiet room, and into real noise 20 dB below them, and said at random moments; each prompt follows the take
 * before.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Ear } from "../static/js/audio/endpointing.js";
import { Voice } from "../static/js/audio/word.js";
import { BEAT_MS, LEAD_MS, wordEndpoint } from "../static/js/record/take.js";

const RATE_HZ = 16_000;
const N_BLOCK_SAMPLES = 341; // 21 ms, as 1,024 at 48 kHz
const N_PROMPTS = 115;
const N_VISITS = 10;
const ROOM_MS = 3000;
const TIMER_MS = 2500;
const QUIET_DB = 50;
const NOISY_DB = 20;
const WORD_RMS = 0.05;

/** @typedef {{startMs: number, endMs: number}} Span */
/** @typedef {{word: Span, take: Span, promptMs: number}} Said */
/** @typedef {{name: string, noise: Float32Array, rms: number}} Room */

let seed = 3;

/** @returns {number} 0 to 1, the same in every run (mulberry32) */
function random() {
  seed = (seed + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** @returns {{words: Float32Array[], rooms: {name: string, noise: Float32Array}[]}} */
function decoded() {
  const folder = mkdtempSync(join(tmpdir(), "recorder-"));
  try {
    execFileSync(process.env.PYTHON ?? "python", ["-m", "bench.recorder_words", folder], { stdio: "inherit" });
    const samples = new Float32Array(Uint8Array.from(readFileSync(join(folder, "samples.f32"))).buffer);
    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    const cut = (/** @type {{start: number, stop: number}} */ { start, stop }) => samples.subarray(start, stop);
    return { words: index.words.map(cut), rooms: index.rooms.map((room) => ({ name: room.name, noise: cut(room) })) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {Float32Array} waveform */
function rmsOf(waveform) {
  return Math.sqrt(waveform.reduce((sum, sample) => sum + sample * sample, 0) / waveform.length);
}

/** @param {number} nSamples */
const toMs = (nSamples) => (1000 * nSamples) / RATE_HZ;
/** @param {number} durationMs */
const toSamples = (durationMs) => Math.round((durationMs * RATE_HZ) / 1000);

/** The microphone: a room that goes on for ever, with words in it. */
class Microphone {
  now = 0;
  wordEnd = 0;
  #room;
  #gain;
  #offset = Math.floor(random() * 2 ** 24);
  #word = new Float32Array(0);
  #wordStart = 0;

  /**
   * @param {Room["noise"]} noise
   * @param {number} belowDb the words
   */
  constructor(noise, belowDb) {
    this.#room = noise;
    this.#gain = (WORD_RMS / rmsOf(noise)) * 10 ** (-belowDb / 20);
  }

  /**
   * @param {Float32Array} word
   * @param {number} startMs
   * @returns {Span}
   */
  say(word, startMs) {
    const gain = WORD_RMS / rmsOf(word);
    this.#word = word.map((sample) => gain * sample);
    this.#wordStart = Math.max(toSamples(startMs), this.wordEnd + toSamples(100), this.now);
    this.wordEnd = this.#wordStart + word.length;
    return { startMs: toMs(this.#wordStart), endMs: toMs(this.wordEnd) };
  }

  block() {
    const block = new Float32Array(N_BLOCK_SAMPLES).map((_, at) => this.#sampleAt(this.now + at));
    this.now += N_BLOCK_SAMPLES;
    return block;
  }

  /** @param {number} at */
  #sampleAt(at) {
    return this.#gain * this.#room[(at + this.#offset) % this.#room.length] + (this.#word[at - this.#wordStart] ?? 0);
  }
}

/**
 * @param {Float32Array[]} words
 * @param {Float32Array} noise
 * @param {number} belowDb
 * @param {() => number} reactionMs
 * @returns {Said[]}
 */
function visit(words, noise, belowDb, reactionMs) {
  const microphone = new Microphone(noise, belowDb);
  const ear = new Ear(RATE_HZ);
  const voice = new Voice();
  const listenUntil = (/** @type {() => boolean} */ isOver) => {
    do ear.hear(microphone.block());
    while (!isOver());
  };
  listenUntil(() => toMs(microphone.now) >= ROOM_MS);
  return words.map((waveform) => {
    const promptMs = toMs(microphone.now) + BEAT_MS;
    const word = microphone.say(waveform, promptMs + reactionMs());
    listenUntil(() => toMs(microphone.now) >= promptMs);
    const startMs = toMs(microphone.now) - LEAD_MS;
    const endpoint = wordEndpoint(ear, voice);
    listenUntil(() => endpoint(new Float32Array(0)));
    return { word, promptMs, take: { startMs, endMs: toMs(microphone.now) } };
  });
}

/**
 * @param {Float32Array[]} words
 * @param {Float32Array} noise
 * @param {number} belowDb
 * @param {() => number} reactionMs
 */
function visits(words, noise, belowDb, reactionMs) {
  return Array.from({ length: N_VISITS }, (_, index) =>
    visit(words.slice(index * N_PROMPTS, (index + 1) * N_PROMPTS), noise, belowDb, reactionMs),
  ).flat();
}

/**
 * @param {string} name
 * @param {Said[]} said
 */
function report(name, said) {
  const share = (/** @type {(one: Said) => boolean} */ isSo) => said.filter(isSo).length;
  const start = share(({ word, take }) => take.startMs > word.startMs);
  const end = share(({ word, take }) => take.endMs < word.endMs);
  const whole = share(({ take, promptMs }) => take.endMs - promptMs >= 2000);
  const timer = share(({ word, promptMs }) => word.startMs < promptMs || word.endMs > promptMs + TIMER_MS);
  const marginMs = Math.min(...said.map(({ word, take }) => take.endMs - word.endMs));
  const percent = (/** @type {number} */ n) => `${((100 * n) / said.length).toFixed(2)} %`;
  console.log(
    `${name.padEnd(36)} ${said.length} words: cut at start ${start} (${percent(start)}), ` +
      `at end ${end} (${percent(end)}); least left behind a word ${marginMs.toFixed(0)} ms; full window ${percent(whole)}; timer cuts ${percent(timer)}`,
  );
}

/**
 * @param {string} name
 * @param {Said[]} said
 */
function reportPace(name, said) {
  const meanMs = said.reduce((sum, { take, promptMs }) => sum + take.endMs - promptMs + BEAT_MS, 0) / said.length;
  const perHour = 3_600_000 / meanMs;
  const timerPerHour = 3_600_000 / TIMER_MS;
  console.log(
    `${name.padEnd(36)} ${perHour.toFixed(0)} clips an hour, ` +
      `${((N_PROMPTS * meanMs) / 1000).toFixed(0)} s for ${N_PROMPTS}; timer ${timerPerHour}; ratio ${(perHour / timerPerHour).toFixed(2)}`,
  );
}

const { words, rooms } = decoded();
const white = Float32Array.from({ length: 20 * RATE_HZ }, () => random() - 0.5);
const anyMoment = () => -200 + 1600 * random();
const after600Ms = () => 600;
const after1500Ms = () => 1500;

report("quiet room, -200 to 1,400 ms", visits(words, white, QUIET_DB, anyMoment));
report("quiet room, slow speaker (1,500 ms)", visits(words, white, QUIET_DB, after1500Ms));
const noisy = rooms.map(({ name, noise }) => ({ name, said: visits(words, noise, NOISY_DB, anyMoment) }));
for (const { name, said } of noisy) report(`20 dB, ${name}`, said);
report("20 dB, all noises", noisy.flatMap(({ said }) => said));
reportPace("quiet room, 600 ms speaker", visits(words, white, QUIET_DB, after600Ms));
for (const { name, noise } of rooms) reportPace(`20 dB, ${name}`, visits(words, noise, NOISY_DB, after600Ms));
