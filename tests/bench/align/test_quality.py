"""How a window is judged, on windows made by hand."""

import math

import numpy as np
import pytest

from bench.align.data import Take
from bench.align.quality import Outcome, Share, judge, summarise
from speechapp.audio.align import Window

MS = 16
SECOND = 1000 * MS


def take(word_ms: tuple[int, int] = (1200, 1800)) -> Take:
    """Three seconds; the word is a square wave, so each of its samples has the same energy."""
    word = Window(word_ms[0] * MS, (word_ms[1] - word_ms[0]) * MS)
    spoken = np.resize(np.array([0.5, -0.5], dtype=np.float32), word.n_samples)
    waveform = np.zeros(3 * SECOND, dtype=np.float32)
    waveform[word.start_samples : word.stop_samples] = spoken
    return Take("a.flac", "ada", "cell", "crops", waveform, word, spoken)


def judged(start_ms: float, word_ms: tuple[int, int] = (1200, 1800)) -> Outcome:
    return judge(take(word_ms), round(start_ms * MS))


def test_a_window_on_the_middle_of_the_word_is_without_fault() -> None:
    outcome = judged(1000)
    assert (outcome.is_strict, outcome.cut_samples, outcome.off_samples, outcome.lost_share) == (True, 0, 0.0, 0.0)


@pytest.mark.parametrize(("start_ms", "is_strict"), [(1200, True), (1200 + 1 / MS, False), (800, True), (799, False)])
def test_strict_is_to_the_sample_at_both_ends(start_ms: float, is_strict: bool) -> None:
    assert judged(start_ms).is_strict is is_strict


@pytest.mark.parametrize(("start_ms", "is_tolerant"), [(1220, True), (1221, False), (780, True), (779, False)])
def test_the_tolerance_is_20_ms_at_either_end(start_ms: float, is_tolerant: bool) -> None:
    assert judged(start_ms).is_tolerant is is_tolerant


def test_the_centre_is_off_by_as_much_as_the_window_is_late() -> None:
    assert (judged(1150).off_samples, judged(1150).moved_samples) == (150 * MS, 150 * MS)
    assert (judged(850).off_samples, judged(850).moved_samples) == (-150 * MS, -150 * MS)


def test_a_word_close_to_an_end_asks_for_no_more_than_the_take_has() -> None:
    first, last = judged(0, word_ms=(100, 500)), judged(2000, word_ms=(2500, 3000))
    assert (first.off_samples, first.moved_samples) == (200 * MS, 0)
    assert (last.off_samples, last.moved_samples) == (-250 * MS, 0)
    assert judged(-200, word_ms=(100, 500)).moved_samples == 0
    assert judged(60, word_ms=(100, 500)).moved_samples == 60 * MS


def test_lost_is_the_share_of_the_energy_outside() -> None:
    assert judged(1350).lost_share == pytest.approx(150 / 600)
    assert judged(500).lost_share == pytest.approx(300 / 600)
    assert judged(2500).lost_share == pytest.approx(1.0)


def test_a_window_far_off_cuts_no_more_than_the_word() -> None:
    assert judged(2500).cut_samples == 600 * MS


def test_a_dropped_take_lost_everything() -> None:
    outcome = judge(take(), None)
    assert (outcome.is_strict, outcome.is_tolerant, outcome.off_samples, outcome.lost_share) == (
        False,
        False,
        None,
        1.0,
    )


def test_words_longer_than_a_second_count_but_not_as_cut() -> None:
    summary = summarise([judged(1000), judged(1000, word_ms=(900, 2100))])
    assert (summary.strict, summary.tolerant) == (Share(1, 2), Share(1, 2))
    assert summary.cut == Share(0, 1)


def test_a_summary_counts_every_take() -> None:
    summary = summarise([judged(1000), judged(1150), judged(1250), judge(take(), None)])
    assert (summary.strict, summary.tolerant, summary.lossy, summary.cut) == (
        Share(2, 4),
        Share(2, 4),
        Share(2, 4),
        Share(2, 4),
    )
    assert (summary.centre_ms_median, summary.n_dropped) == (150.0, 1)
    assert summary.energy_lost_percent == pytest.approx(100 * (50 / 600 + 1) / 4)


def test_nothing_measured_is_not_a_number() -> None:
    assert math.isnan(summarise([]).strict.percent)


@pytest.mark.parametrize(
    ("share", "interval"),
    [(Share(0, 10), (0.0, 27.75)), (Share(50, 100), (40.38, 59.62)), (Share(10, 10), (72.25, 100))],
)
def test_intervals_are_wilsons(share: Share, interval: tuple[float, float]) -> None:
    assert share.interval_percent == pytest.approx(interval, abs=0.01)
