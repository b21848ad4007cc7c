import assert from "node:assert/strict";
import test from "node:test";

import { Disk, Locks, Tab, settled, upload } from "./outbox-scene.js";

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
