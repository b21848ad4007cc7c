/** A volunteer, a room and the recorder's ear, for the benches of the recorder: real words and noise, no browser. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Ear } from "../static/js/audio/endpointing.js";
import { EARLY_MS, REST_MS, Voice, WordListener } from "../static/js/audio/word.js";
import { LEAD_MS, LONGEST_TAKE_MS, TAKE_MS } from "../static/js/record/take.js";

export const RATE_HZ = Number(process.env.RATE_HZ ?? 16_000);
/** `development` to choose limits with; the figures of LOG.md are of `reported`, other speakers. */
export const PART = process.env.PART ?? "reported";

const BLOCK_MS = 1024 / 48;
const ROOM_MS = 2000;
const REACTION_MS = 600;
/** A take does not reach back into the word before; this long behind its end it is over for sure. */
const AFTER_WORD_MS = 50;
/** A volunteer who is early still takes a breath. */
const BREATH_MS = 100;

/** @typedef {{startMs: number, endMs: number}} Span */
/** @typedef {{word: Span, take: Span, promptMs: number}} Said */
/**
 * @typedef {object} Sound
 * @property {"word" | "natural" | "room" | "click"} kind
 * @property {string} source
 * @property {string} name
 * @property {string} word
 * @property {string} word_start_s as people labelled it, or nothing
 * @property {string} word_end_s
 * @property {Float32Array} waveform
 */

let seed = 3;

/** @returns {number} 0 to 1, the same in every run (mulberry32) */
export function random() {
  seed = (seed + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * @param {number} low
 * @param {number} high
 */
export const between = (low, high) => low + (high - low) * random();

/** @returns {Sound[]} */
export function decoded() {
  const folder = mkdtempSync(join(tmpdir(), "recorder-"));
  try {
    const argv = ["-m", "bench.recorder_words", folder, PART, String(RATE_HZ)];
    execFileSync(process.env.PYTHON ?? "python", argv, { stdio: "inherit" });
    const samples = new Float32Array(Uint8Array.from(readFileSync(join(folder, "samples.f32"))).buffer);
    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    return index.map((sound) => ({ ...sound, waveform: samples.subarray(sound.start, sound.stop) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {Float32Array} waveform */
export function rmsOf(waveform) {
  return Math.sqrt(waveform.reduce((sum, sample) => sum + sample * sample, 0) / waveform.length);
}

/** @param {number} nSamples */
export const toMs = (nSamples) => (1000 * nSamples) / RATE_HZ;
/** @param {number} durationMs */
export const toSamples = (durationMs) => Math.round((durationMs * RATE_HZ) / 1000);

/** @param {Float32Array[]} parts */
export function joined(...parts) {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const N_BLOCK_SAMPLES = toSamples(BLOCK_MS);

/** A microphone in a room that goes on for ever, and what it has heard. */
class Microphone {
  now = 0;
  #room;
  #gain;
  #offset = Math.floor(random() * 2 ** 24);
  #sounds = /** @type {{start: number, waveform: Float32Array}[]} */ ([]);
  #heard = /** @type {Float32Array[]} */ ([]);

  /**
   * @param {Float32Array} noise
   * @param {number} rms
   */
  constructor(noise, rms) {
    this.#room = noise;
    this.#gain = rms / (rmsOf(noise) || 1);
  }

  /**
   * @param {Float32Array} waveform
   * @param {number} startMs
   */
  play(waveform, startMs) {
    this.#sounds = [...this.#sounds.slice(-40), { start: toSamples(startMs), waveform }];
  }

  block() {
    const block = new Float32Array(N_BLOCK_SAMPLES);
    for (let at = 0; at < block.length; at++) {
      block[at] = this.#gain * this.#room[(this.now + at + this.#offset) % this.#room.length];
    }
    for (const sound of this.#sounds) this.#mix(block, sound);
    this.now += N_BLOCK_SAMPLES;
    this.#heard.push(block);
    return block;
  }

  /**
   * @param {Float32Array} block
   * @param {{start: number, waveform: Float32Array}} sound
   */
  #mix(block, { start, waveform }) {
    const from = Math.max(0, start - this.now);
    const to = Math.min(block.length, start + waveform.length - this.now);
    for (let at = from; at < to; at++) block[at] += waveform[this.now + at - start];
  }

  /** @param {Span} span */
  heard({ startMs, endMs }) {
    const first = Math.floor(toSamples(startMs) / N_BLOCK_SAMPLES);
    const blocks = this.#heard.slice(first, Math.ceil(toSamples(endMs) / N_BLOCK_SAMPLES));
    const offset = toSamples(startMs) - first * N_BLOCK_SAMPLES;
    return joined(...blocks).slice(offset, offset + toSamples(endMs - startMs));
  }
}

/** What the recorder page does with the microphone, from one prompt to the next. */
export class Sitting {
  ear = new Ear(RATE_HZ);
  voice = new Voice();
  microphone;
  promptMs = 0;
  #wordEndMs = -Infinity;
  #listener = new WordListener(this.voice, { windowMs: 0, longestMs: 0 }, []);
  #isOver = true;
  #take = { startMs: 0, endMs: 0 };

  /**
   * Begins with the microphone check: the room is heard, then one word.
   * @param {Float32Array} noise
   * @param {number} rms
   * @param {Float32Array} word of the check
   */
  constructor(noise, rms, word) {
    this.microphone = new Microphone(noise, rms);
    this.#listenUntil(() => this.nowMs >= ROOM_MS);
    this.promptMs = this.nowMs + REST_MS;
    this.record(this.say(word, REACTION_MS));
  }

  get nowMs() {
    return toMs(this.microphone.now);
  }

  /** @param {() => boolean} isOver */
  #listenUntil(isOver) {
    while (!isOver()) {
      this.ear.hear(this.microphone.block());
      this.#isOver ||= this.#listener.hear(this.ear.latest);
      if (!this.#isOver) this.#take.endMs = this.nowMs + BLOCK_MS;
    }
  }

  /**
   * @param {Float32Array} waveform
   * @param {number} afterMs the prompt appeared, or before it
   * @returns {Span} of the word
   */
  say(waveform, afterMs) {
    const startMs = Math.max(this.promptMs + afterMs, this.#wordEndMs + BREATH_MS, this.nowMs);
    this.microphone.play(waveform, startMs);
    return { startMs, endMs: startMs + toMs(waveform.length) };
  }

  /**
   * Records a take until it is decided; the rest of its tail is recorded while the next word may begin.
   * @param {Span} [word] what is said in it
   * @returns {Span} its end moves until the tail is over
   */
  record(word) {
    this.#listenUntil(() => this.nowMs >= this.promptMs);
    this.#begin();
    this.#listenUntil(() => this.#listener.isDecided);
    this.#wordEndMs = word?.endMs ?? -Infinity;
    this.promptMs = this.nowMs - this.#listener.sinceDecisionMs + REST_MS;
    return this.#take;
  }

  /** @param {number} durationMs after the prompt */
  wait(durationMs) {
    this.#listenUntil(() => this.nowMs >= this.promptMs + durationMs);
  }

  #begin() {
    const patience = { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS };
    this.#listener = new WordListener(this.voice, patience, this.ear.recent(EARLY_MS));
    this.#isOver = false;
    const startMs = Math.max(this.nowMs - LEAD_MS, this.#wordEndMs + AFTER_WORD_MS, 0);
    this.#take = { startMs, endMs: this.nowMs + BLOCK_MS };
  }

  /** @returns {Float32Array} the take, its tail too */
  finish() {
    this.#listenUntil(() => this.#isOver);
    return this.microphone.heard(this.#take);
  }
}
