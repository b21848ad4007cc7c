/** A disk, locks, tabs and a server that do what a test of the outbox says. */

import { CLEARING_MS, Outbox } from "../../static/js/record/outbox.js";

/** @typedef {import("../../static/js/record/upload.js").Upload} Upload */
/** @typedef {{id: string, sha256: string, replaces: string | null, answer: (it: Response) => void}} Request */

/** A disk like clip-store.js, which does what the test says. */
export class Disk {
  clips = /** @type {Map<string, Upload>} */ (new Map());
  confirmed = /** @type {Set<string>} */ (new Set());
  isFull = false;
  isDead = false;

  /** @param {Upload[]} uploads */
  constructor(...uploads) {
    for (const made of uploads) this.clips.set(made.id, made);
  }

  /** @param {Upload} made */
  async put(made) {
    if (this.isDead) await new Promise(() => {});
    if (this.isFull) throw new DOMException("", "QuotaExceededError");
    this.clips.set(made.id, { ...made });
  }
  async all() {
    return [...this.clips.values()];
  }
  /** @param {Upload} encoded */
  async settle(encoded) {
    if (this.clips.get(encoded.id)?.wantsOpus) await this.put(encoded);
    return this.clips.get(encoded.id) ?? null;
  }
  /** @param {string} id */
  async fateOf(id) {
    if (this.confirmed.has(id)) return /** @type {const} */ ("confirmed");
    return this.clips.has(id) ? "kept" : "gone";
  }
  /** @param {string} id */
  async confirm(id) {
    this.confirmed.add(id);
    this.clips.delete(id);
  }
  /** @param {string} id */
  async delete(id) {
    this.clips.delete(id);
  }
  async prove() {
    if (this.isFull) throw new DOMException("", "QuotaExceededError");
  }
  ids() {
    return [...this.clips.keys()];
  }
}

/** The browser's locks, as far as we use them: one holder of a name, the others in a row. */
export class Locks {
  #rows = /** @type {Map<string, Promise<unknown>>} */ (new Map());

  /** @type {any} */
  request = (/** @type {string} */ name, /** @type {any} */ _, /** @type {() => Promise<unknown>} */ hold) => {
    const held = (this.#rows.get(name) ?? Promise.resolve()).then(hold);
    this.#rows.set(name, held);
    return held;
  };
}

/** One tab with its outbox, and a server and a clock that do what the test says. */
export class Tab {
  requests = /** @type {Request[]} */ ([]);
  waits = /** @type {{ms: number, pass: () => void}[]} */ ([]);
  stored = /** @type {string[]} */ ([]);
  refused = /** @type {[string, number][]} */ ([]);
  counts = /** @type {any} */ (null);
  encodings = /** @type {{id: string, finish: (name?: string) => Promise<void>}[]} */ ([]);
  onCleared = () => {};
  outbox;

  /**
   * @param {Disk | null} disk null: this browser has none
   * @param {Locks} [locks]
   */
  constructor(disk, locks) {
    this.outbox = new Outbox({
      openStore: async (onCleared) => {
        if (!disk) throw new DOMException("", "InvalidStateError");
        this.onCleared = onCleared;
        return disk;
      },
      encode: (upload) => this.#encode(upload),
      locks,
      fetch: (_url, init) => new Promise((answer) => void this.requests.push({ ...sentIn(init), answer })),
      wait: (ms) => new Promise((pass) => void this.waits.push({ ms, pass })),
      random: () => 0,
      onStored: (id) => void this.stored.push(id),
      onRefused: ({ id }, { status }) => void this.refused.push([id, status]),
      onChange: (counts) => (this.counts = counts),
    });
  }

  ids() {
    return this.requests.map(({ id }) => id);
  }

  /**
   * @param {Upload} upload
   * @returns {Promise<Upload>}
   */
  #encode(upload) {
    return new Promise((resolve, reject) => {
      const finish = async (sha256 = "") => {
        if (sha256) resolve({ ...upload, audio: new Blob(["small"], { type: "audio/webm" }), sha256 });
        else reject(new Error("no encoder"));
        await settled();
      };
      this.encodings.push({ id: upload.id, finish });
    });
  }

  /** @param {Upload} made */
  async keep(made) {
    await this.outbox.keep(made);
    await settled();
  }

  async clear() {
    this.onCleared();
    for (const { ms, pass } of this.waits) if (ms === CLEARING_MS) pass();
    await settled();
  }

  /** @param {number} index */
  async confirm(index) {
    const { sha256 } = this.requests[index];
    this.requests[index].answer(Response.json({ clip: { sha256 } }, { status: 201 }));
    await settled();
  }

  /**
   * @param {number} index
   * @param {number} status
   */
  async refuse(index, status) {
    this.requests[index].answer(Response.json({ error: { code: "because", message: "No." } }, { status }));
    await settled();
  }
}

/** @param {RequestInit} init */
function sentIn(init) {
  const metadata = JSON.parse(String(/** @type {FormData} */ (init.body).get("metadata")));
  return { id: metadata.clip_id, sha256: metadata.sha256, replaces: metadata.replaces };
}

/**
 * @param {string} id
 * @param {Partial<Upload>} [more]
 * @returns {Upload}
 */
export function upload(id, more = {}) {
  const audio = new Blob(["RIFF"], { type: "audio/wav" });
  const prompt = { position: 3, word: "yes" };
  return { id, token: "t", visitId: "v", ...prompt, replaces: null, audio, sha256: "5a", settings: {}, ...more };
}

export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
