import assert from "node:assert/strict";
import test from "node:test";

import { inOrder } from "../../static/js/details-logic.js";

const LANGUAGES = [
  { code: "de", name: "German" },
  { code: "en", name: "English" },
  { code: "sv", name: "Swedish" },
  { code: "zu", name: "Zulu" },
];

/** @param {{code: string}[]} languages */
function codesOf(languages) {
  return languages.map(({ code }) => code);
}

test("languages stand by their name as the language of the page orders it", () => {
  assert.deepEqual(codesOf(inOrder(LANGUAGES, "en", [])), ["en", "de", "sv", "zu"]);
  const swedish = [
    { code: "zu", name: "Zulu" },
    { code: "et", name: "Östniska" },
    { code: "nl", name: "Omska" },
  ];
  assert.deepEqual(codesOf(inOrder(swedish, "sv", [])), ["nl", "zu", "et"]);
  assert.deepEqual(codesOf(inOrder(swedish, "de", [])), ["nl", "et", "zu"]);
});

test("the reader's own languages come first, in their order", () => {
  assert.deepEqual(codesOf(inOrder(LANGUAGES, "en", ["sv-SE", "de-CH", "de", "xx"])), ["sv", "de", "en", "zu"]);
});
