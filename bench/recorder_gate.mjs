/**
 * What the gate says of takes with a planted fault, and of good ones: a table of planted x verdict.
 *
 * Run `node bench/recorder_gate.mjs`; PYTHON names the interpreter, PART the speakers (recorder_scene.mjs). Takes are made
 * as the recorder makes them, from real words at all levels, in quiet and in real noise; faults are put in afterwards
 * where the recorder itself would not make them.
 */

import { judge } from "../static/js/audio/gate.js";
import { toInt16 } from "../static/js/audio/wav.js";
import { between, decoded, joined, PART, random, RATE_HZ, rmsOf, Sitting, toMs, toSamples } from "./recorder_scene.mjs";

const N_OF_FAULT = 400;
const QUIET_DB = { least: 35, most: 55 };
const NOISY_DB = 20;
const PEAK_DBFS = { least: -39, most: -6 };
const TOO_QUIET_DBFS = { least: -60, most: -45 };
const EARLY_MS = 200;
const LATEST_MS = 1200;
/** Milliseconds in front of and behind what is said, where a take is put together by hand. */
const LEAD_MS = 500;
const TAIL_MS = 300;
/** Of a call, in front of its word. */
const ROOM_MS = 400;
/** So long after the check that nothing of it is heard. */
const BEFORE_MS = 1200;

/** @typedef {import("./recorder_scene.mjs").Sound} Sound */
/** @typedef {import("./recorder_scene.mjs").Span} Span */
/** @typedef {{planted: string, verdict: string, note: string, measures: import("../static/js/audio/gate.js").Measures}} Judged */

const sounds = decoded();
const ofKind = (/** @type {string} */ kind) => sounds.filter((sound) => sound.kind === kind);
const words = ofKind("word");
const rooms = ofKind("room");
const clicks = ofKind("click");
const white = Float32Array.from({ length: 20 * RATE_HZ }, () => random() - 0.5);
const pink = pinkOf(white);

/**
 * @template T
 * @param {readonly T[]} things
 * @returns {T}
 */
const oneOf = (things) => things[Math.floor(random() * things.length)];

/** @param {Float32Array} noise */
function pinkOf(noise) {
  let slow = 0;
  let slower = 0;
  return noise.map((sample) => {
    slow = 0.95 * slow + 0.3 * sample;
    slower = 0.995 * slower + 0.1 * sample;
    return slow + slower + 0.2 * sample;
  });
}

/** @param {Float32Array} waveform */
const peakOf = (waveform) => waveform.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 1e-9);
/** @param {number} db */
const toGain = (db) => 10 ** (db / 20);

/**
 * @param {Float32Array} waveform
 * @param {number} dbfs
 */
function atPeak(waveform, dbfs) {
  const gain = toGain(dbfs) / peakOf(waveform);
  return waveform.map((sample) => gain * sample);
}

/** @param {number} durationMs */
const silence = (durationMs) => new Float32Array(toSamples(durationMs));
const anyMoment = () => between(-EARLY_MS, LATEST_MS);
const anyWord = () => oneOf(words);
const anyLevel = () => between(PEAK_DBFS.least, PEAK_DBFS.most);

/** @typedef {{name: string, noise: () => Float32Array, belowDb: () => number}} Condition */

/** @type {Condition} */
const QUIET = { name: "quiet", noise: () => oneOf([white, pink]), belowDb: () => between(QUIET_DB.least, QUIET_DB.most) };
/** @type {Condition} */
const NOISY = { name: "20 dB", noise: () => oneOf(rooms).waveform, belowDb: () => NOISY_DB };
/** @type {Condition} */
const TOO_NOISY = { name: "0-5 dB", noise: () => oneOf(rooms).waveform, belowDb: () => between(0, 5) };

/**
 * A sitting whose check was made with a word of this loudness.
 * @param {Condition} condition
 * @param {Float32Array} word
 */
function sittingIn(condition, word) {
  return new Sitting(condition.noise(), rmsOf(word) * toGain(-condition.belowDb()), word);
}

/**
 * @param {string} planted
 * @param {string} note
 * @param {Sitting} sitting
 * @param {Float32Array} take
 * @returns {Judged}
 */
function judged(planted, note, sitting, take) {
  const { verdict, measures } = judge(take.map(digitised), { sampleRateHz: RATE_HZ, floors: sitting.ear.floors });
  return { planted, note, verdict, measures };
}

/** @param {number} sample */
const digitised = (sample) => toInt16(sample) / 32768;

/**
 * Said to the recorder, which decides when the take is over.
 * @param {Condition} condition
 * @param {Float32Array} sound
 * @param {Float32Array} [check] the word of the microphone check
 */
