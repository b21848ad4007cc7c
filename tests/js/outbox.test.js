import assert from "node:assert/strict";
import test from "node:test";

import { CLEARING_MS, Outbox, STORE_LIMIT_MS } from "../../static/js/record/outbox.js";

/** @typedef {import("../../static/js/record/upload.js").Upload} Upload */
/** @typedef {{id: string, sha256: string, replaces: string | null, answer: (it: Response) => void}} Request */

/** A disk like clip-store.js, which does what the test says. */
class Disk {
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
class Locks {
  #rows = /** @type {Map<string, Promise<unknown>>} */ (new Map());

  /** @type {any} */
  request = (/** @type {string} */ name, /** @type {any} */ _, /** @type {() => Promise<unknown>} */ hold) => {
    const held = (this.#rows.get(name) ?? Promise.resolve()).then(hold);
    this.#rows.set(name, held);
    return held;
  };
}

/** One tab with its outbox, and a server and a clock that do what the test says. */
class Tab {
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
function upload(id, more = {}) {
  const audio = new Blob(["RIFF"], { type: "audio/wav" });
  const prompt = { position: 3, word: "yes" };
  return { id, token: "t", visitId: "v", ...prompt, replaces: null, audio, sha256: "5a", settings: {}, ...more };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a clip is on the disk before it counts as kept, and until the server has confirmed it", async () => {
  const disk = new Disk();
  const tab = new Tab(disk, new Locks());
  await tab.outbox.keep(upload("a"));
  assert.deepEqual(disk.ids(), ["a"]);
  await settled();
  assert.deepEqual([tab.ids(), disk.ids()], [["a"], ["a"]]);
  await tab.confirm(0);
  assert.deepEqual([tab.stored, disk.ids(), tab.counts.nPending], [["a"], [], 0]);
});

test("the next word waits until the last one is written down", async () => {
  const tab = new Tab(new Disk());
  void tab.outbox.keep(upload("a"));
  assert.equal(tab.counts.nInMemory, 1);
  await tab.outbox.written();
  assert.deepEqual([tab.counts.nPending, tab.counts.nInMemory], [1, 0]);
});

test("an answer with another hash leaves the clip on the disk", async () => {
  const disk = new Disk();
  const tab = new Tab(disk);
  await tab.keep(upload("a"));
  tab.requests[0].answer(Response.json({ clip: { sha256: "another" } }, { status: 201 }));
  await settled();
  assert.deepEqual([disk.ids(), tab.stored, tab.counts.isStruggling], [["a"], [], true]);
});

test("what an earlier page left behind is sent, and its words count as said", async () => {
  const disk = new Disk(upload("a", { position: 4 }), upload("b", { visitId: "another", token: "another" }));
  const tab = new Tab(disk, new Locks());
  assert.deepEqual(await tab.outbox.positionsOf("v"), [4]);
  await settled();
  assert.deepEqual([tab.ids(), tab.counts.nPending], [["a", "b"], 2]);
  await tab.confirm(0);
  await tab.confirm(1);
  assert.deepEqual([disk.ids(), tab.counts.nPending], [[], 0]);
  assert.deepEqual(await tab.outbox.positionsOf("v"), [4]);
});

test("a clip that was confirmed before the visit came is counted once", async () => {
  const tab = new Tab(new Disk(upload("a")));
  await settled();
  await tab.confirm(0);
  tab.outbox.follow({ id: "v", clips: [{ id: "a", position: 3 }] });
  assert.equal(tab.counts.nStored, 1);
});

test("clips of another visit are sent, and not counted with this one", async () => {
  const tab = new Tab(new Disk(upload("a", { visitId: "another" })));
  tab.outbox.follow({ id: "v", clips: [{ id: "x", position: 0 }] });
  await settled();
  await tab.confirm(0);
  assert.deepEqual([tab.stored, tab.counts.nStored], [["a"], 1]);
});

test("two tabs send a clip once", async () => {
  const [disk, locks] = [new Disk(upload("a")), new Locks()];
  const [one, other] = [new Tab(disk, locks), new Tab(disk, locks)];
  await settled();
  assert.deepEqual([one.ids(), other.ids()], [["a"], []]);
  assert.equal(other.counts.nPending, 1);
  await one.confirm(0);
  assert.deepEqual([other.ids(), other.stored, other.counts.nPending], [[], ["a"], 0]);
});

test("without locks both tabs send, the server makes one clip, and both know it", async () => {
  const disk = new Disk(upload("a"));
  const [one, other] = [new Tab(disk), new Tab(disk)];
  await settled();
  await one.confirm(0);
  await other.confirm(0);
  assert.deepEqual([one.stored, other.stored, disk.ids()], [["a"], ["a"], []]);
});

test("a lock that cannot be had does not hold a clip back", async () => {
  const locks = new Locks();
  locks.request = () => Promise.reject(new DOMException("", "TimeoutError"));
  const tab = new Tab(new Disk(upload("a")), locks);
  await settled();
  assert.deepEqual(tab.ids(), ["a"]);
});

test("coming back to the page takes up what another tab left, and nothing twice", async () => {
  const disk = new Disk();
  const tab = new Tab(disk);
  await tab.keep(upload("a"));
  disk.clips.set("b", upload("b"));
  await tab.outbox.takeUp();
  await tab.outbox.takeUp();
  await settled();
  assert.deepEqual(tab.ids(), ["a", "b"]);
});

test("on a full disk the clip lives in memory, and is sent all the same", async () => {
  const disk = new Disk();
  disk.isFull = true;
  const tab = new Tab(disk);
  await tab.keep(upload("a"));
  assert.deepEqual([tab.ids(), tab.counts.nInMemory], [["a"], 1]);
  await tab.confirm(0);
  assert.deepEqual([tab.stored, tab.counts.nInMemory], [["a"], 0]);
});

test("what lives in memory is written down once there is room", async () => {
  const disk = new Disk();
  disk.isFull = true;
  const tab = new Tab(disk);
  await tab.keep(upload("a"));
  await tab.keep(upload("b"));
  assert.equal(tab.counts.nInMemory, 2);
  disk.isFull = false;
  await tab.confirm(0);
  assert.deepEqual([disk.ids(), tab.counts.nInMemory], [["b"], 0]);
});

test("a disk that was cleared confirms nothing: what is here is written down again, and sent", async () => {
  const [disk, locks] = [new Disk(upload("a")), new Locks()];
  const [one, other] = [new Tab(disk, locks), new Tab(disk, locks)];
  await settled();
  disk.clips.clear();
  disk.isFull = true;
  await other.clear();
  assert.deepEqual([other.counts.nPending, other.counts.nInMemory], [1, 1]);
  disk.isFull = false;
  await other.clear();
  assert.deepEqual([disk.ids(), other.counts.nInMemory], [["a"], 0]);
  disk.clips.clear();
  await one.refuse(0, 422);
  assert.deepEqual([other.ids(), other.stored], [["a"], []]);
  await other.confirm(0);
  assert.deepEqual(other.stored, ["a"]);
});

test("without a disk recording goes on in memory", async () => {
  const tab = new Tab(null);
  await tab.keep(upload("a"));
  assert.deepEqual([tab.ids(), tab.counts.nInMemory], [["a"], 1]);
});

test("a disk that does not answer holds nothing up", async () => {
  const disk = new Disk();
  disk.isDead = true;
  const tab = new Tab(disk);
  void tab.outbox.keep(upload("a"));
  await settled();
  assert.deepEqual(tab.ids(), []);
  for (const { ms, pass } of tab.waits) if (ms === STORE_LIMIT_MS) pass();
  await settled();
  assert.deepEqual([tab.ids(), tab.counts.nInMemory], [["a"], 1]);
});

test("a final refusal takes the clip off the disk", async () => {
  const disk = new Disk(upload("a"));
  const tab = new Tab(disk);
  await settled();
  await tab.refuse(0, 422);
  assert.deepEqual([tab.refused, disk.ids(), tab.counts.nPending], [[["a", 422]], [], 0]);
  assert.deepEqual(await tab.outbox.positionsOf("v"), []);
});

for (const status of [401, 403, 404]) {
  test(`a clip refused with ${status} stays on the disk, and the next page tries it again`, async () => {
    const disk = new Disk(upload("a"));
    const tab = new Tab(disk);
    await settled();
    await tab.refuse(0, status);
    await tab.outbox.takeUp();
    tab.outbox.hurry();
    await settled();
    assert.deepEqual([tab.refused, tab.ids(), disk.ids()], [[["a", status]], ["a"], ["a"]]);
    assert.deepEqual([tab.counts.nPending, tab.counts.nStranded], [0, 1]);
    const next = new Tab(disk);
    await settled();
    await next.confirm(0);
    assert.deepEqual([next.stored, disk.ids(), next.counts.nStranded], [["a"], [], 0]);
  });
}

test("a redo of a stranded clip still replaces it: both may arrive later", async () => {
  const tab = new Tab(new Disk());
  await tab.keep(upload("a"));
  await tab.keep(upload("b", { replaces: "a" }));
  await tab.refuse(0, 404);
  assert.deepEqual(
    tab.requests.map(({ id, replaces }) => [id, replaces]),
    [
      ["a", null],
      ["b", "a"],
    ],
  );
});

test("stranded clips are there to be saved as a file, until the person throws them away", async () => {
  const disk = new Disk(upload("a"), upload("b"));
  const tab = new Tab(disk);
  await settled();
  await tab.refuse(0, 401);
  assert.deepEqual(
    tab.outbox.stranded().map(({ id }) => id),
    ["a"],
  );
  await tab.outbox.discardStranded();
  assert.deepEqual([tab.outbox.stranded(), disk.ids(), tab.counts.nStranded], [[], ["b"], 0]);
});

test("a stranded clip that only lives in memory still asks before the page is closed", async () => {
  const tab = new Tab(null);
  await tab.keep(upload("a"));
  await tab.refuse(0, 401);
  assert.deepEqual([tab.counts.nPending, tab.counts.nInMemory], [0, 1]);
});

test("a redo of a refused clip replaces what that one was to replace, also after a reload", async () => {
  const disk = new Disk();
  const tab = new Tab(disk);
  await tab.keep(upload("b", { replaces: "a" }));
  await tab.keep(upload("c", { replaces: "b" }));
  await tab.refuse(0, 422);
  assert.equal(disk.clips.get("c")?.replaces, "a");
  await tab.keep(upload("d", { replaces: "b" }));
  assert.equal(disk.clips.get("d")?.replaces, "a");
});

test("withdrawing clears the disk of that speaker, and of nobody else", async () => {
  const disk = new Disk(upload("a"), upload("b", { token: "another" }));
  const tab = new Tab(disk, new Locks());
  await settled();
  await tab.outbox.forget("t");
  assert.deepEqual([disk.ids(), tab.counts.nPending], [["b"], 1]);
  await tab.confirm(0);
  assert.deepEqual(tab.stored, []);
});

const small = (/** @type {string} */ id) => upload(id, { wantsOpus: true });

test("data saver: the clip is kept at once, and encoded before it is sent", async () => {
  const disk = new Disk();
  const tab = new Tab(disk, new Locks());
  await tab.keep(small("a"));
  assert.deepEqual([disk.clips.get("a")?.sha256, tab.ids()], ["5a", []]);
  await tab.encodings[0].finish("c0");
  assert.deepEqual([disk.clips.get("a")?.sha256, disk.clips.get("a")?.wantsOpus], ["c0", false]);
  assert.equal(tab.requests[0].sha256, "c0");
});

test("data saver: what was encoded once is never encoded again, so id and hash stay together", async () => {
  const disk = new Disk();
  const killed = new Tab(disk);
  await killed.keep(small("a"));
  await killed.encodings[0].finish("c0");
  const next = new Tab(disk);
  await settled();
  assert.deepEqual([next.encodings, next.requests.map(({ sha256 }) => sha256)], [[], ["c0"]]);
});

test("data saver: a page that was killed while encoding leaves the recording to the next", async () => {
  const disk = new Disk();
  await new Tab(disk).keep(small("a"));
  const next = new Tab(disk);
  await settled();
  await next.encodings[0].finish("c0");
  await next.confirm(0);
  assert.deepEqual([next.stored, disk.ids()], [["a"], []]);
});

test("data saver: of two tabs that encode the same clip both send the same bytes", async () => {
  const disk = new Disk(small("a"));
  const [one, other] = [new Tab(disk), new Tab(disk)];
  await settled();
  await one.encodings[0].finish("c0");
  await other.encodings[0].finish("c1");
  assert.deepEqual([one.requests[0].sha256, other.requests[0].sha256], ["c0", "c0"]);
});

test("data saver: without an encoder the recording is sent as it is, and stays so", async () => {
  const disk = new Disk();
  const tab = new Tab(disk);
  await tab.keep(small("a"));
  await tab.encodings[0].finish();
  assert.deepEqual([tab.requests[0].sha256, disk.clips.get("a")?.wantsOpus], ["5a", false]);
});

test("data saver: on a full disk the encoded clip is sent from memory", async () => {
  const disk = new Disk();
  disk.isFull = true;
  const tab = new Tab(disk);
  await tab.keep(small("a"));
  await tab.encodings[0].finish("c0");
  await tab.confirm(0);
  assert.deepEqual(tab.stored, ["a"]);
});

test("data saver: a clip that is taken back while it is encoded is not sent", async () => {
  const disk = new Disk();
  const tab = new Tab(disk);
  await tab.keep(small("a"));
  await tab.outbox.forget("t");
  await tab.encodings[0].finish("c0");
  assert.deepEqual([tab.ids(), disk.ids()], [[], []]);
});

test("it is known before the first word whether recordings outlive the page", async () => {
  const full = new Disk();
  full.isFull = true;
  const roomy = async () => ({ quota: 1000, usage: 100 });
  const silent = () => Promise.reject(new TypeError("no estimate here"));
  assert.equal(await new Tab(new Disk()).outbox.durability(roomy, 900), "kept");
  assert.equal(await new Tab(new Disk()).outbox.durability(roomy, 901), "nearly-full");
  assert.equal(await new Tab(new Disk()).outbox.durability(silent, 901), "kept");
  assert.equal(await new Tab(full).outbox.durability(roomy, 1), "not-kept");
  assert.equal(await new Tab(null).outbox.durability(roomy, 1), "not-kept");
});
