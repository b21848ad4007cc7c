import assert from "node:assert/strict";
import test from "node:test";

import { STORE_LIMIT_MS } from "../../static/js/record/outbox.js";
import { Disk, Locks, Tab, settled, upload } from "./outbox-scene.js";

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