function recorded(condition, sound, check = sound) {
  const sitting = sittingIn(condition, check);
  sitting.record(sitting.say(sound, anyMoment()));
  return { sitting, waveform: sitting.finish() };
}

/**
 * Put together by hand, in the same room: the recorder would have ended the take elsewhere.
 * @param {Condition} condition
 * @param {Float32Array} sound
 * @param {Float32Array} check
 * @param {{fromMs: number, toMs: number}} span of the sound, to be kept
 */
function cutOut(condition, sound, check, { fromMs, toMs: untilMs }) {
  const sitting = sittingIn(condition, check);
  const { startMs } = sitting.say(sound, BEFORE_MS);
  sitting.wait(BEFORE_MS + toMs(sound.length) + TAIL_MS);
  const waveform = sitting.microphone.heard({ startMs: startMs + fromMs, endMs: startMs + untilMs });
  return { sitting, waveform };
}

/**
 * @param {Condition} condition
 * @param {Sound} word
 * @returns {Judged | null}
 */
function good(condition, word) {
  const sound = atPeak(word.waveform, anyLevel());
  const sitting = sittingIn(condition, sound);
  const span = sitting.say(sound, anyMoment());
  return unlessCut(`good, ${condition.name}`, `${word.source} ${word.name}`, sitting, sitting.record(span), span);
}

/** @returns {Float32Array} noise that swells and fades, as breathed into the microphone */
function breath() {
  const n = toSamples(between(200, 700));
  const from = Math.floor(random() * (white.length - n));
  const sound = pink.slice(from, from + n).map((sample, at) => sample * Math.sin((Math.PI * at) / n) ** 2);
  return atPeak(sound, between(-45, -20));
}

/** @returns {Float32Array} some keys, struck at random */
function typing() {
  const gaps = Array.from({ length: 1 + Math.floor(random() * 5) }, () => silence(between(30, 400)));
  return joined(...gaps.flatMap((gap) => [atPeak(oneOf(clicks).waveform, between(-40, -10)), gap]));
}

/** @type {Record<string, () => Float32Array>} */
const NO_WORD = { room: () => silence(10), breath, typing };

/** @returns {Judged} */
function silent() {
  const what = oneOf([...Object.keys(NO_WORD), "digital silence"]);
  const check = atPeak(anyWord().waveform, anyLevel());
  if (what === "digital silence") {
    return judged("silent", what, sittingIn(QUIET, check), silence(2500));
  }
  const { sitting, waveform } = recorded(oneOf([QUIET, NOISY]), NO_WORD[what](), check);
  return judged("silent", what, sitting, waveform);
}

/** @returns {Judged} */
function tooQuiet() {
  const sound = atPeak(anyWord().waveform, between(TOO_QUIET_DBFS.least, TOO_QUIET_DBFS.most));
  const { sitting, waveform } = recorded(oneOf([QUIET, NOISY]), sound);
  return judged("too-quiet", "", sitting, waveform);
}

/** @returns {Judged} 3 to 20 dB too loud, for the converter or for an amplifier in front of it */
function clipped() {
  const rail = oneOf([1, toGain(between(-15, -1))]);
  const { sitting, waveform } = recorded(oneOf([QUIET, NOISY]), atPeak(anyWord().waveform, -3));
  const gain = (rail / peakOf(waveform)) * toGain(between(3, 20));
  const take = waveform.map((sample) => Math.max(-rail, Math.min(rail, gain * sample)));
  return judged("clipped", rail === 1 ? "full scale" : "lower rail", sitting, take);
}

/** @returns {Judged} 30 to 70 % of the word lie outside */
function truncated() {
  const sound = atPeak(anyWord().waveform, anyLevel());
  const durationMs = toMs(sound.length);
  const lostMs = between(0.3, 0.7) * durationMs;
  const atStart = random() < 0.5;
  const span = atStart
    ? { fromMs: lostMs, toMs: durationMs + TAIL_MS }
    : { fromMs: -LEAD_MS - between(0, 600), toMs: durationMs - lostMs };
  const { sitting, waveform } = cutOut(oneOf([QUIET, NOISY]), sound, sound, span);
  return judged("cut-off", atStart ? "start" : "end", sitting, waveform);
}

