import assert from "node:assert/strict";
import test from "node:test";

import { fileNameOf, Uploader, waitMs } from "../../static/js/record/upload.js";

/** @typedef {{metadata: any, headers: any, audio: Blob, answer: (it: Response) => void, fail: () => void}} Request */

/** A server and a clock that do what the test says, when it says so. */
class Backstage {
  requests = /** @type {Request[]} */ ([]);
  looks = /** @type {{answer: (it: Response) => void, fail: () => void}[]} */ ([]);
  waits = /** @type {{ms: number, pass: () => void}[]} */ ([]);
  stored = /** @type {string[]} */ ([]);
  refused = /** @type {[string, number, string][]} */ ([]);
  counts = /** @type {any} */ (null);
  uploader = new Uploader({
    fetch: (url, init) => this.#fetch(url, init),
    wait: (ms) => new Promise((resolve) => void this.waits.push({ ms, pass: resolve })),
    random: () => 0,
    onStored: (id) => void this.stored.push(id),
    onRefused: (id, error) => void this.refused.push([id, error.status, error.code]),
    onChange: (counts) => (this.counts = counts),
  });

  /** @type {(url: string, init: RequestInit) => Promise<Response>} */
  #fetch(url, init) {
    if (init.method !== "POST") return this.#look(url, init);
    assert.equal(url, "/api/clips");
    const form = /** @type {FormData} */ (init.body);
    return new Promise((resolve, reject) => {
      const metadata = JSON.parse(String(form.get("metadata")));
      const audio = /** @type {Blob} */ (form.get("audio"));
      this.requests.push({
        metadata,
        headers: init.headers,
        audio,
        answer: resolve,
        fail: () => reject(new TypeError("offline")),
      });
    });
  }

  /** @type {(url: string, init: RequestInit) => Promise<Response>} */
  #look(url, init) {
    assert.equal(url, "/api/visits/v");
    const headers = /** @type {any} */ (init.headers);
    assert.equal(headers.Authorization, "Bearer t");
    return new Promise((resolve, reject) => {
      this.looks.push({ answer: resolve, fail: () => reject(new TypeError("offline")) });
    });
  }

  /** @param {string[]} ids */
  add(...ids) {
    for (const id of ids) this.uploader.add(upload(id));
  }

  ids() {
    return this.requests.map(({ metadata }) => metadata.clip_id);
  }
}

/**
 * @param {string} id
 * @param {string | null} replaces
 */
function upload(id, replaces = null) {
  const audio = new Blob(["RIFF"], { type: "audio/wav" });
  return {
    id,
    token: "t",
    visitId: "v",
    position: 3,
    word: "yes",
    replaces,
    audio,
    sha256: "5a",
    settings: { channelCount: 1 },
  };
}

const created = () => Response.json({ clip: { sha256: "5a" } }, { status: 201 });
/** @type {(status: number, code: string) => Response} */
const refusal = (status, code) => Response.json({ error: { code, message: "No." } }, { status });
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a clip is sent at once, with all the server wants to know", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  const [{ metadata, headers, audio }] = backstage.requests;
  assert.deepEqual(metadata, {
    clip_id: "a",
    visit_id: "v",
    position: 3,
    word: "yes",
    n_bytes: 4,
    sha256: "5a",
    settings: { channelCount: 1 },
    replaces: null,
    media_type: "audio/wav",
  });
  assert.equal(headers.Authorization, "Bearer t");
  assert.equal(await audio.text(), "RIFF");
});

test("a stored clip is done", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  assert.deepEqual(backstage.counts, { nPending: 1, isStruggling: false });
  backstage.requests[0].answer(created());
  await settled();
  assert.deepEqual(backstage.stored, ["a"]);
  assert.deepEqual(backstage.counts, { nPending: 0, isStruggling: false });
});

test("at most three are on the way at once", async () => {
  const backstage = new Backstage();
  backstage.add("a", "b", "c", "d");
  assert.deepEqual(backstage.ids(), ["a", "b", "c"]);
  backstage.requests[1].answer(created());
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "b", "c", "d"]);
});

test("an unreachable server is asked again with the same clip", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.requests[0].fail();
  await settled();
  assert.deepEqual(backstage.counts, { nPending: 1, isStruggling: true });
  assert.deepEqual(
    backstage.waits.map(({ ms }) => ms),
    [1000],
  );
  backstage.waits[0].pass();
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "a"]);
  backstage.requests[1].answer(created());
  await settled();
  assert.deepEqual(backstage.counts, { nPending: 0, isStruggling: false });
});

for (const status of [408, 429, 500, 503]) {
  test(`${status} is passing: the clip is sent again`, async () => {
    const backstage = new Backstage();
    backstage.add("a");
    backstage.requests[0].answer(refusal(status, "later"));
    await settled();
    assert.deepEqual([backstage.waits.length, backstage.refused], [1, []]);
  });
}

for (const status of [400, 401, 404, 409, 413, 415, 422]) {
  test(`${status} is final: the clip is refused and never sent again`, async () => {
    const backstage = new Backstage();
    backstage.add("a");
    backstage.requests[0].answer(refusal(status, "because"));
    await settled();
    assert.deepEqual(backstage.refused, [["a", status, "because"]]);
    assert.deepEqual([backstage.waits, backstage.counts.nPending], [[], 0]);
  });
}

test("a clip that rests lets the others pass", async () => {
  const backstage = new Backstage();
  backstage.add("a", "b", "c", "d");
  backstage.requests[0].answer(refusal(500, "broken"));
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "b", "c", "d"]);
});

test("when the connection comes back nobody waits, and no clip is sent twice for it", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.requests[0].fail();
  await settled();
  backstage.uploader.hurry();
  assert.deepEqual(backstage.ids(), ["a", "a"]);
  backstage.waits[0].pass();
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "a"]);
});

