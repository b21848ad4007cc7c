"""Measures of signals whose measures are known."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.audio.align import Window
from speechapp.audio.decode import Recording
from speechapp.audio.measure import Measures, measure, peak_dbfs, rms_dbfs
from speechapp.audio.pcm import Waveform
from tests.audio.recordings import noise, tone

SECOND = 16_000


def measured(take: Waveform, start_samples: int = 0) -> Measures:
    return measure(Recording(take, SECOND, "wav"), take, Window(start_samples, SECOND))


def word_in_noise(snr_db: float) -> Waveform:
    """A tone of half a second at -20 dBFS RMS in two seconds of white noise."""
    take = noise(2 * SECOND, 10 ** ((-20 - snr_db) / 20))
    take[8_000:16_000] += tone(400, SECOND, 0.5, amplitude=0.1 * math.sqrt(2))
    return take


def test_a_full_scale_square_wave_measures_zero() -> None:
    square = np.tile(np.array([1, -1], np.float32), 8_000)
    assert (peak_dbfs(square), rms_dbfs(square)) == (0.0, 0.0)


def test_a_sine_of_half_scale_measures_minus_6_and_minus_9() -> None:
    sine = tone(1_000, SECOND, amplitude=0.5)
    assert peak_dbfs(sine) == pytest.approx(-6.02, abs=0.01)
    assert rms_dbfs(sine) == pytest.approx(-9.03, abs=0.01)


def test_digital_silence_measures_the_lowest_level() -> None:
    assert measured(np.zeros(SECOND, np.float32)) == Measures(1000.0, SECOND, -120.0, -120.0, -120.0, 0.0, 0, 0.0)


@pytest.mark.parametrize("snr_db", [10, 20, 40, 60])
def test_noise_floor_and_ratio_are_those_of_the_mix(snr_db: float) -> None:
    measures = measured(word_in_noise(snr_db))
    assert measures.noise_floor_dbfs == pytest.approx(-20 - snr_db, abs=0.7)
    assert measures.snr_db == pytest.approx(snr_db, abs=1.2)


def test_an_offset_is_not_taken_for_noise() -> None:
    offset = measured(word_in_noise(40) + np.float32(0.02))
    assert offset.noise_floor_dbfs == pytest.approx(measured(word_in_noise(40)).noise_floor_dbfs, abs=0.5)


def test_steady_noise_has_no_ratio_to_itself() -> None:
    assert measured(noise(2 * SECOND, 0.01)).snr_db < 1.5


def test_clipped_samples_are_those_at_full_scale_in_16_bits() -> None:
    take = np.array([32_767, -32_768, 32_766, -32_767, 0], np.float32).repeat(1_000) / 32_768
    assert measured(take.astype(np.float32)).n_clipped_samples == 3_000


def test_clipping_is_counted_in_the_whole_take_at_its_own_rate() -> None:
    recording = Recording(np.ones(96_000, np.float32), 48_000, "wav")
    measures = measure(recording, np.zeros(32_000, np.float32), Window(0, SECOND))
    assert (measures.n_clipped_samples, measures.take_ms, measures.source_rate_hz) == (96_000, 2_000.0, 48_000)


def test_peak_and_rms_are_of_the_window_alone() -> None:
    take = np.concatenate((np.full(SECOND, 0.9), np.full(SECOND, 0.1))).astype(np.float32)
    measures = measured(take, start_samples=SECOND)
    assert measures.peak_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.rms_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.window_start_ms == 1_000.0


def test_padding_counts_into_the_rms_and_the_start_is_negative() -> None:
    measures = measured(np.full(4_000, 0.2, np.float32), start_samples=-6_000)
    assert measures.rms_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.window_start_ms == -375.0


@given(seed=st.integers(0, 2**32 - 1), n_samples=st.integers(1_600, 40_000), amplitude=st.floats(0, 3))
def test_every_number_is_finite_and_in_its_range(seed: int, n_samples: int, amplitude: float) -> None:
    take = np.clip(noise(n_samples, amplitude, seed), -1, 1)
    measures = measured(take)
    assert all(map(math.isfinite, dataclasses.astuple(measures)))
    assert -120 <= measures.noise_floor_dbfs <= 0
    assert -120 <= measures.rms_dbfs <= measures.peak_dbfs <= 0
    assert 0 <= measures.snr_db <= 120
