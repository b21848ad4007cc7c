"""The active speech level, against known answers and a slow, plain implementation of ITU-T P.56."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speechapp.audio.active_level import active_level
from tests.audio.recordings import noise, tone
from tests.audio.voices import take_of, vowel

SECOND = 16_000


def bursts(on_s: float, off_s: float, n: int = 6, amplitude: float = 0.5) -> NDArray[np.float64]:
    """Tones with silence between them."""
    return np.tile(np.concatenate((tone(500, SECOND, on_s, amplitude), np.zeros(round(off_s * SECOND)))), n)


def plain_p56(samples: NDArray[np.float64]) -> float:
    """Method B sample by sample, with thresholds an octave apart from full scale down."""
    decay, hangover = math.exp(-1 / (0.03 * SECOND)), round(0.2 * SECOND)
    first = second = 0.0
    thresholds = [2.0**-power for power in range(1, 16)]
    n_active, n_held = dict.fromkeys(thresholds, 0), dict.fromkeys(thresholds, hangover)
    for magnitude in np.abs(samples).tolist():
        first = decay * first + (1 - decay) * magnitude
        second = decay * second + (1 - decay) * first
        for threshold in thresholds:
            n_held[threshold] = 0 if second >= threshold else n_held[threshold] + 1
            n_active[threshold] += n_held[threshold] <= hangover
    return interpolated_level(float(np.sum(samples**2)), {c: n for c, n in n_active.items() if n})


def interpolated_level(energy: float, n_active: dict[float, int]) -> float:
    """The level at which its threshold lies 15.9 dB below, between the two thresholds around that point."""
    points = sorted((20 * math.log10(c), 10 * math.log10(energy / n)) for c, n in n_active.items())
    below = next(index for index, (threshold, level) in enumerate(points) if level - threshold <= 15.9)
    (low_threshold, low), (high_threshold, high) = points[below - 1], points[below]
    low_excess, high_excess = low - low_threshold - 15.9, high - high_threshold - 15.9
    return low + low_excess / (low_excess - high_excess) * (high - low)


def test_steady_sound_is_active_all_the_time() -> None:
    level = active_level(tone(500, SECOND, 5, 0.5).astype(np.float64))
    assert level.dbfs == pytest.approx(-9.03, abs=0.05)
    assert level.activity == pytest.approx(1, abs=0.01)


def test_pauses_do_not_lower_the_level() -> None:
    level = active_level(bursts(on_s=1.0, off_s=4.0))
    assert level.dbfs == pytest.approx(-9.03 - 10 * math.log10(1.2), abs=0.3)  # 0.2 s of hangover on each second
    assert level.activity == pytest.approx(0.24, abs=0.02)


def test_short_pauses_are_held_over() -> None:
    level = active_level(bursts(on_s=0.3, off_s=0.15))
    assert level.activity == pytest.approx(1, abs=0.04)
    assert level.dbfs == pytest.approx(-9.03 + 10 * math.log10(0.3 / 0.45), abs=0.2)


@pytest.mark.parametrize(
    "samples",
    [
        bursts(0.5, 1.0, n=2, amplitude=0.3),
        take_of((0.5, vowel(0.4, -18)), (1.0, vowel(0.3, -30, 190))),
        take_of((0.2, vowel(0.7, -40)), duration_s=3.0, room=10 ** (-60 / 20)),
        noise(2 * SECOND, 0.05),
    ],
    ids=["bursts", "two vowels", "a quiet vowel", "noise"],
)
def test_it_is_that_of_a_plain_implementation(samples: NDArray[np.float64]) -> None:
    assert active_level(samples.astype(np.float64)).dbfs == pytest.approx(plain_p56(samples), abs=0.1)


@settings(max_examples=40)
@given(gain_db=st.floats(-40, 6), seed=st.integers(0, 1000))
def test_a_gain_shifts_the_level_exactly(gain_db: float, seed: int) -> None:
    take = (take_of((0.5, vowel(0.5, -18))) + noise(2 * SECOND, 0.002, seed)).astype(np.float64)
    plain, louder = active_level(take), active_level(take * 10 ** (gain_db / 20))
    assert louder.dbfs == pytest.approx(plain.dbfs + gain_db, abs=1e-6)
    assert louder.activity == pytest.approx(plain.activity, abs=1e-9)


def test_silence_has_the_lowest_level_and_no_activity() -> None:
    level = active_level(np.zeros(SECOND))
    assert (level.dbfs, level.activity) == (-120, 0)


def test_a_click_whose_envelope_never_rises_has_its_long_term_level() -> None:
    click = np.zeros(SECOND)
    click[5_000] = 1
    level = active_level(click)
    assert level.dbfs == pytest.approx(-10 * math.log10(SECOND))
    assert level.activity == 1


@pytest.mark.slow
def test_ten_minutes_are_measured_like_one() -> None:
    minute = bursts(on_s=1.0, off_s=4.0, n=12)
    assert active_level(np.tile(minute, 10)).dbfs == pytest.approx(active_level(minute).dbfs, abs=0.02)
