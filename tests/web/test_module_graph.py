"""What a module imports is read from its source: at once, later, and never from comments."""

import pytest

from speechapp.web.module_graph import imported_at_once, imported_ever

SOURCES = {
    "js/page/main.js": """
        /** @typedef {import("./types.js").Type} Type */
import { ask } from "../api.js";
import {
  a,
  b,
} from "./logic.js";
import "./effect.js";
// import { gone } from "./gone.js";
export { c } from "./again.js";
const text = 'import "./quoted.js"';
const later = () => import("./later.js");
""",
    "js/api.js": 'import * as texts from "./texts.js";\n',
    "js/texts.js": "export const texts = {};\n",
    "js/page/logic.js": "import { ask } from '../api.js';\n",
    "js/page/effect.js": "",
    "js/page/again.js": 'import { main } from "./main.js";\n',
    "js/page/later.js": 'context.addModule(new URL("./worklet.js", import.meta.url).href);\n',
    "js/page/worklet.js": "",
}
AT_ONCE = ["js/api.js", "js/page/logic.js", "js/page/effect.js", "js/page/again.js", "js/texts.js"]


def test_all_that_is_imported_at_once_comes_nearest_first() -> None:
    assert imported_at_once("js/page/main.js", SOURCES.__getitem__) == AT_ONCE


def test_what_is_loaded_later_is_told_apart() -> None:
    ever = imported_ever("js/page/main.js", SOURCES.__getitem__)
    assert set(ever) - set(AT_ONCE) == {"js/page/later.js", "js/page/worklet.js"}


def test_a_module_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"js/page/nowhere\.js"):
        imported_at_once("a.js", {"a.js": 'import "./js/page/nowhere.js";'}.__getitem__)
