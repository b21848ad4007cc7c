import assert from "node:assert/strict";
import test from "node:test";

import { Outbox, STORE_LIMIT_MS } from "../../static/js/record/outbox.js";

/** @typedef {import("../../static/js/record/upload.js").Upload} Upload */
/** @typedef {{id: string, replaces: string | null, answer: (it: Response) => void}} Request */

/** A disk like clip-store.js, which does what the test says. */
class Disk {
  clips = /** @type {Map<string, Upload>} */ (new Map());
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
  /** @param {string} id */
  async has(id) {
    return this.clips.has(id);
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
  outbox;

  /**
   * @param {Disk | null} disk null: this browser has none
   * @param {Locks} [locks]
   */
  constructor(disk, locks) {
    this.outbox = new Outbox({
      openStore: async () => {
        if (!disk) throw new DOMException("", "InvalidStateError");
        return disk;
      },
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

  /** @param {Upload} made */
  async keep(made) {
    await this.outbox.keep(made);
    await settled();
  }

  /** @param {number} index */
  async confirm(index) {
    this.requests[index].answer(Response.json({ clip: { sha256: "5a" } }, { status: 201 }));
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
  return { id: metadata.clip_id, replaces: metadata.replaces };
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
  tab.requests[0].answer(Response.json({ clip: { sha256: "ff" } }, { status: 201 }));
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
