"""The hum of the mains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speechapp.audio.hum import hum
from tests.audio.recordings import noise, tone
from tests.audio.voices import take_of, vowel

SECOND = 16_000


def humming(mains_hz: float, level_dbfs: float, order: int = 1) -> NDArray[np.float64]:
    """A vowel in a room that hums."""
    line = tone(order * mains_hz, SECOND, 2.0, 10 ** (level_dbfs / 20) * np.sqrt(2))
    return (take_of((0.6, vowel(0.6))) + line).astype(np.float64)


@pytest.mark.parametrize("order", [1, 2, 3, 6])
@pytest.mark.parametrize("mains_hz", [50, 60, 49.9, 60.1])
def test_hum_is_found_with_its_level(mains_hz: float, order: int) -> None:
    found = hum(humming(mains_hz, -50, order))
    assert found.db > 20
    assert found.dbfs == pytest.approx(-50, abs=3)


@pytest.mark.parametrize("pitch_hz", [100, 120, 150, 180])
def test_a_voice_that_comes_and_goes_is_no_hum(pitch_hz: float) -> None:
    assert hum(take_of((0.6, vowel(0.8, pitch_hz=pitch_hz))).astype(np.float64)).db < 15


def test_a_room_without_hum_has_little() -> None:
    assert hum(noise(2 * SECOND, 0.01).astype(np.float64)).db < 10


def test_another_line_is_no_hum() -> None:
    assert hum(humming(85, -40)).db < 15


def test_silence_and_short_takes_have_none() -> None:
    assert (hum(np.zeros(2 * SECOND)).db, hum(np.zeros(2 * SECOND)).dbfs) == (0, -120)
    assert hum(humming(50, -20)[:1_600]).db == 0


@settings(max_examples=25)
@given(gain_db=st.floats(-30, 10))
def test_a_gain_shifts_the_level_and_nothing_else(gain_db: float) -> None:
    plain, louder = hum(humming(50, -50)), hum(humming(50, -50) * 10 ** (gain_db / 20))
    assert louder.db == pytest.approx(plain.db, abs=1e-6)
    assert louder.dbfs == pytest.approx(plain.dbfs + gain_db, abs=1e-6)
