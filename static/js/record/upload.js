/** Sends each clip on its own, in the background, until the server has it or has refused it for good. */

import { isPassingStatus, refusal } from "../api.js";

export const MAX_PARALLEL = 3;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const TIMEOUT_MS = 60_000;

/**
 * @typedef {object} Upload
 * @property {string} id the clip's, made here; the server takes it once however often it is sent
 * @property {string} token
 * @property {string} visitId
 * @property {number} position
 * @property {string} word
 * @property {string | null} replaces the clip that this one is recorded in place of
 * @property {Blob} audio
 * @property {string} sha256
 * @property {Record<string, unknown>} settings
 */

/** @typedef {{nPending: number, isStruggling: boolean}} SendingCounts */

/**
 * @typedef {object} UploaderOptions
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} random 0 to 1
 * @property {(id: string) => void} onStored
 * @property {(id: string, refusal: import("../api.js").ApiError) => void} onRefused
 * @property {(counts: SendingCounts) => void} onChange
 */

/** @typedef {{upload: Upload, phase: "waiting" | "sending" | "resting", nTries: number}} Entry */

export class Uploader {
  /** @type {Entry[]} */
  #entries = [];
  /** Refused clips and what they replaced: the server does not know them, so a redo replaces that instead. */
  #refused = /** @type {Map<string, string | null>} */ (new Map());
  #options;

  /** @param {UploaderOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Upload} upload */
  add(upload) {
    this.#entries.push({ upload, phase: "waiting", nTries: 0 });
    this.#pump();
  }

  /** The connection came back: do not wait out the pauses. */
  hurry() {
    for (const entry of this.#entries) if (entry.phase === "resting") entry.phase = "waiting";
    this.#pump();
  }

  /**
   * Forget everything of one speaker that was not sent yet.
   * @param {string} token
   */
  forget(token) {
    this.#entries = this.#entries.filter(({ upload }) => upload.token !== token);
    this.#pump();
  }

  /**
   * What a redo replaces in the end: the server does not know what it has refused.
   * @param {string | null} id
   * @returns {string | null}
   */
  replaced(id) {
    return id !== null && this.#refused.has(id) ? this.replaced(this.#refused.get(id) ?? null) : id;
  }

  #pump() {
    let nFree = MAX_PARALLEL - this.#entries.filter(({ phase }) => phase === "sending").length;
    for (const entry of this.#entries.filter((candidate) => this.#isReady(candidate))) {
      if (nFree-- <= 0) break;
      entry.phase = "sending";
      void this.#send(entry);
    }
    this.#changed();
  }

  /** @param {Entry} entry */
  #isReady({ phase, upload }) {
    // A redo waits for the clip it replaces: the server must know that one first.
    return phase === "waiting" && !this.#entries.some((other) => other.upload.id === upload.replaces);
  }

  /** @param {Entry} entry */
  async #send(entry) {
    entry.nTries += 1;
    const response = await this.#post(entry.upload);
    if (!this.#entries.includes(entry)) return; // forgotten meanwhile
    if (response && !isPassingStatus(response.status)) await this.#settle(entry, response);
    else await this.#rest(entry, response);
  }

  /**
   * @param {Upload} upload
   * @returns {Promise<Response | null>} null: not reached
   */
  async #post(upload) {
    const init = {
      method: "POST",
      headers: { Authorization: `Bearer ${upload.token}`, Accept: "application/json" },
      body: formOf(upload, this.replaced(upload.replaces)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    return this.#options.fetch("/api/clips", init).catch(() => null);
  }

  /**
   * @param {Entry} entry
   * @param {Response} response
   */
  async #settle(entry, response) {
    const { id, replaces, sha256 } = entry.upload;
    const answer = await response.json().catch(() => null);
    if (!this.#entries.includes(entry)) return; // forgotten meanwhile
    // Only the hash of what was recorded is a receipt: somebody else may answer on a borrowed network.
    if (response.ok && answer?.clip?.sha256 !== sha256) return this.#rest(entry, response);
    this.#entries = this.#entries.filter((other) => other !== entry);
    if (response.ok) {
      this.#options.onStored(id);
    } else {
      this.#refused.set(id, replaces);
      this.#options.onRefused(id, refusal(response.status, answer));
    }
    this.#pump();
  }

  /**
   * @param {Entry} entry
   * @param {Response | null} response
   */
  async #rest(entry, response) {
    entry.phase = "resting";
    this.#pump();
    const { nTries } = entry;
    await this.#options.wait(waitMs(nTries, this.#options.random(), response?.headers.get("Retry-After") ?? null));
    if (entry.phase !== "resting" || entry.nTries !== nTries) return; // hurried meanwhile
    entry.phase = "waiting";
    this.#pump();
  }

  #changed() {
    const isStruggling = this.#entries.some(({ nTries, phase }) => phase === "resting" || nTries > 1);
    this.#options.onChange({ nPending: this.#entries.length, isStruggling });
  }
}

/**
 * Exponential backoff with jitter: 1, 2, 4 ... 30 s, each shortened by up to a half;
 * never before what the server asked for.
 * @param {number} nTries at least 1
 * @param {number} random 0 to 1
 * @param {string | null} retryAfter seconds, as the header has it
 */
export function waitMs(nTries, random, retryAfter) {
  const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (nTries - 1));
  const askedMs = Math.min(LONGEST_WAIT_MS, 1000 * (Number(retryAfter) || 0));
  return Math.max(askedMs, longestMs * (1 - random / 2));
}

/**
 * @param {Upload} upload
 * @param {string | null} replaces
 */
function formOf(upload, replaces) {
  const form = new FormData();
  const metadata = {
    clip_id: upload.id,
    visit_id: upload.visitId,
    position: upload.position,
    word: upload.word,
    n_bytes: upload.audio.size,
    sha256: upload.sha256,
    settings: upload.settings,
    replaces,
    media_type: upload.audio.type,
  };
  form.set("metadata", JSON.stringify(metadata));
  form.set("audio", upload.audio, `${upload.id}.wav`);
  return form;
}
