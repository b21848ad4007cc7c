"""A vocabulary file: what it may hold, and that everything wrong in it is said at once, with its place and the fix."""

import json
from pathlib import Path

import pytest

from speechapp.errors import ConfigError
from speechapp.prompts import Prompt
from speechapp.vocabularies import SHIPPED_DIR, vocabulary_paths
from speechapp.vocabulary_file import check, read, vocabulary_id
from tests.vocabularies import prompts, write, write_pictured

SHIPPED = {vocabulary_id(path): path for path in vocabulary_paths(SHIPPED_DIR)}


def problems(path: Path) -> list[str]:
    return list(check(path).problems)


# What a file may hold


def test_plain_words_are_shown_as_they_are_spelled(tmp_path: Path) -> None:
    vocabulary = read(write(tmp_path / "is.json", core=["nei"], auxiliary=["ja", "takk"], core_repetitions=2))
    assert (vocabulary.id, vocabulary.name, vocabulary.language, vocabulary.version) == ("is", "is", "is", "3")
    assert (vocabulary.core, vocabulary.auxiliary) == (prompts("nei"), prompts("ja", "takk"))
    assert (vocabulary.n_prompts, vocabulary.media, vocabulary.media_version) == (4, {}, "")


def test_an_entry_may_have_a_text_in_any_script_a_picture_and_a_sound(tmp_path: Path) -> None:
    vocabulary = read(write_pictured(tmp_path / "bilder"))
    assert (vocabulary.id, vocabulary.name) == ("bilder", "Deutsch mit Bildern")
    assert vocabulary.core == (
        Prompt("fuenf", "fünf", "fuenf.svg", "fuenf.wav"),
        Prompt("hund", "hund", "hund.svg"),
        Prompt("ja", "ja"),
    )
    assert vocabulary.media == {name: tmp_path / "bilder" / name for name in ("fuenf.svg", "fuenf.wav", "hund.svg")}


@pytest.mark.parametrize("text", ["пять", "五", "पाँच", "خمسة", "five o’clock", "שָׁלוֹם", "l'été"])
def test_a_text_may_be_of_any_script(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "xx.json", core=[{"word": "five", "text": text}, "six"])
    assert read(path).core[0] == Prompt("five", text)


def test_the_version_of_the_media_follows_from_their_content(tmp_path: Path) -> None:
    folder = write_pictured(tmp_path / "bilder")
    before = read(folder).media_version
    assert read(folder).media_version == before
    (folder / "hund.svg").write_text((folder / "fuenf.svg").read_text())
    assert read(folder).media_version != before


def test_a_vocabulary_may_tell_the_licence_and_the_makers_of_its_media(tmp_path: Path) -> None:
    vocabulary = read(write_pictured(tmp_path / "bilder", licence="CC0-1.0", credits="Ada drew them"))
    assert (vocabulary.licence, vocabulary.credits) == ("CC0-1.0", "Ada drew them")


