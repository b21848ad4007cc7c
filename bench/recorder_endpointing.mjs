/**
 * Words cut, and clips per hour, of the recorder's endpointing, beside the blind 2.5 s timer of the 2017 app.
 *
 * Run `node bench/recorder_endpointing.mjs`; PYTHON names the interpreter, PART the speakers (recorder_scene.mjs). Real
 * words are put into a quiet room, and into real noise 20 dB below them, and said at random moments; each prompt follows
 * the take before, and who is early speaks while the tail of that take is still recorded.
 */

import { REST_MS } from "../static/js/audio/word.js";
import { between, decoded, PART, random, RATE_HZ, rmsOf, Sitting } from "./recorder_scene.mjs";

const N_PROMPTS = 115;
const N_VISITS = 10;
const TIMER_MS = 2500;
const QUIET_DB = 50;
const NOISY_DB = 20;
const WORD_RMS = 0.05;

/** @typedef {import("./recorder_scene.mjs").Said} Said */

/** @param {Float32Array} word */
function levelled(word) {
  const gain = WORD_RMS / rmsOf(word);
  return word.map((sample) => gain * sample);
}

/**
 * @param {Float32Array[]} words
 * @param {Float32Array} noise
 * @param {number} belowDb
 * @param {() => number} reactionMs
 * @returns {Said[]}
 */
function visit(words, noise, belowDb, reactionMs) {
  const sitting = new Sitting(noise, WORD_RMS * 10 ** (-belowDb / 20), levelled(words.at(-1) ?? white));
  const said = words.map((word) => {
    const { promptMs } = sitting;
    const span = sitting.say(levelled(word), reactionMs());
    return { word: span, promptMs, take: sitting.record(span), nextMs: sitting.promptMs };
  });
  sitting.finish();
  return said;
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
  const count = (/** @type {(one: Said) => boolean} */ isSo) => said.filter(isSo).length;
  const start = count(({ word, take }) => take.startMs > word.startMs);
  const end = count(({ word, take }) => take.endMs < word.endMs);
  const whole = count(({ take, promptMs }) => take.endMs - promptMs >= 2000);
  const timer = count(({ word, promptMs }) => word.startMs < promptMs || word.endMs > promptMs + TIMER_MS);
  const tailMs = Math.min(...said.map(({ word, take }) => take.endMs - word.endMs));
  const leadMs = Math.min(...said.map(({ word, take }) => word.startMs - take.startMs));
  const percent = (/** @type {number} */ n) => `${((100 * n) / said.length).toFixed(2)} %`;
  console.log(
    `${name.padEnd(36)} ${said.length} words: cut at start ${start} (${percent(start)}), at end ${end} ` +
      `(${percent(end)}); least left before a word ${leadMs.toFixed(0)} ms, behind ${tailMs.toFixed(0)} ms; ` +
      `full window ${percent(whole)}; timer cuts ${percent(timer)}`,
  );
}

/**
 * @param {string} name
 * @param {Said[]} said
 */
function reportPace(name, said) {
  const meanMs = said.reduce((sum, { promptMs, nextMs }) => sum + nextMs - promptMs, 0) / said.length;
  const perHour = 3_600_000 / meanMs;
  const timerPerHour = 3_600_000 / TIMER_MS;
  console.log(
    `${name.padEnd(36)} ${perHour.toFixed(0)} clips an hour, ` +
      `${((N_PROMPTS * meanMs) / 1000).toFixed(0)} s for ${N_PROMPTS}; timer ${timerPerHour}; ratio ${(perHour / timerPerHour).toFixed(2)}`,
  );
}

const sounds = decoded();
const waveformsOf = (/** @type {string} */ kind) => sounds.filter((sound) => sound.kind === kind);
const words = waveformsOf("word").map(({ waveform }) => waveform);
const rooms = waveformsOf("room").map(({ name, waveform }) => ({ name, noise: waveform }));
const white = Float32Array.from({ length: 20 * RATE_HZ }, () => random() - 0.5);
const anyMoment = () => between(-REST_MS, 1400);
const after600Ms = () => 600;
const after1500Ms = () => 1500;

const meanMs = words.slice(0, N_VISITS * N_PROMPTS).reduce((sum, { length }) => sum + length / RATE_HZ, 0) * 1000;
console.log(`${PART} speakers; ${words.length} words, ${(meanMs / Math.min(words.length, N_VISITS * N_PROMPTS)).toFixed(0)} ms on average`);
report("quiet room, -200 to 1,400 ms", visits(words, white, QUIET_DB, anyMoment));
report("quiet room, slow speaker (1,500 ms)", visits(words, white, QUIET_DB, after1500Ms));
const noisy = rooms.map(({ name, noise }) => ({ name, said: visits(words, noise, NOISY_DB, anyMoment) }));
for (const { name, said } of noisy) report(`20 dB, ${name}`, said);
report("20 dB, all noises", noisy.flatMap(({ said }) => said));
reportPace("quiet room, 600 ms speaker", visits(words, white, QUIET_DB, after600Ms));
for (const { name, noise } of rooms) reportPace(`20 dB, ${name}`, visits(words, noise, NOISY_DB, after600Ms));
