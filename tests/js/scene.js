/** A volunteer, a room and a take: what the recorder does with the microphone, without a browser. */

import { Ear } from "../../static/js/audio/endpointing.js";
import { Voice } from "../../static/js/audio/word.js";
import { LEAD_MS, wordEndpoint } from "../../static/js/record/take.js";
import { addBurst, addVoice, blocksOf, noiseOf } from "./sounds.js";

/** The room is heard for this long before the prompt appears. */
const PROMPT_MS = 2000;
const SCENE_MS = 5500;
const N_BLOCK_SAMPLES = 1024;

/** @typedef {import("./sounds.js").Sound} Sound times are from when the prompt appears */

/**
 * @typedef {object} Scene
 * @property {Sound[]} [voices]
 * @property {Sound[]} [bursts]
 * @property {number} [floorDbfs]
 * @property {number} [rateHz]
 * @property {number} [offset] of the microphone's zero
 * @property {Voice} [voice] what is known of the speaker
 */

/**
 * @param {Scene} scene
 * @returns {{startMs: number, endMs: number, restMs: number}} of the take, from when the prompt appears; the rest behind it
 */
export function takeOf(scene) {
  const { rateHz = 48_000, voice = new Voice() } = scene;
  const ear = new Ear(rateHz);
  const blocks = blocksOf(heardIn(scene, rateHz), N_BLOCK_SAMPLES);
  const nSamplesBefore = hearTheRoom(ear, blocks, (PROMPT_MS * rateHz) / 1000);
  const endpoint = wordEndpoint(ear, voice);
  const nSamples = nSamplesBefore + record(ear, blocks, endpoint);
  const startMs = (1000 * nSamplesBefore) / rateHz - LEAD_MS - PROMPT_MS;
  return { startMs, endMs: (1000 * nSamples) / rateHz - PROMPT_MS, restMs: endpoint.restMs() };
}

/**
 * @param {Scene} scene
 * @param {number} rateHz
 */
function heardIn({ voices = [], bursts = [], floorDbfs = -60, offset = 0 }, rateHz) {
  const heard = noiseOf(SCENE_MS, floorDbfs, rateHz).map((sample) => sample + offset);
  for (const sound of voices) addVoice(heard, { ...sound, startMs: PROMPT_MS + sound.startMs }, rateHz);
  for (const sound of bursts) addBurst(heard, { ...sound, startMs: PROMPT_MS + sound.startMs }, rateHz);
  return heard;
}

/**
 * @param {Ear} ear
 * @param {Generator<Float32Array>} blocks
 * @param {number} nWanted
 * @returns {number} samples heard
 */
function hearTheRoom(ear, blocks, nWanted) {
  let nSamples = 0;
  while (nSamples < nWanted) nSamples += hear(ear, blocks);
  return nSamples;
}

/**
 * @param {Ear} ear
 * @param {Generator<Float32Array>} blocks
 * @param {import("../../static/js/record/take.js").Endpoint} endpoint
 * @returns {number} samples heard until the take was over
 */
function record(ear, blocks, endpoint) {
  let nSamples = 0;
  do nSamples += hear(ear, blocks);
  while (!endpoint.hear(new Float32Array(0)));
  return nSamples;
}

/**
 * @param {Ear} ear
 * @param {Generator<Float32Array>} blocks
 */
function hear(ear, blocks) {
  const { value, done } = blocks.next();
  if (done) throw new Error("The take never ended");
  ear.hear(value);
  return value.length;
}
