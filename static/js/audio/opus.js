/** A recording made small by the browser's own encoder, which takes as long as the recording does: it listens to it. */

import { HEADER_BYTES } from "./wav.js";

/** A tenth of PCM, and more than speech needs: what is left out cannot be put back. */
export const BITS_PER_SECOND = 64_000;

/** What this browser can write, best first. */
const MEDIA_TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** Silence around the recording: encoders begin late and stop early. */
const MARGIN_S = 0.3;
/** A page that nobody has touched yet may not run an AudioContext; we do not wait for a touch. */
const WAKE_LIMIT_MS = 3000;
const PATIENCE_MS = 5000;

const FRAME_S = 0.02;
const MIN_LIKENESS = 0.95;

/** @typedef {{samples: Float32Array<ArrayBuffer>, sampleRateHz: number}} Sound */
/** @typedef {"unsupported" | "suspended" | "stalled" | "incomplete" | "failed"} OpusProblem */

/** It was not encoded; `code` says why. */
export class OpusError extends Error {
  /** @param {OpusProblem} code */
  constructor(code) {
    super(`The recording was not encoded: ${code}`);
    this.code = code;
  }
}

let context = /** @type {AudioContext | null} */ (null);
let waking = /** @type {Promise<unknown> | null} */ (null);

/**
 * @param {Sound} sound
 * @returns {Promise<Blob>} typed as the browser names what it wrote
 * @throws {OpusError} unless the whole of the sound is in it, as decoding it again has shown
 */
export async function encodeOpus(sound) {
  const mediaType = mediaTypeFor((type) => globalThis.MediaRecorder?.isTypeSupported(type) ?? false);
  if (!mediaType) throw new OpusError("unsupported");
  const awake = await awakeContext();
  const encoded = await inTime(record(awake, sound, mediaType), 1000 * nSeconds(sound) + PATIENCE_MS, "stalled");
  const decoded = await awake.decodeAudioData(await encoded.arrayBuffer());
  if (!isWhole({ samples: decoded.getChannelData(0), sampleRateHz: decoded.sampleRate }, sound)) {
    throw new OpusError("incomplete");
  }
  return encoded;
}

/** @param {(mediaType: string) => boolean} isSupported */
export function mediaTypeFor(isSupported) {
  return MEDIA_TYPES.find(isSupported) ?? null;
}

/**
 * The samples of a WAV that was written by wav.js.
 * @param {ArrayBuffer} wav
 * @returns {Sound}
 */
export function readWav(wav) {
  const view = new DataView(wav);
  const samples = new Float32Array((wav.byteLength - HEADER_BYTES) / 2);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = view.getInt16(HEADER_BYTES + 2 * index, true) / 32768;
  }
  return { samples, sampleRateHz: view.getUint32(24, true) };
}

/**
 * Whether all of a sound is found somewhere in another, by how loud both are from moment to moment.
 * @param {Sound} longer
 * @param {Sound} sound
 */
export function isWhole(longer, sound) {
  const wanted = loudness(sound);
  const heard = loudness(longer);
  for (let offset = 0; offset + wanted.length <= heard.length; offset++) {
    if (likeness(heard.subarray(offset, offset + wanted.length), wanted) >= MIN_LIKENESS) return true;
  }
  return false;
}

async function awakeContext() {
  context ??= new AudioContext();
  waking ??= inTime(context.resume(), WAKE_LIMIT_MS, "suspended").finally(() => (waking = null));
  await waking;
  return context;
}

/**
 * Plays the sound to nobody but the encoder.
 * @param {AudioContext} awake
 * @param {Sound} sound
 * @param {string} mimeType
 * @returns {Promise<Blob>}
 */
async function record(awake, { samples, sampleRateHz }, mimeType) {
  const ear = new MediaStreamAudioDestinationNode(awake, { channelCount: 1, channelCountMode: "explicit" });
  const nMargin = Math.round(MARGIN_S * sampleRateHz);
  const buffer = new AudioBuffer({ length: samples.length + 2 * nMargin, sampleRate: sampleRateHz });
  buffer.copyToChannel(samples, 0, nMargin);
  const source = new AudioBufferSourceNode(awake, { buffer });
  source.connect(ear);
  const recorder = new MediaRecorder(ear.stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  const pieces = /** @type {Blob[]} */ ([]);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstart = () => source.start();
  source.onended = () => recorder.stop();
  await new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = () => reject(new OpusError("failed"));
    recorder.start();
  });
  for (const track of ear.stream.getTracks()) track.stop();
  return new Blob(pieces, { type: recorder.mimeType || mimeType });
}

/** @param {Sound} sound */
function nSeconds({ samples, sampleRateHz }) {
  return samples.length / sampleRateHz;
}

/**
 * @param {Sound} sound
 * @returns {Float32Array} the effective value of each frame
 */
function loudness({ samples, sampleRateHz }) {
  const frames = new Float32Array(Math.floor(samples.length / (FRAME_S * sampleRateHz)));
  for (let index = 0; index < frames.length; index++) {
    const start = Math.round(index * FRAME_S * sampleRateHz);
    const frame = samples.subarray(start, Math.round((index + 1) * FRAME_S * sampleRateHz));
    frames[index] = Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
  }
  return frames;
}

/**
 * 1 where both are of the same shape.
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function likeness(one, other) {
  const product = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
    a.reduce((sum, value, index) => sum + value * b[index], 0);
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other) || 1);
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {number} limitMs
 * @param {OpusProblem} code
 * @returns {Promise<T>}
 */
function inTime(work, limitMs, code) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new OpusError(code)), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
