"""`python -m bench.align` says what there is to choose from."""

import pytest

from bench.align.__main__ import main, selected


def test_methods_are_chosen_by_name_in_the_order_given() -> None:
    assert selected({"word": 1, "rule": 2, "sox": 3}, "sox,word") == {"sox": 3, "word": 1}
    assert selected({"word": 1, "rule": 2}, None) == {"word": 1, "rule": 2}


def test_a_name_that_only_the_other_bench_has_is_left_to_it() -> None:
    assert selected({"word": 1}, "word,word-tool", others=["word-tool"]) == {"word": 1}


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(SystemExit, match=r"There is no nix here. There is: word, word-tool\."):
        selected({"word": 1}, "nix", others=["word-tool"])


def test_a_reference_that_is_not_built_is_said_before_anything_is_measured() -> None:
    with pytest.raises(SystemExit, match="There is no file nowhere/tool"):
        main(["quality", "--reference", "nowhere/tool"])
