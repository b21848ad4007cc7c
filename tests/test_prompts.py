"""Prompts: the right words, each as often as wanted, in an order that never repeats a word at once."""

import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.errors import ConfigError
from speechapp.prompts import Vocabulary, load_vocabulary, ordered_prompts

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True)
DIGITS_AND_COMMANDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go",
)  # fmt: skip
AUXILIARY = (
    "bed", "bird", "cat", "dog", "happy", "house", "marvin", "sheila", "tree", "wow",
    "backward", "forward", "follow", "learn", "visual",
)  # fmt: skip


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """Any vocabulary that can be shown without repeating a word at once."""
    words = tuple(draw(st.lists(WORDS, min_size=2, max_size=12, unique=True)))
    n_core = draw(st.integers(0, len(words)).filter(lambda n: n != 1))
    return Vocabulary("xx", "1", draw(st.integers(1, 6)), words[:n_core], words[n_core:])


def test_the_english_vocabulary_has_20_core_and_15_auxiliary_words() -> None:
    english = load_vocabulary("en")
    assert (english.language, english.version, english.core_repetitions) == ("en", "1", 5)
    assert english.core == DIGITS_AND_COMMANDS
    assert english.auxiliary == AUXILIARY
    assert english.n_prompts == 115


def test_a_visit_asks_for_each_core_word_5_times_and_each_auxiliary_word_once() -> None:
    prompts = ordered_prompts(load_vocabulary("en"), random.Random(7))
    assert len(prompts) == 115
    assert Counter(prompts) == Counter(5 * DIGITS_AND_COMMANDS + AUXILIARY)


def test_two_visits_have_different_orders_and_the_same_seed_the_same() -> None:
    english = load_vocabulary("en")
    assert ordered_prompts(english, random.Random(1)) == ordered_prompts(english, random.Random(1))
    assert ordered_prompts(english, random.Random(1)) != ordered_prompts(english, random.Random(2))


@settings(max_examples=60)
@given(seed=st.integers())
def test_the_english_prompts_never_repeat_a_word_at_once(seed: int) -> None:
    prompts = ordered_prompts(load_vocabulary("en"), random.Random(seed))
    assert all(word != following for word, following in pairwise(prompts))


@settings(max_examples=150)
@given(vocabulary=vocabularies(), seed=st.integers())
def test_every_vocabulary_is_shown_whole_and_without_repeating_a_word_at_once(
    vocabulary: Vocabulary, seed: int
) -> None:
    prompts = ordered_prompts(vocabulary, random.Random(seed))
    assert Counter(prompts) == Counter(vocabulary.core * vocabulary.core_repetitions + vocabulary.auxiliary)
    assert all(word != following for word, following in pairwise(prompts))


def test_a_vocabulary_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    assert load_vocabulary(write(tmp_path, core=["nei"], auxiliary=["ja", "takk"], core_repetitions=2)) == Vocabulary(
        language="is", version="3", core_repetitions=2, core=("nei",), auxiliary=("ja", "takk")
    )


def test_a_language_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        ConfigError, match=r"SPEECHAPP_VOCABULARY=tlh cannot be read.*Shipped languages: en\."
    ) as refused:
        load_vocabulary("tlh")
    assert refused.value.code == "vocabulary_unusable"


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"core": ["yes", "yes"]}, "it repeats yes"),
        ({"auxiliary": ["yes"]}, "it repeats yes"),
        ({"core": ["yes", "good-bye"]}, "good-bye is not a word of a-z and 0-9"),
        ({"core": ["Yes", "no"]}, "Yes is not a word of a-z and 0-9"),
        ({"core": ["yes"]}, "it needs two words at least"),
        ({"core_repetitions": 0}, "core_repetitions must be 1 to 128, not 0"),
        ({"core_repetitions": 129}, "core_repetitions must be 1 to 128, not 129"),
        ({"core": ["yes"], "auxiliary": ["no"]}, "yes would have to follow itself"),
    ],
)
def test_a_vocabulary_that_cannot_work_is_refused_with_what_is_wrong(
    tmp_path: Path, changed: dict[str, object], problem: str
) -> None:
    path = write(tmp_path, **changed)
    with pytest.raises(ConfigError) as refused:
        load_vocabulary(path)
    assert refused.value.code == "vocabulary_invalid"
    assert refused.value.message == f"SPEECHAPP_VOCABULARY={path}: {problem}. Mend the file."


@pytest.mark.parametrize("missing", ["language", "version", "core", "auxiliary", "core_repetitions"])
def test_a_vocabulary_that_lacks_a_field_is_refused(tmp_path: Path, missing: str) -> None:
    path = write(tmp_path, **{missing: None})
    with pytest.raises(ConfigError, match=missing):
        load_vocabulary(path)


def write(folder: Path, **changed: object) -> str:
    """A vocabulary file of two core words; fields that are None are left out."""
    fields = {"language": "is", "version": "3", "core_repetitions": 5, "core": ["yes", "no"], "auxiliary": []}
    kept = {name: value for name, value in (fields | changed).items() if value is not None}
    (folder / "is.json").write_text(json.dumps(kept), encoding="utf-8")
    return str(folder / "is.json")
