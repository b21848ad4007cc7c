import assert from "node:assert/strict";
import test from "node:test";

import { fill, formFor, t, tn } from "../../static/js/texts.js";

test("values stand where their names are in braces", () => {
  assert.equal(fill("{n} of {total} for “{word}”", { n: 0, total: 5, word: "sí" }), "0 of 5 for “sí”");
});

test("a name without a value stays, so that somebody sees it", () => {
  assert.equal(fill("Hello {name}", {}), "Hello {name}");
});

test("what is filled in is not filled in again", () => {
  assert.equal(fill("{a} {b}", { a: "{b}", b: "2" }), "{b} 2");
});

test("a number takes the form of its category in the language", () => {
  const english = { one: "{n} word", other: "{n} words" };
  assert.deepEqual(
    [0, 1, 2].map((n) => formFor(english, n, "en")),
    ["{n} words", "{n} word", "{n} words"],
  );
  const arabic = { zero: "z", one: "o", two: "t", few: "f", many: "m", other: "x" };
  assert.equal([0, 1, 2, 3, 11, 100].map((n) => formFor(arabic, n, "ar-XB")).join(""), "zotfmx");
});

test("a category without a form takes the other one", () => {
  assert.equal(formFor({ one: "una", other: "otras" }, 1_000_000, "es"), "otras");
});

test("without a page a text is its key", () => {
  assert.deepEqual([t("hint-say", { word: "yes" }), tn("words-left", 3)], ["hint-say", "words-left"]);
});
