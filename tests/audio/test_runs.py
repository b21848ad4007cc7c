"""Runs of neighbours."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechapp.audio.runs import runs_of


def test_every_run_has_its_start_and_stop() -> None:
    runs = runs_of(np.array([1, 1, 0, 0, 1, 0, 1, 1, 1], bool))
    assert runs.start.tolist() == [0, 4, 6]
    assert runs.stop.tolist() == [2, 5, 9]
    assert runs.lengths.tolist() == [2, 1, 3]


def test_nothing_has_no_run() -> None:
    assert runs_of(np.zeros(5, bool)).lengths.tolist() == []


def test_some_runs_can_be_chosen() -> None:
    runs = runs_of(np.array([1, 0, 1, 1], bool))
    assert runs[runs.lengths > 1].start.tolist() == [2]


@given(st.lists(st.booleans(), max_size=50))
def test_runs_put_together_give_the_mask_again(mask: list[bool]) -> None:
    runs = runs_of(np.array(mask, bool))
    places = [place for start, stop in zip(runs.start, runs.stop, strict=True) for place in range(start, stop)]
    assert places == [place for place, is_set in enumerate(mask) if is_set]
