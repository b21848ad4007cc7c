import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bars,
  chosen,
  commonFolder,
  confidences,
  counted,
  faultName,
  figure,
  layout,
  measureName,
  seconds,
  split,
  unpack,
} from "../../speechapp/batch/page/report-logic.js";

const CLIP_FIELDS = ["confidence", "window_start_ms", "window_stop_ms", "word_start_ms", "word_stop_ms", "take_ms"];
const ALL = { text: "", status: "", fault: "", sort: "name", isDown: false };

/**
 * @param {string} path
 * @param {{confidence?: number | null, takeMs?: number, faults?: string[], snr?: number, status?: string}} [known]
 * @returns {import("../../speechapp/batch/page/report-logic.js").Packed}
 */
function packed(path, { confidence = null, takeMs = 2000, faults = [], snr = 20, status = "made" } = {}) {
  return [path, status, "", path, path, [confidence, 500, 1500, 700, 1200, takeMs], faults, [snr], "AAAA"];
}

/** @type {import("../../speechapp/batch/page/report-logic.js").Packed} */
const FAILED = ["in/Bad.mp3", "failed", "It is damaged.", "in/Bad.mp3", null, null, [], null, ""];

/** @param {import("../../speechapp/batch/page/report-logic.js").Packed[]} rows */
function unpacked(...rows) {
  return unpack({ clipFields: CLIP_FIELDS, measureFields: ["snr_db"], rows });
}

/**
 * @param {ReturnType<typeof unpacked>} rows
 * @param {Partial<typeof ALL>} choice
 * @param {Set<string>} [marked]
 */
function paths(rows, choice, marked) {
  return chosen(rows, { ...ALL, ...choice }, marked).map(({ path }) => path);
}

test("a row is unpacked by the names of its fields", () => {
  const [made, failed] = unpacked(packed("in/a.wav", { confidence: 0.5 }), FAILED);
  assert.equal(made?.clip?.confidence, 0.5);
  assert.equal(made?.clip?.window_start_ms, 500);
  assert.deepEqual(made?.measures, { snr_db: 20 });
  assert.equal(failed?.clip, null);
  assert.deepEqual(failed?.measures, {});
});

test("the least sure come first, those without a clip last, both ways round", () => {
  const rows = unpacked(packed("a", { confidence: 0.9 }), FAILED, packed("b", { confidence: 0.2 }), packed("c"));
  assert.deepEqual(paths(rows, { sort: "confidence" }), ["b", "a", "in/Bad.mp3", "c"]);
  assert.deepEqual(paths(rows, { sort: "confidence", isDown: true }), ["a", "b", "in/Bad.mp3", "c"]);
});

test("names are sorted as people count", () => {
  assert.deepEqual(paths(unpacked(packed("a10"), packed("a9"), packed("B1")), {}), ["a9", "a10", "B1"]);
});

test("anything measured can sort", () => {
  const rows = unpacked(packed("a", { snr: 5, takeMs: 3000, faults: ["hum"] }), packed("b", { snr: 30 }));
  assert.deepEqual(paths(rows, { sort: "snr_db" }), ["a", "b"]);
  assert.deepEqual(paths(rows, { sort: "length" }), ["b", "a"]);
  assert.deepEqual(paths(rows, { sort: "faults", isDown: true }), ["a", "b"]);
});

test("every word that is typed must be there, in the name or the reason", () => {
  const rows = unpacked(packed("in/Monday/yes.wav"), packed("in/monday/no.wav"), FAILED);
  assert.deepEqual(paths(rows, { text: "MONDAY yes" }), ["in/Monday/yes.wav"]);
  assert.deepEqual(paths(rows, { text: "damaged" }), ["in/Bad.mp3"]);
  assert.deepEqual(paths(rows, { text: "  " }).length, 3);
});

test("a status, a fault or a mark can be asked for", () => {
  const rows = unpacked(packed("a", { faults: ["hum"] }), packed("b", { status: "done" }), FAILED);
  assert.deepEqual(paths(rows, { status: "failed" }), ["in/Bad.mp3"]);
  assert.deepEqual(paths(rows, { status: "marked" }, new Set(["b"])), ["b"]);
  assert.deepEqual(paths(rows, { fault: "hum" }), ["a"]);
  assert.deepEqual(paths(rows, { fault: "any" }), ["a"]);
});

test("confidences are counted in steps of 5 %, certainty in the last", () => {
  const counts = confidences(unpacked(packed("a", { confidence: 1 }), packed("b", { confidence: 0.95 }), packed("c"), FAILED));
  assert.equal(counts[19], 2);
  assert.equal(counts.reduce((sum, n) => sum + n), 2);
  assert.equal(confidences(unpacked(packed("d", { confidence: 0.15 })))[3], 1);
});

test("what is frequent is counted first", () => {
  assert.deepEqual(counted(["a", "b", "b"]), [["b", 2], ["a", 1]]);
});

/** @param {Partial<import("../../speechapp/batch/page/report-logic.js").Clip>} known */
function clip(known) {
  const base = { method: "word", confidence: 1, window_start_ms: 500, window_stop_ms: 1500, word_start_ms: 750 };
  return { ...base, word_stop_ms: 1250, take_ms: 2000, source_rate_hz: 16000, container: "wav", ...known };
}

test("the picture of a take shows it whole", () => {
  const { take, window, word } = layout(clip({}));
  assert.deepEqual([take, window, word], [{ start: 0, stop: 1 }, { start: 0.25, stop: 0.75 }, { start: 0.375, stop: 0.625 }]);
});

test("the picture of a short take shows the silence around it", () => {
  const { take, window } = layout(clip({ window_start_ms: -250, window_stop_ms: 750, take_ms: 500, word_start_ms: null }));
  assert.deepEqual([take, window], [{ start: 0.25, stop: 0.75 }, { start: 0, stop: 1 }]);
});

test("no word, no place of a word", () => {
  assert.equal(layout(clip({ word_start_ms: null, word_stop_ms: null })).word, null);
});

test("bars grow from the middle; those in the window are drawn apart", () => {
  const picture = Buffer.from([0, 255, 255, 51]).toString("base64");
  const { inside, outside } = bars(picture, layout(clip({})));
  assert.equal(inside, "M375.0 4.0v92.0M625.0 4.0v92.0");
  assert.equal(outside, "M125.0 49.6v0.8M875.0 40.8v18.4");
});

test("names and figures are told in words", () => {
  assert.deepEqual(split("in/sub/yes.wav"), ["in/sub/", "yes.wav"]);
  assert.deepEqual(split("yes.wav"), ["", "yes.wav"]);
  assert.equal(seconds(-187.25), "−0.19");
  assert.equal(measureName("noise_floor_dbfs"), "noise floor, dBFS");
  assert.equal(measureName("n_clipped_samples"), "clipped samples");
  assert.equal(measureName("activity"), "activity");
  assert.equal(figure(-31.456), "−31.46");
  assert.equal(faultName("cut_off_start"), "cut off start");
});

test("the folder that all have in common is found", () => {
  assert.equal(commonFolder(["in/a/1.wav", "in/a/2.wav", "in/ab/3.wav"]), "in/");
  assert.equal(commonFolder(["in/a/1.wav"]), "in/a/");
  assert.equal(commonFolder(["1.wav", "in/2.wav"]), "");
  assert.equal(commonFolder(["/tmp/1.wav", "/home/2.wav"]), "/");
  assert.equal(commonFolder([]), "");
});
