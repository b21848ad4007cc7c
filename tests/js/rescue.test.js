import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { crc32, zipOf } from "../../static/js/record/rescue.js";

const READ = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[item.filename, archive.read(item).decode()] for item in archive.infolist()]))
`;

/**
 * What Python reads from it.
 * @param {Blob} zip
 */
async function contentsOf(zip) {
  const folder = mkdtempSync(join(tmpdir(), "rescue-"));
  try {
    writeFileSync(join(folder, "words.zip"), new Uint8Array(await zip.arrayBuffer()));
    const read = execFileSync("python3", ["-c", READ, join(folder, "words.zip")], { encoding: "utf8" });
    return JSON.parse(read);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} id
 * @param {string} word
 * @param {string} text
 */
function upload(id, word, text) {
  const audio = new Blob([text], { type: "audio/wav" });
  return { id, token: "t", visitId: "v", position: 0, word, replaces: null, audio, sha256: "", settings: {} };
}

test("others read what was rescued, under names that say the word", async () => {
  const zip = await zipOf([upload("1", "yes", "RIFF one"), upload("2", "früh", "RIFF two")]);
  assert.deepEqual(await contentsOf(zip), [
    ["yes-1.wav", "RIFF one"],
    ["früh-2.wav", "RIFF two"],
  ]);
});

test("the checksum is the one of the standard", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});