def test_a_file_that_windows_saved_is_read_alike(tmp_path: Path) -> None:
    path = write(tmp_path / "is.json")
    plain = read(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(path) == plain


# Those we ship


@pytest.mark.parametrize("name", ["animals", "de", "en", "es"])
def test_what_is_shipped_has_nothing_wrong(name: str) -> None:
    assert problems(SHIPPED[name]) == []


def test_nothing_else_is_shipped() -> None:
    assert sorted(SHIPPED) == ["animals", "de", "en", "es"]


@pytest.mark.parametrize("name", ["de", "es"])
def test_the_other_languages_ask_for_as_much_as_english(name: str) -> None:
    other, english = read(SHIPPED[name]), read(SHIPPED["en"])
    assert (len(other.core), len(other.auxiliary)) == (len(english.core), len(english.auxiliary))
    assert (other.language, other.n_prompts) == (name, english.n_prompts)


def test_every_animal_has_a_picture_of_its_own() -> None:
    animals = read(SHIPPED["animals"])
    assert len({prompt.picture for prompt in animals.prompts}) == len(animals.words) == 10
    assert {path.suffix for path in SHIPPED["animals"].parent.iterdir()} == {".svg", ".json"}
    assert len(list(SHIPPED["animals"].parent.glob("*.svg"))) == 10


def test_pictures_we_ship_look_the_same_on_light_and_dark_pages() -> None:
    drawn = [path.read_text(encoding="utf-8") for path in SHIPPED["animals"].parent.glob("*.svg")]
    assert [text for text in drawn if "currentColor" in text or "<style" in text] == []
    assert [text for text in drawn if '<circle cx="100" cy="100" r="96"' not in text] == []


# What is wrong


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"core": ["nei", "nei"]}, "“nei” stands 2 times (core, entry 1, core, entry 2); keep one of them"),
        ({"auxiliary": ["nei"]}, "“nei” stands 2 times (core, entry 1, auxiliary, entry 1); keep one of them"),
        (
            {"core": ["nei", "ja-ja"]},
            "core, entry 2 (ja-ja): “ja-ja” is not a word of a-z and 0-9 with at most 32 characters, beginning with a "
            'letter; write {"word": "jaja", "text": "ja-ja"}',
        ),
        (
            {"core": ["nei", "Straße"]},
            "core, entry 2 (Straße): “Straße” is not a word of a-z and 0-9 with at most 32 characters, beginning with "
            'a letter; write {"word": "strasse", "text": "Straße"}',
        ),
        (
            {"core": ["nei", "пять"]},
            "core, entry 2 (пять): “пять” is not a word of a-z and 0-9 with at most 32 characters, beginning with a "
            "letter; spell it that way, and add a text",
        ),
        (
            {"core": ["nei", "con"]},
            "core, entry 2 (con): Windows cannot make a folder “con”; spell it differently, such as conn, and "
            "add a text",
        ),
        ({"core": ["nei"]}, "the file: it needs two words at least"),
        ({"core_repetitions": 0}, "core_repetitions: it must be 1 to 128, not 0"),
        ({"core_repetitions": 129}, "core_repetitions: it must be 1 to 128, not 129"),
        ({"core_repetitions": True}, "core_repetitions: it must be 1 to 128, not True"),
        ({"core_repetitions": "5"}, "core_repetitions: it must be 1 to 128, not 5"),
        (
            {"core": ["nei"], "auxiliary": ["ja"]},
            "core: its one word would have to follow itself; add words, or lower core_repetitions to 2",
        ),
        (
            {"core": [f"w{n}x" for n in range(101)], "core_repetitions": 10},
            "the file: 1010 prompts are too many for one visit; keep them to 1000, better to 150",
        ),
        ({"language": "Icelandic"}, "language: “Icelandic” is no language tag; write it like en, de or pt-BR"),
        ({"version": "1 beta"}, "version: “1 beta” is no version; write 1, and count it up whenever the words change"),
        ({"name": 7}, "name: it must be a text; write one, or take it out"),
        ({"name": "x" * 41}, "name: it has 41 letters, more than 40; shorten it"),
        ({"core": "nei takk"}, "core: it must be a list, [ … ]"),
        ({"auxilary": []}, "the file: nothing is called “auxilary”; write auxiliary"),
        ({"comment": "mine"}, "the file: nothing is called “comment”; take it out"),
        ({"core": ["nei", 5]}, 'core, entry 2: it must be a word, or an object like {"word": "fuenf", "text": "fünf"}'),
        ({"core": ["nei", {"text": "já"}]}, "core, entry 2: “word” is missing; add it"),
        ({"core": ["nei", {"word": ["ja"]}]}, "core, entry 2: the word must be a text"),
        ({"core": ["nei", {"word": "ja", "txt": "já"}]}, "core, entry 2 (ja): nothing is called “txt”; write text"),
        (
            {"core": ["nei", {"word": "ja", "text": " "}]},
            "core, entry 2 (ja), text: it must be a text; write one, or take it out",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "a" * 41}]},
            "core, entry 2 (ja), text: it has 41 letters, more than 40; shorten it",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "já "}]},
            "core, entry 2 (ja), text: “já ” has spaces too many; take them out",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "ja\u0301"}]},
            "core, entry 2 (ja), text: “ja\u0301” has accents apart from their letters; type it anew (it must be in "
            "Unicode's form NFC)",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "j\u200bá"}]},
            "core, entry 2 (ja), text: it has the invisible character U+200B; type the text anew",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "j\u0430"}]},
            "core, entry 2 (ja), text: “j\u0430” mixes Cyrillic and Latin letters, many of which look alike; "
            "type it anew",
        ),
        (
            {"core": ["nei", {"word": "ja", "text": "NEI"}]},
            "nei, ja: all are shown as “nei”; give each a text that tells it from the others",
        ),
        (
            {"core": ["route1", "routel"]},
            "“route1” and “routel” look the same in many fonts; spell one of them differently",
        ),
        (
            {"core": ["nei", {"word": "ja", "picture": "../ja.svg"}]},
            "core, entry 2 (ja), picture: “../ja.svg” is no plain file name; use letters a-z, digits, - and _, an "
            "ending, and no folder",
        ),
        (
            {"core": ["nei", {"word": "ja", "sound": "ja.wav"}]},
            "core, entry 2 (ja), sound: ja.wav is missing; put it beside the vocabulary's file, or take the line out",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_its_place_and_the_fix(
    tmp_path: Path, changed: dict[str, object], problem: str
) -> None:
    assert problems(write(tmp_path / "is.json", **changed)) == [problem]


@pytest.mark.parametrize("missing", ["language", "version", "core", "auxiliary", "core_repetitions"])
def test_a_field_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    assert problems(write(tmp_path / "is.json", **{missing: None})) == [f"the file: “{missing}” is missing; add it"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{\n  "core": [,]\n}', "line 2, column 12: this is not JSON (Expecting value)"),
        (b"", "line 1, column 1: this is not JSON (Expecting value)"),
        (b'{"name": "Espa\xf1ol"}', "byte 14: this is not UTF-8; save the file in UTF-8"),
        (b'{"core": [], "core": []}', "the file: “core” stands twice in one object; keep one of them"),
        (b"[" * 100_000, "the file: maximum recursion depth exceeded"),
        (b'["ja", "nei"]', "the file: it must hold one JSON object, { … }"),
    ],
)
def test_what_is_no_vocabulary_at_all_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "is.json").write_bytes(content)
    [found] = problems(tmp_path / "is.json")
    assert found.startswith(problem)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "is.json") == ["the file: it cannot be read (No such file or directory)"]


