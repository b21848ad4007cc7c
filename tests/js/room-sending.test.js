import assert from "node:assert/strict";
import test from "node:test";

import { sendNoise } from "../../static/js/room/sending.js";

const AUDIO = new Blob(["RIFF and so on"], { type: "audio/wav" });
const NOISE = { id: "n", token: "t", visitId: "v", audio: AUDIO, sha256: "5a", settings: { channelCount: 1 } };
const STORED = () => Response.json({ noise: { id: "n", sha256: "5a" } }, { status: 201 });
const OFFLINE = () => {
  throw new TypeError("offline");
};

/**
 * @param {number} status
 * @param {string} code
 * @param {Record<string, string>} [headers]
 */
const refused = (status, code, headers) => () =>
  Response.json({ error: { code, message: `${code}.` } }, { status, headers });

/** @param {(() => Response)[]} answers one for each request; a request more fails the test */
async function sent(...answers) {
  const requests = /** @type {RequestInit[]} */ ([]);
  const waits = /** @type {number[]} */ ([]);
  const error = await sendNoise(NOISE, {
    fetch: async (url, init) => {
      assert.equal(url, "/api/room-noises");
      requests.push(init);
      const answer = answers[requests.length - 1];
      assert.ok(answer, "asked once too often");
      return answer();
    },
    wait: async (ms) => void waits.push(ms),
    random: () => 0,
  });
  return { error, requests, waits };
}

test("the server gets the noise, what is known of it, and whose it is", async () => {
  const { error, requests, waits } = await sent(STORED);
  assert.equal(error, null);
  assert.deepEqual(waits, []);
  const { method, headers, body } = requests[0];
  const form = /** @type {FormData} */ (body);
  assert.deepEqual([method, headers], ["POST", { Authorization: "Bearer t", Accept: "application/json" }]);
  assert.deepEqual(JSON.parse(String(form.get("metadata"))), {
    noise_id: "n",
    visit_id: "v",
    n_bytes: AUDIO.size,
    sha256: "5a",
    settings: { channelCount: 1 },
  });
  const audio = /** @type {File} */ (form.get("audio"));
  assert.deepEqual([audio.name, audio.size], ["n.wav", AUDIO.size]);
});

test("it is sent again after pauses that grow, while the server is not reached or not well", async () => {
  const { error, requests, waits } = await sent(OFFLINE, refused(503, "storage_full"), () => new Response("<html>"), STORED);
  assert.equal(error, null);
  assert.equal(requests.length, 4);
  assert.deepEqual(waits, [1000, 2000, 4000]);
});

test("it waits as long as it is asked to", async () => {
  assert.deepEqual((await sent(refused(429, "busy", { "Retry-After": "20" }), STORED)).waits, [20_000]);
});

test("an answer about other bytes, or by somebody else, counts for nothing", async () => {
  const other = () => Response.json({ noise: { id: "n", sha256: "00" } }, { status: 201 });
  const portal = () => new Response("Log in to this network", { status: 403 });
  assert.equal((await sent(other, portal, STORED)).error, null);
});

test("what the server refuses is not sent again", async () => {
  const { error, requests } = await sent(refused(410, "speaker_withdrawn"));
  assert.deepEqual([error?.status, error?.code, error?.message], [410, "speaker_withdrawn", "speaker_withdrawn."]);
  assert.equal(requests.length, 1);
});

test("bytes that changed on their way are sent three times before that is believed", async () => {
  const damaged = refused(422, "hash_mismatch");
  assert.equal((await sent(damaged, damaged, STORED)).error, null);
  assert.equal((await sent(damaged, damaged, damaged)).error?.code, "hash_mismatch");
});
