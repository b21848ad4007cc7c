"""Comments and indents are taken out of what browsers get, and nothing else is."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from speechapp.web.lean import lean

ROOT = Path(__file__).parents[2]
SOURCE = b"""\
/*! A licence */
/**
 * @param {string} text
 */
export function f(text) { // stays
  // goes
  const url = "https://example/*";
  return /[/*]/.test(text) ? /** @type {any} */ (text) : `${url} /* stays */`;
}
"""
STRIPPED = b"""\
/*! A licence */



export function f(text) { // stays

const url = "https://example/*";
return /[/*]/.test(text) ? (text) : `${url} /* stays */`;
}
"""
WHAT_RUNS = """
import ts from "./tests/js/node_modules/typescript/lib/typescript.js";
import { readFileSync } from "node:fs";
const compilerOptions = { target: "esnext", module: "esnext", removeComments: true };
const whatRuns = (source) => ts.transpileModule(source, { compilerOptions }).outputText;
const sources = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(sources.map(([whole, stripped]) => whatRuns(whole) === whatRuns(stripped))));
"""


def test_comments_types_and_indents_go_and_every_line_keeps_its_number() -> None:
    assert lean(SOURCE) == STRIPPED


@pytest.mark.slow
def test_the_code_of_every_script_stays_as_it_is() -> None:
    if not shutil.which("node") or not (ROOT / "tests/js/node_modules/typescript").is_dir():
        pytest.skip("node and the packages of tests/js are not installed (./test installs them)")
    paths = sorted(path for path in (ROOT / "static/js").rglob("*.js"))
    sources = [(path.read_bytes().decode(), lean(path.read_bytes()).decode()) for path in paths]
    command = ["node", "--input-type=module", "--eval", WHAT_RUNS]
    answer = subprocess.run(command, input=json.dumps(sources), cwd=ROOT, check=True, capture_output=True, text=True)
    same = json.loads(answer.stdout)
    assert [path.name for path, is_same in zip(paths, same, strict=True) if not is_same] == []
    assert sum(whole != stripped for whole, stripped in sources) == len(paths)
