"""Prompts: the right words, each as often as wanted, in an order that never repeats a word at once."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.prompts import Vocabulary, direction_of, ordered_prompts
from speechapp.vocabularies import load_vocabulary
from tests.vocabularies import vocabulary_of

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
    return vocabulary_of(words[:n_core], words[n_core:], draw(st.integers(1, 6)))


def test_the_english_vocabulary_has_20_core_and_15_auxiliary_words() -> None:
    english = load_vocabulary("en")
    assert (english.id, english.name, english.language, english.version) == ("en", "English", "en", "1")
    assert tuple(prompt.word for prompt in english.core) == DIGITS_AND_COMMANDS
    assert tuple(prompt.word for prompt in english.auxiliary) == AUXILIARY
    assert (english.core_repetitions, english.n_prompts) == (5, 115)


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
    core, auxiliary = vocabulary.words[: len(vocabulary.core)], vocabulary.words[len(vocabulary.core) :]
    assert Counter(prompts) == Counter(core * vocabulary.core_repetitions + auxiliary)
    assert all(word != following for word, following in pairwise(prompts))


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("pa-Arab-PK", "rtl"),
        ("zh-Hant", "ltr"),
    ],
)
def test_the_direction_follows_from_the_language(language: str, direction: str) -> None:
    assert direction_of(language) == direction
