import assert from "node:assert/strict";
import test from "node:test";

import { privateLink, tokenOf } from "../../static/js/private-link-logic.js";

const TOKEN = "Zm9yZ2V0LW1lLW5vdC1hbmQtc29tZS1tb3JlX2JpdHM";

test("the token of a private link stands in the fragment", () => {
  assert.equal(tokenOf(`#${TOKEN}`), TOKEN);
  assert.equal(tokenOf(new URL(privateLink("https://say.example", TOKEN)).hash), TOKEN);
});

test("a fragment that is no token is left alone", () => {
  for (const fragment of ["", "#", "#main", `#${TOKEN} `, `#${TOKEN}<b>`]) assert.equal(tokenOf(fragment), null);
});

test("a private link sends nothing of the token to the server", () => {
  const { pathname, search } = new URL(privateLink("https://say.example", TOKEN));
  assert.deepEqual([pathname, search], ["/mine", ""]);
});
