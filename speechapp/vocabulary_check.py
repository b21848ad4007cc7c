"""What can be wrong with a vocabulary: every problem at once, each with its place and the fix."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from speechapp.prompts import LANGUAGE, WORD
from speechapp.vocabulary_media import FILE_NAME, picture_problems, sound_problems

MAX_TEXT_LETTERS: Final = 40  # what fits on a phone in large letters
MAX_REPETITIONS: Final = 128  # utterances that a speaker may give of one word
MAX_PROMPTS: Final = 1000

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,15}")
_LISTS: Final = ("core", "auxiliary")
_REQUIRED: Final = ("language", "version", "core_repetitions", *_LISTS)
_OPTIONAL: Final = ("name", "licence", "credits")
_OF_ENTRY: Final = ("word", "text", "picture", "sound")
_NO_FOLDERS: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[1-9]")
_TWO_LETTERS: Final = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss", ord("æ"): "ae", ord("ø"): "oe"}
_NO_LETTERS: Final = ("Cc", "Cn", "Co", "Cs")  # control, unassigned, private use, half of a pair
_INVISIBLE: Final = frozenset("\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LOOK_ALIKE: Final = ({"0", "o"}, {"1", "l"}, {"1", "i"}, {"5", "s"}, {"2", "z"}, {"8", "b"})
_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")  # whose letters are mistaken for each other
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = MappingProxyType(
    {
        "language": (LANGUAGE, "is no language tag; write it like en, de or pt-BR"),
        "version": (_VERSION, "is no version; write 1, and count it up whenever the words change"),
    }
)


@dataclass(frozen=True)
class _Entry:
    """One entry of the file with everything that may be asked of it, whatever it really is."""

    place: str
    given: Any

    @property
    def word(self) -> str | None:
        word = self.given if isinstance(self.given, str) else self.field("word")
        return word if isinstance(word, str) else None

    @property
    def text(self) -> str | None:
        text = self.field("text")
        return text if isinstance(text, str) else self.word

    def field(self, name: str) -> Any:
        return self.given.get(name) if isinstance(self.given, dict) else None


def vocabulary_problems(vocabulary_id: str, table: Any, folder: Path) -> Iterator[str]:
    """Every problem of the vocabulary with this content, whose pictures and sounds lie in `folder`."""
    if not _ID.fullmatch(vocabulary_id):
        yield f"the file's name: “{vocabulary_id}” must be of letters, digits, - and _; rename the file or its folder"
    if not isinstance(table, dict):
        yield "the file: it must hold one JSON object, { … }"
        return
    yield from _name_problems("the file", table, (*_REQUIRED, *_OPTIONAL), _REQUIRED)
    yield from _field_problems(table)
    entries = [entry for name in _LISTS for entry in _entries(name, table.get(name))]
    for entry in entries:
        yield from _entry_problems(entry, folder)
    yield from _repeated(entries)
    yield from _mistakable(entries)
    yield from _size_problems(table)


def _entries(name: str, given: Any) -> Iterator[_Entry]:
    for number, entry in enumerate(given if isinstance(given, list) else (), start=1):
        word = entry.get("word") if isinstance(entry, dict) else entry
        yield _Entry(f"{name}, entry {number} ({word})" if isinstance(word, str) else f"{name}, entry {number}", entry)


def _name_problems(
    place: str, table: Mapping[str, Any], known: tuple[str, ...], required: tuple[str, ...]
) -> Iterator[str]:
    for name in required:
        if name not in table:
            yield f"{place}: “{name}” is missing; add it"
    for name in table:
        if name not in known:
            meant = get_close_matches(name, known, 1)
            yield f"{place}: nothing is called “{name}”; {f'write {meant[0]}' if meant else 'take it out'}"


def _field_problems(table: Mapping[str, Any]) -> Iterator[str]:
    for name, (form, problem) in _FORMS.items():
        given = table.get(name, "")
        if name in table and not (isinstance(given, str | int) and form.fullmatch(str(given))):
            yield f"{name}: “{given}” {problem}"
    if "name" in table:
        yield from (f"name: {problem}" for problem in _text_problems(table["name"]))
    for name in ("licence", "credits"):
        if name in table and not (isinstance(table[name], str) and table[name].strip()):
            yield f"{name}: it must be a text; write one, or take it out"
    for name in _LISTS:
        if name in table and not isinstance(table[name], list):
            yield f"{name}: it must be a list, [ … ]"
    repetitions = table.get("core_repetitions", 1)
    if not isinstance(repetitions, int) or isinstance(repetitions, bool) or not 1 <= repetitions <= MAX_REPETITIONS:
        yield f"core_repetitions: it must be 1 to {MAX_REPETITIONS}, not {repetitions}"


def _entry_problems(entry: _Entry, folder: Path) -> Iterator[str]:
    if isinstance(entry.given, dict):
        yield from _name_problems(entry.place, entry.given, _OF_ENTRY, ("word",))
    elif not isinstance(entry.given, str):
        yield f'{entry.place}: it must be a word, or an object like {{"word": "fuenf", "text": "fünf"}}'
        return
    if entry.word is not None:
        yield from (f"{entry.place}: {problem}" for problem in _word_problems(entry.word))
    elif "word" in entry.given:
        yield f"{entry.place}: the word must be a text"
    if isinstance(entry.given, dict) and "text" in entry.given:
        yield from (f"{entry.place}, text: {problem}" for problem in _text_problems(entry.given["text"]))
    for kind, look in (("picture", picture_problems), ("sound", sound_problems)):
        if isinstance(entry.given, dict) and kind in entry.given:
            found = _media_problems(entry.field(kind), folder, look)
            yield from (f"{entry.place}, {kind}: {problem}" for problem in found)


def _word_problems(word: str) -> Iterator[str]:
    if not WORD.fullmatch(word):
        example = _spelled_plainly(word)
        write = f'write {{"word": "{example}", "text": "{word}"}}' if example else "spell it that way, and add a text"
        yield f"“{word}” is not a word of a-z and 0-9 with at most 32 characters, beginning with a letter; {write}"
    elif _NO_FOLDERS.fullmatch(word):
        yield f"Windows cannot make a folder “{word}”; spell it differently, such as {word}{word[-1]}, and add a text"


def _spelled_plainly(text: str) -> str | None:
    """The text as a word, where leaving out accents, spaces and hyphens makes it one."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_TWO_LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter) and letter not in " -'’")
    return plain if WORD.fullmatch(plain) else None


