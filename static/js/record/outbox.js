/** What was said and not yet confirmed: kept on this device, and sent by one tab until the server has it. */

import { strands, Uploader } from "./upload.js";

/** @typedef {import("./upload.js").Upload} Upload */
/** @typedef {import("./clip-store.js").ClipStore} ClipStore */

/** A disk that takes longer is taken for one that does not answer. */
export const STORE_LIMIT_MS = 3000;
/** Nothing can be opened anew while it is still being cleared. */
export const CLEARING_MS = 500;
/** How long another tab may hold a clip before this one sends it too; the server makes one clip of both. */
export const LONGEST_CLAIM_MS = 120_000;

/**
 * @typedef {object} UploadCounts
 * @property {number} nPending
 * @property {number} nInMemory would be lost with this page
 * @property {number} nStored
 * @property {number} nStranded kept here, though the server does not want them
 * @property {boolean} isStruggling
 */

/**
 * @typedef {object} OutboxOptions
 * @property {(onCleared: () => void) => Promise<ClipStore>} openStore
 * @property {(upload: Upload) => Promise<Upload>} encode what is sent in place of an upload that `wantsOpus`
 * @property {Pick<LockManager, "request"> | undefined} locks undefined: this browser has none
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} random 0 to 1
 * @property {(id: string) => void} onStored
 * @property {(upload: Upload, refusal: import("../api.js").ApiError) => void} onRefused
 * @property {(counts: UploadCounts) => void} onChange
 */

/** @typedef {{upload: Upload, isKept: boolean, isOver: () => void}} Entry */

