"""The second around the word, and the loudest second, against a slow oracle and against their own rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.audio.align import METHODS, Alignment, Method, Window, align, cut
from speechapp.audio.pcm import Waveform, to_pcm
from tests.audio.recordings import noise
from tests.audio.words import room, silence, take_with, vowel, word

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
    window = align(take, "loudest").window
    start, clip = -window.start_samples, cut(take, window)
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


MIDDLE = 14_400 + 4_000  # of the word in take_with(word()): it is half a second long
NEAR = 320  # 20 ms


def middle(alignment: Alignment) -> int:
    return alignment.window.start_samples + alignment.window.n_samples // 2


@pytest.mark.parametrize("onset_s", [0.6, 0.9, 1.3])
def test_the_word_comes_into_the_middle(onset_s: float) -> None:
    found = align(take_with(word(), onset_s))
    assert middle(found) == pytest.approx(onset_s * SECOND + 4_000, abs=NEAR)
    assert found.word is not None
    assert found.word.start_samples == pytest.approx(onset_s * SECOND, abs=NEAR)
    assert found.word.stop_samples == pytest.approx(onset_s * SECOND + 8_000, abs=NEAR)
    assert found.confidence is not None
    assert found.confidence > 0.99


@pytest.mark.parametrize("rms", [0.002, 0.01, 0.03])
def test_noise_does_not_hide_the_word(rms: float) -> None:
    window = align(take_with(word(), rms=rms)).window
    assert window.start_samples < 14_400
    assert window.stop_samples > 22_400


def test_a_click_is_no_word() -> None:
    take = take_with(word())
    take[3_000:3_200] += noise(200, 0.5)
    assert middle(align(take)) == pytest.approx(MIDDLE, abs=NEAR)
    assert align(take, "loudest").window.start_samples < 8_000


@pytest.mark.parametrize("offset", [0.02, 0.1, -0.3])
def test_an_offset_does_not_matter(offset: float) -> None:
    take = take_with(word())
    assert middle(align(take + np.float32(offset))) == pytest.approx(middle(align(take)), abs=2)


@pytest.mark.parametrize("offset", [0.005, 0.02, -0.2])
def test_an_offset_does_not_outweigh_the_word_for_the_loudest_rule(offset: float) -> None:
    take = take_with(word(), 0.6, 3.0)
    assert align(take + np.float32(offset), "loudest").window.start_samples == pytest.approx(
        align(take, "loudest").window.start_samples, abs=NEAR
    )


def test_long_windows_of_the_loudest_rule_are_exact_too() -> None:
    take = np.full(120_000, 1.0, np.float32)
    take[::2] = -1.0
    take[:20_000] = 0.0
    assert align(take, "loudest", 100_000).window.start_samples == 20_000


def test_a_stop_inside_a_word_is_bridged() -> None:
    stopped = np.concatenate((vowel(0.2), silence(0.15), vowel(0.15, amplitude=0.08)))
    found = align(take_with(stopped, 1.0))
    assert found.word is not None
    assert found.word.n_samples == pytest.approx(len(stopped), abs=2 * NEAR)


def test_a_word_at_the_edge_keeps_the_window_in_the_take() -> None:
    assert align(take_with(word(), 0.0)).window.start_samples == 0
    assert align(take_with(word(), 1.89)).window.stop_samples == 38_400


def test_the_word_of_a_short_take_comes_into_the_middle_of_the_silence_around_it() -> None:
    found = align(take_with(word(), 0.05, 0.7))
    assert middle(found) == pytest.approx(800 + 4_000, abs=NEAR)


def test_two_words_too_far_apart_for_one_window_leave_doubt() -> None:
    twice = take_with(word(), 0.3, 3.2)
    twice[32_000 : 32_000 + 8_000] += word()
    certain, doubtful = align(take_with(word())).confidence, align(twice).confidence
    assert certain is not None
    assert doubtful is not None
    assert doubtful < 0.9 < certain


def test_digital_silence_has_no_word() -> None:
    found = align(np.zeros(32_000, np.float32))
    assert (found.word, found.confidence) == (None, None)


@settings(max_examples=40)
@given(n_delay=st.integers(0, 2 * SECOND))
def test_a_delayed_take_moves_the_window_around_the_word_as_much(n_delay: int) -> None:
    take = take_with(word())
    delayed = align(np.pad(take, (n_delay, 0)))
    assert delayed.window.start_samples - align(take).window.start_samples == pytest.approx(n_delay, abs=2)


@given(n_delay=st.integers(0, 2 * SECOND))
@settings(max_examples=40)
def test_a_delay_moves_a_window_that_left_the_middle_of_a_doubtful_word_as_much(n_delay: int) -> None:
    doubtful = take_with(np.concatenate((vowel(0.4), silence(0.15), vowel(0.3, 140, 0.01))), 0.7, rms=0.0008)
    found = align(doubtful)
    assert found.word is not None
    assert abs(middle(found) - found.word.start_samples - found.word.n_samples // 2) > NEAR
    delayed = align(np.pad(doubtful, (n_delay, 0)))
    assert delayed.window.start_samples - found.window.start_samples == pytest.approx(n_delay, abs=2)


@settings(max_examples=40)
@given(gain=st.floats(0.01, 4.0))
def test_gain_does_not_move_the_window(gain: float) -> None:
    take = take_with(word())
    assert align(take * np.float32(gain)).window.start_samples == pytest.approx(align(take).window.start_samples, abs=2)


@settings(max_examples=40)
@given(seed=SEEDS, onset_s=st.floats(0.0, 1.8))
def test_polarity_does_not_move_the_window(seed: int, onset_s: float) -> None:
    take = take_with(word(), onset_s) + room(38_400, 0.01, seed)
    assert align(-take) == align(take)


@settings(max_examples=40)
@given(method=st.sampled_from(METHODS), n_samples=st.integers(1, 3 * SECOND), seed=SEEDS, amplitude=AMPLITUDES)
def test_a_window_lies_in_its_take_or_the_take_in_its_window(
    method: Method, n_samples: int, seed: int, amplitude: float
) -> None:
    found = align(noise(n_samples, amplitude, seed), method)
    lowest, highest = sorted((0, n_samples - SECOND))
    assert found.window.n_samples == SECOND
    assert lowest <= found.window.start_samples <= highest
    assert found.method == method


@settings(max_examples=40)
@given(seed=SEEDS, amplitude=AMPLITUDES)
def test_an_aligned_clip_stays_where_it_is(seed: int, amplitude: float) -> None:
    assert align(noise(SECOND, amplitude, seed)).window.start_samples == 0


@pytest.mark.parametrize("n_samples", [10_000, 12_000, 24_000, 32_000])
def test_windows_of_other_lengths_have_the_word_in_the_middle_too(n_samples: int) -> None:
    found = align(take_with(word()), n_samples=n_samples)
    assert found.window.n_samples == n_samples
    assert middle(found) == pytest.approx(np.clip(MIDDLE, n_samples // 2, 38_400 - n_samples // 2), abs=NEAR)


@pytest.mark.slow
def test_a_take_of_ten_minutes_is_searched_whole() -> None:
    take = room(600 * SECOND)
    take[500 * SECOND : 500 * SECOND + 8_000] += word()
    assert middle(align(take)) == pytest.approx(500 * SECOND + 4_000, abs=NEAR)


@settings(max_examples=40)
@given(n_samples=st.integers(1, 2 * SECOND), seed=SEEDS)
def test_the_word_lies_in_its_take(n_samples: int, seed: int) -> None:
    found = align(noise(n_samples, 0.1, seed)).word
    assert found is not None
    assert 0 <= found.start_samples <= found.stop_samples <= n_samples
