"""Which labels a model has, and what a folder's word is to it."""

import pytest

from speechapp.errors import InvalidInput
from speechapp.training.labels import DEFAULT_WORDS, label_index, labels_of


def test_silence_and_unknown_come_before_the_words_in_their_order() -> None:
    assert labels_of(["up", "down"]) == ("_silence_", "_unknown_", "up", "down")


def test_by_default_there_are_twelve() -> None:
    assert len(labels_of(DEFAULT_WORDS)) == 12


def test_a_word_that_is_not_wanted_is_unknown() -> None:
    labels = labels_of(["up", "down"])
    assert [label_index(word, labels) for word in ("down", "tree", "_unknown_", "_silence_")] == [3, 1, 1, 0]


@pytest.mark.parametrize("words", [[], [""], ["up", "up"], ["up", "_silence_"]])
def test_words_that_make_no_labels_are_refused(words: list[str]) -> None:
    with pytest.raises(InvalidInput):
        labels_of(words)