def test_a_name_that_cannot_stand_in_an_address_is_refused(tmp_path: Path) -> None:
    [problem] = problems(write(tmp_path / "íslenska.json"))
    assert problem == ("the file's name: “íslenska” must be of letters, digits, - and _; rename the file or its folder")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "is.json", language="?", core=["Nei", {"wrd": "ja"}, "ja", "ja"], core_repetitions=0)
    assert len(problems(path)) == 6


def test_the_start_is_refused_in_one_line_that_names_the_file_and_says_how_to_see_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path / "is.json", language="?", core_repetitions=0)
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert refused.value.code == "vocabulary_invalid"
    assert refused.value.message == (
        f"The vocabulary {path} cannot be used. Language: “?” is no language tag; write it like en, de or pt-BR. "
        f"And 1 more: speechapp vocabulary check {path}"
    )


@pytest.mark.parametrize(
    "given", [None, 5, -0.5, [], [[]], {}, {"word": None}, {"word": "ja", "text": 5}, "", "\ud800"]
)
@pytest.mark.parametrize("field", ["core", "auxiliary", "core_repetitions", "language", "version", "name"])
def test_whatever_stands_in_a_field_is_judged_and_breaks_nothing(tmp_path: Path, field: str, given: object) -> None:
    fields = {"language": "is", "version": "3", "core_repetitions": 5, "core": ["nei", "takk"], "auxiliary": ["ja"]}
    (tmp_path / "whole.json").write_text(json.dumps(fields | {field: given}), encoding="utf-8")
    (tmp_path / "entry.json").write_text(json.dumps(fields | {field: ["skal", given]}), encoding="utf-8")
    assert problems(tmp_path / "entry.json") != []
    assert check(tmp_path / "whole.json").problems or given in ([], 5)