export class Outbox {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** Tried again by the next page: until then they can be saved as a file, or thrown away by the person. */
  #stranded = /** @type {Map<string, Entry>} */ (new Map());
  #confirmed = /** @type {Map<string, {visitId: string, position: number}>} */ (new Map());
  #writing = /** @type {Set<Promise<unknown>>} */ (new Set());
  #visitId = "";
  #isStruggling = false;
  #options;
  #uploader;
  #store;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.#options = options;
    this.#uploader = new Uploader({
      ...options,
      onStored: (id) => void this.#confirm(id),
      onRefused: (id, refusal) => void this.#refuse(id, refusal),
      onChange: ({ isStruggling }) => {
        this.#isStruggling = isStruggling;
        this.#changed();
      },
    });
    this.#store = this.#open();
    void this.takeUp();
  }

  #open() {
    const open = async () => this.#options.openStore(() => void this.#writeAllAgain());
    return this.#inTime(open(), null);
  }

  /**
   * Keeps a clip and sends it. Resolves once it is on the disk, or the disk has failed or not answered:
   * the clip then lives in memory until it is sent.
   * @param {Upload} made
   */
  async keep(made) {
    const upload = { ...made, replaces: this.#uploader.replaced(made.replaces) };
    const entry = this.#enter(upload, false);
    const writing = this.#inTime(this.#write(entry), undefined);
    this.#writing.add(writing);
    await writing.finally(() => this.#writing.delete(writing));
    void this.#deliver(entry);
  }

  /** Resolves once nothing is being written down any more. */
  async written() {
    await Promise.all(this.#writing);
  }

  /** Sends what an earlier page, or a tab that is gone, left on this device. */
  async takeUp() {
    const store = await this.#store;
    const uploads = store ? await this.#inTime(store.all(), []) : [];
    for (const upload of uploads) {
      if (this.#holds(upload.id) || this.#confirmed.has(upload.id)) continue;
      void this.#deliver(this.#enter(upload, true));
    }
  }

  /**
   * @param {string} visitId
   * @returns {Promise<number[]>} positions of the visit that were said, whatever the server knows of them yet
   */
  async positionsOf(visitId) {
    await this.takeUp(); // another tab may have said some since
    const uploads = [...this.#entries.values()].map(({ upload }) => upload);
    const said = [...uploads, ...this.#confirmed.values()].filter((clip) => clip.visitId === visitId);
    return said.map(({ position }) => position);
  }

  /**
   * From now on the stored clips of this visit are counted.
   * @param {{id: string, clips: {id: string, position: number}[]}} visit
   */
  follow(visit) {
    this.#visitId = visit.id;
    for (const { id, position } of visit.clips) this.#confirmed.set(id, { visitId: visit.id, position });
    this.#changed();
  }

  /**
   * Whether recordings outlive this page here.
   * @param {() => Promise<StorageEstimate>} estimate
   * @param {number} nNeededBytes
   * @returns {Promise<"kept" | "nearly-full" | "not-kept">}
   */
  async durability(estimate, nNeededBytes) {
    const store = await this.#store;
    const isProved = store !== null && (await this.#inTime(store.prove().then(() => true), false));
    if (!isProved) return "not-kept";
    const { quota, usage } = await estimate().catch(() => ({ quota: undefined, usage: undefined }));
    return quota !== undefined && quota - (usage ?? 0) < nNeededBytes ? "nearly-full" : "kept";
  }

  /** The connection came back: do not wait out the pauses. */
  hurry() {
    this.#uploader.hurry();
    void this.takeUp();
  }

  /**
   * Forgets all of one speaker, here and on the disk.
   * @param {string} token
   */
  async forget(token) {
    this.#uploader.forget(token);
    const store = await this.#store;
    const stored = store ? await this.#inTime(store.all(), []) : [];
    const held = [...this.#entries.values(), ...this.#stranded.values()].map(({ upload }) => upload);
    const ids = [...stored, ...held].filter((upload) => upload.token === token).map(({ id }) => id);
    await Promise.all([...new Set(ids)].map((id) => this.#remove(id)));
  }

  /** @returns {Upload[]} what the server does not want and this device still keeps */
  stranded() {
    return [...this.#stranded.values()].map(({ upload }) => upload);
  }

  /** The person has said that they may go. */
  async discardStranded() {
    await Promise.all([...this.#stranded.keys()].map((id) => this.#remove(id)));
  }

  /**
   * @param {Upload} upload
   * @param {boolean} isKept
   */
  #enter(upload, isKept) {
    const entry = { upload, isKept, isOver: () => {} };
    this.#entries.set(upload.id, entry);
    this.#changed();
    return entry;
  }

  /** @param {string} id */
  #holds(id) {
    return this.#entries.has(id) || this.#stranded.has(id);
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<void>}
   */
  async #write(entry) {
    const store = await this.#store;
    if (!store) return;
    const { upload } = entry;
    await store.put(upload);
    if (!this.#holds(upload.id)) return store.delete(upload.id); // over before it was written
    if (entry.upload !== upload) return this.#write(entry); // encoded meanwhile
    entry.isKept = true;
    this.#changed();
  }

  /** What was kept here was cleared, while this page still has it. */
  async #writeAllAgain() {
    const entries = [...this.#entries.values(), ...this.#stranded.values()];
    for (const entry of entries) entry.isKept = false;
    this.#store = this.#options.wait(CLEARING_MS).then(() => this.#open());
    this.#changed();
    await Promise.all(entries.map((entry) => this.#inTime(this.#write(entry), undefined)));
  }

  /** There may be room on the disk now. */
  async #writeOneAgain() {
    const entry = [...this.#entries.values()].find(({ isKept }) => !isKept);
    if (entry && this.#writing.size === 0) await this.#inTime(this.#write(entry), undefined);
  }

  /**
   * One tab sends a clip; the others wait for it, and see that it is gone.
   * @param {Entry} entry
   */
  async #deliver(entry) {
    const { locks } = this.#options;
    if (!locks) return this.#send(entry);
    let isGranted = false;
    const claim = { signal: AbortSignal.timeout(LONGEST_CLAIM_MS) };
    const granted = () => {
      isGranted = true;
      return this.#send(entry);
    };
    const sending = locks.request(`speechapp.clip.${entry.upload.id}`, claim, granted);
    await sending.catch(() => (isGranted ? undefined : this.#send(entry)));
  }

  /**
   * Resolves once the clip is over: confirmed, refused or forgotten.
   * @param {Entry} entry
   */
  async #send(entry) {
    const { id } = entry.upload;
    const fate = entry.isKept ? await this.#fateOf(id) : "gone";
    if (fate === "confirmed") return this.#confirm(id); // another tab was faster
    entry.isKept = fate === "kept";
    if (entry.upload.wantsOpus) await this.#encode(entry);
    if (this.#entries.get(id) !== entry) return; // forgotten meanwhile
    await new Promise((resolve) => {
      entry.isOver = () => resolve(undefined);
      this.#uploader.add(entry.upload);
    });
  }

  /** @param {string} id */
  async #fateOf(id) {
    const store = await this.#store;
    return store ? this.#inTime(store.fateOf(id), "kept") : "gone";
  }

  /**
   * Before a clip is sent the first time, and for good: the server takes an id with one hash only, so what will be
   * sent is on the disk first, whoever is killed when.
   * @param {Entry} entry
   */
  async #encode(entry) {
    const { id } = entry.upload;
    const made = await this.#options.encode(entry.upload).catch(() => entry.upload);
    const encoded = { ...made, replaces: entry.upload.replaces, wantsOpus: false };
    entry.upload = encoded;
    const store = await this.#store;
    if (!store || !entry.isKept || this.#entries.get(id) !== entry) return;
    const standing = await this.#inTime(store.settle(encoded), encoded);
    entry.upload = standing ?? encoded;
  }

  /** @param {string} id */
  async #confirm(id) {
    const upload = this.#entries.get(id)?.upload;
    if (!upload) return;
    const store = await this.#store;
    if (store) await this.#inTime(store.confirm(id).catch(() => store.delete(id)), undefined);
    this.#confirmed.set(id, upload);
    this.#leave(id);
    this.#options.onStored(id);
    await this.#writeOneAgain();
  }

  /**
   * @param {string} id
   * @param {import("../api.js").ApiError} refusal
   */
  async #refuse(id, refusal) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (strands(refusal.status)) {
      this.#stranded.set(id, entry);
      this.#leave(id);
    } else {
      await this.#passOn(entry.upload);
      await this.#remove(id);
    }
    this.#options.onRefused(entry.upload, refusal);
  }

  /**
   * What was to replace a refused clip replaces instead what that one was to replace, also after a reload.
   * @param {Upload} refused
   */
  async #passOn(refused) {
    for (const entry of this.#entries.values()) {
      if (entry.upload.replaces !== refused.id) continue;
      entry.upload.replaces = refused.replaces;
      if (entry.isKept) await this.#inTime(this.#write(entry), undefined);
    }
  }

  /** @param {string} id */
  async #remove(id) {
    const store = await this.#store;
    if (store) await this.#inTime(store.delete(id), undefined);
    this.#stranded.delete(id);
    this.#leave(id);
  }

  /** @param {string} id */
  #leave(id) {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.isOver();
    this.#changed();
  }

  #changed() {
    const entries = [...this.#entries.values(), ...this.#stranded.values()];
    this.#options.onChange({
      nPending: this.#entries.size,
      nInMemory: entries.filter(({ isKept }) => !isKept).length,
      nStored: [...this.#confirmed.values()].filter(({ visitId }) => visitId === this.#visitId).length,
      nStranded: this.#stranded.size,
      isStruggling: this.#isStruggling,
    });
  }

  /**
   * What the disk answers; the alternative where it fails or does not answer.
   * @template T, U
   * @param {Promise<T>} answer
   * @param {U} alternative
   * @returns {Promise<T | U>}
   */
  #inTime(answer, alternative) {
    const late = this.#options.wait(STORE_LIMIT_MS).then(() => alternative);
    return Promise.race([answer.catch(() => alternative), late]);
  }
}