def _text_problems(text: Any) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield "it must be a text; write one, or take it out"
        return
    if len(text) > MAX_TEXT_LETTERS:
        yield f"it has {len(text)} letters, more than {MAX_TEXT_LETTERS}; shorten it"
    if text != " ".join(text.split()):
        yield f"“{text}” has spaces too many; take them out"
    if text != unicodedata.normalize("NFC", text):
        yield f"“{text}” has accents apart from their letters; type it anew (it must be in Unicode's form NFC)"
    hidden = [letter for letter in text if letter in _INVISIBLE or unicodedata.category(letter) in _NO_LETTERS]
    if hidden:
        yield f"it has the invisible character U+{ord(hidden[0]):04X}; type the text anew"
    scripts = sorted({script for letter in text if (script := _script(letter))})
    if len(scripts) > 1:
        mixed = " and ".join(script.capitalize() for script in scripts)
        yield f"“{text}” mixes {mixed} letters, many of which look alike; type it anew"


def _script(letter: str) -> str | None:
    begun = unicodedata.name(letter, "").partition(" ")[0]
    return begun if begun in _SCRIPTS else None


def _media_problems(name: Any, folder: Path, look: Callable[[Path], Iterator[str]]) -> Iterator[str]:
    if not isinstance(name, str) or not FILE_NAME.fullmatch(name):
        yield f"“{name}” is no plain file name; use letters a-z, digits, - and _, an ending, and no folder"
    else:
        yield from look(folder / name)


def _repeated(entries: list[_Entry]) -> Iterator[str]:
    words = Counter(entry.word for entry in entries if entry.word)
    for word, n in words.items():
        if n > 1:
            places = ", ".join(entry.place.rpartition(" (")[0] for entry in entries if entry.word == word)
            yield f"“{word}” stands {n} times ({places}); keep one of them"
    texts: dict[str, dict[str, str]] = {}
    for entry in entries:
        if entry.text and entry.word:
            texts.setdefault(_as_seen(entry.text), {})[entry.word] = entry.text
    for alike in texts.values():
        if len(alike) > 1:
            seen = next(iter(alike.values()))
            yield f"{', '.join(alike)}: all are shown as “{seen}”; give each a text that tells it from the others"


def _as_seen(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _mistakable(entries: list[_Entry]) -> Iterator[str]:
    words = list(dict.fromkeys(entry.word for entry in entries if entry.word))
    for one, other in combinations(words, 2):
        if len(one) == len(other) and one != other and _look_alike(one, other):
            yield f"“{one}” and “{other}” look the same in many fonts; spell one of them differently"


def _look_alike(one: str, other: str) -> bool:
    return all(a == b or {a, b} in _LOOK_ALIKE for a, b in zip(one, other, strict=True))


def _size_problems(table: Mapping[str, Any]) -> Iterator[str]:
    core, auxiliary = (table.get(name) for name in _LISTS)
    repetitions = table.get("core_repetitions")
    if not isinstance(core, list) or not isinstance(auxiliary, list) or not isinstance(repetitions, int):
        return
    n_prompts = len(core) * repetitions + len(auxiliary)
    if len(core) + len(auxiliary) < 2:
        yield "the file: it needs two words at least"
    elif len(core) == 1 and repetitions > len(auxiliary) + 1:
        most = len(auxiliary) + 1
        yield f"core: its one word would have to follow itself; add words, or lower core_repetitions to {most}"
    if n_prompts > MAX_PROMPTS:
        yield f"the file: {n_prompts} prompts are too many for one visit; keep them to {MAX_PROMPTS}, better to 150"
