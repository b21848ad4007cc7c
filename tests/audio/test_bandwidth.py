"""Up to which frequency a sound reaches."""

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.audio.bandwidth import bandwidth_hz
from speechapp.audio.pcm import Waveform
from speechapp.audio.spectrum import band_powers
from tests.audio.recordings import noise, tone
from tests.audio.voices import rounded, take_of, vowel

SECOND = 16_000
SPOKEN = take_of((0.5, vowel(0.6)), room=0.0005)


def width(take: Waveform) -> float:
    return bandwidth_hz(band_powers(take.astype(np.float64)))


@pytest.mark.parametrize("rate_hz", [6_000, 8_000, 11_025, 12_000])
def test_what_came_at_a_lower_rate_ends_at_half_of_it(rate_hz: int) -> None:
    low = soxr.resample(soxr.resample(SPOKEN, SECOND, rate_hz), rate_hz, SECOND)
    assert width(rounded(low)) == pytest.approx(rate_hz / 2, abs=260)


def test_a_voice_in_a_room_has_the_whole_band() -> None:
    assert width(rounded(SPOKEN)) == 8_000


def test_white_noise_has_the_whole_band() -> None:
    assert width(noise(SECOND, 0.01)) == 8_000


def test_a_tone_reaches_as_far_as_itself() -> None:
    assert width(tone(3_000, SECOND)) == pytest.approx(3_125, abs=130)


def test_a_telephone_stays_one_however_quiet() -> None:
    low = soxr.resample(soxr.resample(SPOKEN, SECOND, 8_000), 8_000, SECOND)
    assert width(rounded(low * np.float32(0.03))) <= 4_250


def test_silence_has_no_band() -> None:
    assert width(np.zeros(SECOND, np.float32)) == 0


@settings(max_examples=25)
@given(gain_db=st.floats(-20, 10))
def test_a_gain_changes_nothing(gain_db: float) -> None:
    assert width(SPOKEN * np.float32(10 ** (gain_db / 20))) == width(SPOKEN)
