"""Samples at a rail, at full scale and below it."""

import numpy as np
import pytest

from speechapp.audio.clipping import Clipping, clipping
from speechapp.audio.pcm import Waveform
from tests.audio.recordings import noise, tone
from tests.audio.voices import rounded, vowel

SECOND = 16_000
NONE = Clipping(0, 0)


def overdriven(rail: float, rate_hz: int = SECOND) -> Waveform:
    """A tone whose upper and lower thirds are gone, at a rail."""
    return rounded(rail * np.clip(1.5 * tone(203, rate_hz, 1.0, 1.0), -1, 1))


def test_samples_at_full_scale_in_16_bits_count() -> None:
    take = np.array([32_767, -32_768, 32_766, -32_767, 0], np.float32).repeat(1_000) / 32_768
    assert clipping(take.astype(np.float32), SECOND) == Clipping(3_000, 2_000)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("rail", [1.0, 0.9, 0.3, 0.06])
def test_flat_tops_count_at_any_rail_and_rate(rail: float, rate_hz: int) -> None:
    take = overdriven(rail, rate_hz)
    at_rail = int(np.count_nonzero(np.abs(take) >= 0.999 * rail))
    assert clipping(take, rate_hz).n_samples == pytest.approx(at_rail, rel=0.02)


def test_the_longest_run_is_that_of_one_top() -> None:
    period_samples = SECOND / 203
    share = np.arccos(1 / 1.5) / np.pi
    assert clipping(overdriven(0.5), SECOND).longest_run_samples == pytest.approx(share * period_samples, abs=1.5)


def test_one_rail_alone_counts() -> None:
    take = rounded(np.minimum(tone(203, SECOND, 1.0, 0.8), 0.5))
    assert clipping(take, SECOND).n_samples > 1_000
    assert clipping(take, SECOND) == clipping(-take, SECOND)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("amplitude", [0.9, 0.3, 0.01])
def test_a_natural_peak_is_no_rail(amplitude: float, rate_hz: int) -> None:
    decaying = tone(203, rate_hz, 1.0, amplitude) * np.exp(-3 * np.arange(rate_hz) / rate_hz).astype(np.float32)
    assert clipping(rounded(decaying), rate_hz) == NONE


def test_a_vowel_and_noise_are_not_clipped() -> None:
    assert clipping(rounded(vowel(1.0, -12)), SECOND) == NONE
    assert clipping(rounded(noise(SECOND, 0.1)), SECOND) == NONE


def test_a_quiet_flat_recording_is_not_clipped() -> None:
    assert clipping(rounded(noise(SECOND, 1e-5)), SECOND) == NONE
    assert clipping(np.zeros(SECOND, np.float32), SECOND) == NONE
