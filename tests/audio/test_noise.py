"""The noise of a take and the speech above it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.audio.align import Window
from speechapp.audio.noise import noise_floor_dbfs, snr_db
from speechapp.audio.pcm import Waveform
from speechapp.audio.spectrum import band_powers
from tests.audio.recordings import noise, tone

SECOND = 16_000
WORD = Window(8_000, 8_000)


def word_in_noise(noise_dbfs: float) -> Waveform:
    """A tone of half a second at -20 dBFS RMS in two seconds of white noise."""
    take = noise(2 * SECOND, 10 ** (noise_dbfs / 20))
    take[8_000:16_000] += tone(400, SECOND, 0.5, amplitude=0.1 * np.sqrt(2))
    return take


def ratio_db(take: Waveform, word: Window | None = WORD) -> float:
    return snr_db(band_powers(take.astype(np.float64)), word)


@pytest.mark.parametrize("noise_dbfs", [-30, -40, -60, -80])
def test_the_floor_is_that_of_the_noise(noise_dbfs: float) -> None:
    assert noise_floor_dbfs(word_in_noise(noise_dbfs).astype(np.float64)) == pytest.approx(noise_dbfs, abs=0.7)


@pytest.mark.parametrize("word", [WORD, None])
@pytest.mark.parametrize("noise_dbfs", [-30, -40, -60, -80])
def test_the_ratio_is_that_of_the_mix(noise_dbfs: float, word: Window | None) -> None:
    assert ratio_db(word_in_noise(noise_dbfs), word) == pytest.approx(-20 - noise_dbfs, abs=1.2)


def test_clatter_around_the_word_lowers_the_ratio_and_one_click_does_not() -> None:
    click, clatter = word_in_noise(-60), word_in_noise(-60)
    click[24_000:24_400] += noise(400, 0.1)
    clatter[20_000:30_000] += noise(10_000, 0.1)
    assert ratio_db(click) == pytest.approx(40, abs=1.5)
    assert ratio_db(clatter) < 10


def test_noise_that_stops_before_the_word_is_noise_still() -> None:
    take = word_in_noise(-80)
    take[:7_000] += noise(7_000, 0.01)
    take[:2_000] = noise(2_000, 0.0001)  # a moment of quiet
    assert ratio_db(take, WORD) < 40
    assert ratio_db(take, None) > 50


def test_rumble_is_no_noise() -> None:
    rumbling = word_in_noise(-60) + tone(20, SECOND, 2.0, 0.02)
    assert ratio_db(rumbling) == pytest.approx(ratio_db(word_in_noise(-60)), abs=1)


def test_a_word_that_fills_the_take_is_set_against_its_quietest_part() -> None:
    assert ratio_db(word_in_noise(-60), Window(0, 2 * SECOND)) == pytest.approx(40, abs=1.2)


def test_steady_noise_has_no_ratio_to_itself() -> None:
    assert ratio_db(noise(2 * SECOND, 0.01), None) < 1.5


def test_silence_has_none_and_words_may_lie_outside() -> None:
    assert ratio_db(np.zeros(SECOND, np.float32), None) == 0
    assert ratio_db(np.zeros(160, np.float32), Window(-500, 100_000)) == 0


@settings(max_examples=25)
@given(gain_db=st.floats(-30, 10))
def test_a_gain_changes_nothing(gain_db: float) -> None:
    louder = word_in_noise(-50) * np.float32(10 ** (gain_db / 20))
    assert ratio_db(louder) == pytest.approx(ratio_db(word_in_noise(-50)), abs=1e-4)
