"""Levels of signals whose levels are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.audio.level import amplitude_dbfs, offset_dbfs, peak_dbfs, power_db, power_dbfs, rms_dbfs
from tests.audio.recordings import tone

SECOND = 16_000


def test_a_full_scale_square_wave_measures_zero() -> None:
    square = np.tile(np.array([1, -1], np.float32), 8_000)
    assert (peak_dbfs(square), rms_dbfs(square)) == (0.0, 0.0)


def test_a_sine_of_half_scale_measures_minus_6_and_minus_9() -> None:
    sine = tone(1_000, SECOND, amplitude=0.5)
    assert peak_dbfs(sine) == pytest.approx(-6.02, abs=0.01)
    assert rms_dbfs(sine) == pytest.approx(-9.03, abs=0.01)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_offset_measures_its_own_level(sign: int) -> None:
    assert offset_dbfs(tone(1_000, SECOND, 1.0, 0.3) + np.float32(sign * 0.01)) == pytest.approx(-40, abs=0.01)


def test_no_sample_at_all_has_the_lowest_peak() -> None:
    assert peak_dbfs(np.zeros(0, np.float32)) == -120.0


@given(st.floats(0, 1e6))
def test_a_level_is_never_outside_its_range(number: float) -> None:
    assert -120 <= power_dbfs(number) <= 0
    assert -120 <= amplitude_dbfs(number) <= 0
    assert math.isfinite(power_db(number))