/** @returns {Judged} */
function twoWords() {
  const level = anyLevel();
  const [first, second] = [anyWord(), anyWord()];
  const gapMs = between(150, 600);
  const both = joined(atPeak(first.waveform, level), silence(gapMs), atPeak(second.waveform, level + between(-6, 0)));
  const span = { fromMs: -LEAD_MS, toMs: toMs(both.length) + TAIL_MS };
  const { sitting, waveform } = cutOut(oneOf([QUIET, NOISY]), both, both, span);
  return judged("two-words", `${Math.floor(gapMs / 100)}00 ms`, sitting, waveform);
}

/** @returns {Judged} words without a rest, for 1.5 s to 2.5 s */
function tooLong() {
  const level = anyLevel();
  let speech = silence(0);
  while (toMs(speech.length) < 1500) speech = joined(speech, atPeak(anyWord().waveform, level));
  const { sitting, waveform } = recorded(oneOf([QUIET, NOISY]), speech);
  return judged("too-long", "", sitting, waveform);
}

/** @returns {Judged} */
function tooNoisy() {
  const { sitting, waveform } = recorded(TOO_NOISY, atPeak(anyWord().waveform, anyLevel()));
  return judged("too-noisy", "", sitting, waveform);
}

/**
 * A call: its own room, with the clicks and the static of the line. Its noise in front of the word is the room.
 * @param {Sound} call
 * @returns {Judged | null}
 */
function call(call) {
  const gain = toGain(between(-25, -6)) / peakOf(call.waveform);
  const waveform = call.waveform.map((sample) => gain * sample);
  const room = waveform.subarray(0, toSamples(ROOM_MS));
  const sitting = new Sitting(room, rmsOf(room), atPeak(anyWord().waveform, -15));
  sitting.wait(ROOM_MS);
  const { startMs } = sitting.say(waveform, ROOM_MS);
  const word = { startMs: startMs + 1000 * Number(call.word_start_s), endMs: startMs + 1000 * Number(call.word_end_s) };
  sitting.promptMs = word.startMs - between(0, 600);
  const take = sitting.record(word);
  return unlessCut("good, calls", call.name, sitting, take, word);
}

/**
 * A take that the recorder ended too early is no good one; the other bench counts those.
 * @param {string} planted
 * @param {string} note
 * @param {Sitting} sitting
 * @param {Span} take
 * @param {Span} word
 */
function unlessCut(planted, note, sitting, take, word) {
  const waveform = sitting.finish();
  const isWhole = take.startMs <= word.startMs && take.endMs >= word.endMs;
  return isWhole ? judged(planted, note, sitting, waveform) : null;
}

const times = (/** @type {number} */ n, /** @type {() => Judged} */ make) => Array.from({ length: n }, make);
const made = [
  ...words.map((word) => good(QUIET, word)),
  ...words.map((word) => good(NOISY, word)),
  ...ofKind("natural").map(call),
  ...[silent, tooQuiet, clipped, truncated, twoWords, tooLong, tooNoisy].flatMap((make) => times(N_OF_FAULT, make)),
];

const all = made.filter((take) => take !== null);

const VERDICTS = ["good", "silent", "too-quiet", "clipped", "cut-off", "two-words", "too-long", "too-noisy"];
const PLANTED = [...new Set(all.map(({ planted }) => planted))];

/**
 * @param {string} planted
 * @param {readonly Judged[]} takes
 */
function line(planted, takes) {
  const counts = VERDICTS.map((verdict) => takes.filter((take) => take.verdict === verdict).length);
  const caught = 1 - counts[0] / takes.length;
  const named = counts[VERDICTS.indexOf(planted)] / takes.length;
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const rates = planted.startsWith("good") ? `false alarms ${percent(caught)}` : `caught ${percent(caught)}, named ${percent(named)}`;
  return `| ${[planted.padEnd(14), String(takes.length), ...counts].join(" | ")} | ${rates} |`;
}

console.log(`${PART} speakers, ${words.length} words, ${RATE_HZ} Hz; ${made.length - all.length} good takes cut by the endpoint, left out`);
console.log(`| planted | takes | ${VERDICTS.join(" | ")} | |`);
console.log(`|${" --- |".repeat(VERDICTS.length + 3)}`);
for (const planted of PLANTED) console.log(line(planted, all.filter((take) => take.planted === planted)));
if (process.env.MISSES) {
  const isRight = (/** @type {Judged} */ { planted, verdict }) => planted.startsWith("good") === (verdict === "good");
  const rounded = (/** @type {object} */ measures) => Object.entries(measures).map(([name, value]) => `${name} ${Math.round(value)}`).join(", ");
  for (const { planted, note, verdict, measures } of all.filter((take) => !isRight(take))) {
    console.log(`${planted} -> ${verdict} (${note}): ${rounded(measures)}`);
  }
}
