/** Sends each clip on its own, in the background, until the server has it or has refused it for good. */

import { isPassingStatus, refusal } from "../api.js";

export const MAX_PARALLEL = 3;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const TIMEOUT_MS = 60_000;
/** On a slow line each try may take a minute longer than the one before, up to this many. */
const LONGEST_TIMEOUTS = 5;

/** Refusals of bytes that changed on their way: sent again a few times before they are believed. */
const DAMAGED = ["hash_mismatch", "length_mismatch"];
const MAX_DAMAGED = 3;

/** Refusals that say nothing against a clip: its speaker or its visit is not known there, as things are. */
const STRANDING = [401, 403, 404];

/** Names for the file in the form; the server looks at the bytes. */
const EXTENSIONS = new Map([
  ["audio/wav", "wav"],
  ["audio/webm", "webm"],
  ["audio/ogg", "ogg"],
  ["audio/mp4", "mp4"],
]);

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
 * @property {boolean} [wantsOpus] it is to be encoded before it is sent the first time
 */

/** @typedef {"stored" | "refused" | "again"} Verdict */

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
  /** Refused clips and what they replaced: the server never knows them, so a redo replaces that instead. */
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
    const response = await this.#post(entry.upload, entry.nTries);
    if (!this.#entries.includes(entry)) return; // forgotten meanwhile
    if (response) await this.#settle(entry, response);
    else await this.#rest(entry, null);
  }

  /**
   * @param {Upload} upload
   * @param {number} nTries
   * @returns {Promise<Response | null>} null: not reached
   */
  async #post(upload, nTries) {
    const init = {
      method: "POST",
      headers: headersOf(upload),
      body: formOf(upload, this.replaced(upload.replaces)),
      signal: AbortSignal.timeout(TIMEOUT_MS * Math.min(nTries, LONGEST_TIMEOUTS)),
    };
    return this.#options.fetch("/api/clips", init).catch(() => null);
  }

  /**
   * @param {Entry} entry
   * @param {Response} response
   */
  async #settle(entry, response) {
    const { id, replaces } = entry.upload;
    const answer = await response.json().catch(() => null);
    const verdict = await this.#verdictOf(entry, response, answer);
    if (!this.#entries.includes(entry)) return; // forgotten meanwhile
    if (verdict === "again") return this.#rest(entry, response);
    this.#entries = this.#entries.filter((other) => other !== entry);
    if (verdict === "stored") {
      this.#options.onStored(id);
    } else {
      if (!strands(response.status)) this.#refused.set(id, replaces);
      this.#options.onRefused(id, refusal(response.status, answer));
    }
    this.#pump();
  }

  /**
   * Only what is surely our server's counts: somebody else may answer on a borrowed network.
   * @param {Entry} entry
   * @param {Response} response
   * @param {any} answer
   * @returns {Promise<Verdict>}
   */
  async #verdictOf({ upload, nTries }, { ok, status }, answer) {
    if (ok) return answer?.clip?.sha256 === upload.sha256 ? "stored" : "again";
    const code = answer?.error?.code;
    if (isPassingStatus(status) || typeof code !== "string") return "again";
    if (DAMAGED.includes(code) && nTries < MAX_DAMAGED) return "again";
    return code === "clip_id_taken" ? this.#verdictOfTaken(upload) : "refused";
  }

  /**
   * Ids are made here and never twice, so it is this very take that has arrived, as it was encoded by a page
   * that was killed before it could write that down.
   * @param {Upload} upload
   * @returns {Promise<Verdict>}
   */
  async #verdictOfTaken({ id, visitId, position, ...upload }) {
    const init = { headers: headersOf(upload), signal: AbortSignal.timeout(TIMEOUT_MS) };
    const response = await this.#options.fetch(`/api/visits/${visitId}`, init).catch(() => null);
    const answer = await response?.json().catch(() => null);
    /** @type {{id: string, position: number}[] | undefined} */
    const clips = answer?.visit?.clips;
    if (!clips) return "again";
    return clips.some((clip) => clip.id === id && clip.position === position) ? "stored" : "refused";
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
 * True when a refused clip is kept all the same, and may be taken another time.
 * @param {number} status
 */
export function strands(status) {
  return STRANDING.includes(status);
}

/** @param {Pick<Upload, "token">} upload */
function headersOf({ token }) {
  return { Authorization: `Bearer ${token}`, Accept: "application/json" };
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
  form.set("audio", upload.audio, fileNameOf(upload));
  return form;
}

/** @param {Pick<Upload, "id" | "audio">} upload */
export function fileNameOf({ id, audio }) {
  const [container] = audio.type.split(";");
  return `${id}.${EXTENSIONS.get(container) ?? "bin"}`;
}
