"""Vocabularies for tests: made of words, or written to disk with pictures and sounds."""

import json
from pathlib import Path
from typing import Any

from speechapp.prompts import Prompt, Vocabulary
from tests import sounds

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#c33"/></svg>'
PICTURED = [
    {"word": "fuenf", "text": "fünf", "picture": "fuenf.svg", "sound": "fuenf.wav"},
    {"word": "hund", "picture": "hund.svg"},
    "ja",
]


def prompts(*words: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(word, word) for word in words)


def vocabulary_of(core: tuple[str, ...], auxiliary: tuple[str, ...] = (), core_repetitions: int = 5) -> Vocabulary:
    return Vocabulary("xx", "Xx", "xx", "1", core_repetitions, prompts(*core), prompts(*auxiliary))


def write(path: Path, **changed: Any) -> Path:
    """A vocabulary of two core words in this file; fields that are None are left out."""
    fields = {"language": "is", "version": "3", "core_repetitions": 5, "core": ["nei", "takk"], "auxiliary": []}
    kept = {name: value for name, value in (fields | changed).items() if value is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    return path


def write_pictured(folder: Path, **changed: Any) -> Path:
    """A German vocabulary with two pictures and a sound, as a folder of its own; gives that folder."""
    fields = {"language": "de", "name": "Deutsch mit Bildern", "core": PICTURED}
    write(folder / "vocabulary.json", **(fields | changed))
    (folder / "fuenf.svg").write_text(SVG, encoding="utf-8")
    (folder / "hund.svg").write_text(SVG.replace("circle", "ellipse"), encoding="utf-8")
    (folder / "fuenf.wav").write_bytes(sounds.word_like(rate_hz=16_000))
    return folder