test("a pause that was cut short does not end the next one early", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.requests[0].fail();
  await settled();
  backstage.uploader.hurry();
  backstage.requests[1].fail();
  await settled();
  backstage.waits[0].pass();
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "a"]);
  backstage.waits[1].pass();
  await settled();
  assert.deepEqual(backstage.ids(), ["a", "a", "a"]);
});

test("a redo waits until the clip it replaces is known", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.uploader.add(upload("b", "a"));
  assert.deepEqual(backstage.ids(), ["a"]);
  backstage.requests[0].answer(created());
  await settled();
  assert.deepEqual(backstage.requests[1].metadata.replaces, "a");
});

test("a redo of a refused clip replaces what that one was to replace", async () => {
  const backstage = new Backstage();
  backstage.uploader.add(upload("b", "a"));
  backstage.requests[0].answer(refusal(422, "word_not_prompted"));
  await settled();
  backstage.uploader.add(upload("c", "b"));
  assert.equal(backstage.requests[1].metadata.replaces, "a");
});

test("what a speaker takes back is forgotten, also when its answer comes late", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.uploader.forget("t");
  backstage.requests[0].answer(created());
  await settled();
  assert.deepEqual([backstage.stored, backstage.counts], [[], { nPending: 0, isStruggling: false }]);
});

test("forgetting one speaker leaves the clips of another on their way", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.uploader.forget("somebody else");
  backstage.requests[0].answer(created());
  await settled();
  assert.deepEqual(backstage.stored, ["a"]);
});

const NO_RECEIPTS = {
  "another hash": () => Response.json({ clip: { sha256: "ff" } }, { status: 201 }),
  "no hash": () => Response.json({ clip: {} }, { status: 200 }),
  "the page of a borrowed network": () => new Response("<h1>Please log in</h1>"),
};

for (const [answer, make] of Object.entries(NO_RECEIPTS)) {
  test(`${answer} confirms nothing: the clip is sent again`, async () => {
    const backstage = new Backstage();
    backstage.add("a");
    backstage.requests[0].answer(make());
    await settled();
    assert.deepEqual([backstage.stored, backstage.refused, backstage.waits.length], [[], [], 1]);
    backstage.waits[0].pass();
    await settled();
    backstage.requests[1].answer(created());
    await settled();
    assert.deepEqual(backstage.stored, ["a"]);
  });
}

for (const status of [401, 403, 404, 413]) {
  test(`${status} from somebody who is not our server refuses nothing: the clip is sent again`, async () => {
    const backstage = new Backstage();
    backstage.add("a");
    backstage.requests[0].answer(new Response("<h1>Please pay first</h1>", { status }));
    await settled();
    assert.deepEqual([backstage.refused, backstage.waits.length], [[], 1]);
  });
}

test("bytes that changed on their way are sent again, and not for ever", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  for (const nTries of [1, 2]) {
    backstage.requests[nTries - 1].answer(refusal(422, "hash_mismatch"));
    await settled();
    backstage.waits[nTries - 1].pass();
    await settled();
  }
  assert.deepEqual([backstage.ids(), backstage.refused], [["a", "a", "a"], []]);
  backstage.requests[2].answer(refusal(422, "hash_mismatch"));
  await settled();
  assert.deepEqual(backstage.refused, [["a", 422, "hash_mismatch"]]);
});

const VISITS = {
  "holds it": [{ visit: { clips: [{ id: "a", position: 3 }] } }, "stored"],
  "does not hold it": [{ visit: { clips: [{ id: "b", position: 3 }] } }, "refused"],
  "is not to be seen": [{ error: { code: "broken" } }, "again"],
};

for (const [what, [answer, verdict]] of Object.entries(VISITS)) {
  test(`an id that is taken: when the visit ${what}, the clip is ${verdict}`, async () => {
    const backstage = new Backstage();
    backstage.add("a");
    backstage.requests[0].answer(refusal(409, "clip_id_taken"));
    await settled();
    backstage.looks[0].answer(Response.json(answer));
    await settled();
    const { stored, refused, waits } = backstage;
    const verdicts = { stored: stored.length, refused: refused.length, again: waits.length };
    assert.deepEqual(verdicts, { stored: 0, refused: 0, again: 0, [String(verdict)]: 1 });
  });
}

test("an id that is taken is asked about again when the server cannot be reached", async () => {
  const backstage = new Backstage();
  backstage.add("a");
  backstage.requests[0].answer(refusal(409, "clip_id_taken"));
  await settled();
  backstage.looks[0].fail();
  await settled();
  assert.deepEqual([backstage.stored, backstage.refused, backstage.waits.length], [[], [], 1]);
});

test("the file is named by what it holds", () => {
  const nameOf = (/** @type {string} */ type) => fileNameOf({ id: "a", audio: new Blob([], { type }) });
  const types = ["audio/wav", "audio/webm;codecs=opus", "audio/mp4", "audio/ogg; codecs=opus", "video/odd"];
  assert.deepEqual(types.map(nameOf), ["a.wav", "a.webm", "a.mp4", "a.ogg", "a.bin"]);
});

test("waits double up to half a minute, shortened by chance up to a half", () => {
  assert.deepEqual(
    [1, 2, 3, 5, 6, 20].map((nTries) => waitMs(nTries, 0, null)),
    [1000, 2000, 4000, 16_000, 30_000, 30_000],
  );
  assert.equal(waitMs(3, 1, null), 2000);
});

test("the server's own wish is a lower limit, and a date or nonsense is none", () => {
  assert.deepEqual([waitMs(1, 0, "7"), waitMs(1, 0, "900"), waitMs(1, 0, "soon")], [7000, 30_000, 1000]);
});
