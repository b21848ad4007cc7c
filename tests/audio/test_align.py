"""The loudest second, against a slow oracle and against its own rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.audio.align import Window, align, cut
from speechapp.audio.pcm import Waveform, to_pcm
from tests.audio.recordings import noise

SECOND = 16_000
FEW = st.integers(0, 300)
SEEDS = st.integers(0, 2**32 - 1)
AMPLITUDES = st.sampled_from([1 / 32_768, 0.01, 0.3, 5.0])  # nearly all zeros with many ties, up to heavy clipping


def oracle(waveform: Waveform) -> int:
    """Every window summed anew, in integers."""
    magnitude = np.abs(to_pcm(waveform).astype(np.int64))
    sums = [int(magnitude[start : start + SECOND].sum()) for start in range(len(waveform) - SECOND + 1)]
    return sums.index(max(sums))


def with_burst(n_samples: int, start: int, stop: int) -> Waveform:
    waveform = np.zeros(n_samples, np.float32)
    waveform[start:stop] = -1.0
    return waveform


@given(n_extra=FEW, seed=SEEDS, amplitude=AMPLITUDES)
def test_it_is_the_first_window_of_the_largest_sum(n_extra: int, seed: int, amplitude: float) -> None:
    take = noise(SECOND + n_extra, amplitude, seed)
    assert align(take, "loudest").window == Window(oracle(take), SECOND)


@given(n_extra=FEW, n_delay=FEW, seed=SEEDS)
def test_a_delayed_take_moves_the_window_as_much(n_extra: int, n_delay: int, seed: int) -> None:
    take = noise(SECOND + n_extra, 0.05, seed)
    take[np.abs(take) < 1 / 32_768] = 0.1  # no silence, or an earlier window could be its equal
    delayed = np.pad(take, (n_delay, 0))
    assert align(delayed, "loudest").window.start_samples == align(take, "loudest").window.start_samples + n_delay


@given(n_extra=FEW, seed=SEEDS)
def test_polarity_does_not_matter(n_extra: int, seed: int) -> None:
    take = noise(SECOND + n_extra, 0.1, seed)
    assert align(-take) == align(take)


@given(n_samples=st.integers(0, 3 * SECOND), seed=SEEDS)
def test_the_cut_is_always_exactly_one_second(n_samples: int, seed: int) -> None:
    take = noise(n_samples, 0.1, seed)
    assert cut(take, align(take).window).shape == (SECOND,)


@given(n_samples=st.integers(1, SECOND), seed=SEEDS)
def test_a_short_take_is_kept_whole(n_samples: int, seed: int) -> None:
    take = noise(n_samples, 0.1, seed)
    start = -align(take).window.start_samples
    clip = cut(take, align(take).window)
    assert np.array_equal(clip[start : start + n_samples], take)
    assert np.count_nonzero(clip) == np.count_nonzero(take)
    assert start in {(SECOND - n_samples) // 2, (SECOND - n_samples + 1) // 2}


@pytest.mark.parametrize(
    ("start", "stop", "window_start"),
    [(0, 800, 0), (20_000, 28_000, 12_000), (47_200, 48_000, 32_000), (10_000, 40_000, 10_000)],
)
def test_a_burst_is_caught_by_the_first_window_that_holds_it(start: int, stop: int, window_start: int) -> None:
    assert align(with_burst(48_000, start, stop), "loudest").window.start_samples == window_start


def test_of_equals_the_first_wins() -> None:
    twice = with_burst(48_000, 0, 800) + with_burst(48_000, 47_200, 48_000)
    assert align(twice, "loudest").window.start_samples == 0


def test_one_bit_more_decides_after_ten_loud_seconds() -> None:
    take = np.full(160_000, 0.5, np.float32)
    take[120_000] += 1 / 32_768
    assert align(take, "loudest").window.start_samples == 120_000 - SECOND + 1


@pytest.mark.parametrize(
    ("window", "clip"),
    [
        (Window(0, 3), [1, 2, 3]),
        (Window(1, 2), [2, 3]),
        (Window(-2, 4), [0, 0, 1, 2]),
        (Window(2, 3), [3, 0, 0]),
        (Window(-1, 5), [0, 1, 2, 3, 0]),
        (Window(5, 2), [0, 0]),
        (Window(-5, 2), [0, 0]),
    ],
)
def test_outside_the_take_there_is_silence(window: Window, clip: list[int]) -> None:
    assert cut(np.array([1, 2, 3], np.float32), window).tolist() == clip
