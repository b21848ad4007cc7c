"""What is wrong with a take."""

import dataclasses

import numpy as np
import pytest
import soxr

from speechapp.audio.align import Alignment, Window
from speechapp.audio.decode import Recording
from speechapp.audio.measure import Measures, measure
from speechapp.audio.pcm import Waveform
from speechapp.audio.quality import FAULTS, LIMITS, Limits, faults
from tests.audio.recordings import noise, tone
from tests.audio.voices import rounded, take_of, vowel

SECOND = 16_000
ROOM = 10 ** (-65 / 20)
WORD = np.concatenate((vowel(0.3), vowel(0.2, -24, 150)))
GOOD = take_of((0.7, WORD), room=ROOM)


def measured(take: Waveform, declared_samples: int | None = None, start_samples: int = 8_000) -> Measures:
    alignment = Alignment(Window(start_samples, SECOND), None, None, "word")
    recording = rounded(take)
    return measure(Recording(recording, SECOND, "wav", declared_samples), recording, alignment)


def without(take: Waveform, start_s: float, lost_s: float) -> Waveform:
    broken = take.copy()
    broken[round(start_s * SECOND) : round((start_s + lost_s) * SECOND)] = 0
    return broken


def test_a_good_take_has_no_fault() -> None:
    assert faults(measured(GOOD)) == ()


@pytest.mark.parametrize(
    ("code", "measures"),
    [
        ("silent", measured(noise(32_000, 0.01))),
        ("truncated", measured(GOOD, declared_samples=33_000)),
        ("clipped", measured(np.clip(12 * GOOD, -1, 1))),
        ("clipped", measured(0.3 * np.clip(12 * GOOD, -1, 1))),
        ("dropouts", measured(without(GOOD, 0.8, 0.01))),
        ("cut_off_start", measured(GOOD[round(0.75 * SECOND) :], start_samples=0)),
        ("cut_off_end", measured(GOOD[: round(1.1 * SECOND)])),
        ("two_words", measured(take_of((0.5, vowel(0.25)), (1.1, vowel(0.25)), room=ROOM))),
        ("too_long", measured(take_of((0.3, vowel(1.3, pitch_hz=143)), room=ROOM))),
        ("too_quiet", measured(GOOD * np.float32(0.01) + noise(32_000, 0.00002))),
        ("too_noisy", measured(take_of((0.7, WORD), room=0.03))),
        ("gated", measured(without(GOOD, 1.5, 0.3))),
        ("narrow_band", measured(soxr.resample(soxr.resample(GOOD, SECOND, 8_000), 8_000, SECOND))),
        ("hum", measured(GOOD + tone(50, SECOND, 2.0, 0.01))),
        ("offset", measured(GOOD + np.float32(0.03))),
    ],
)
def test_a_take_with_one_fault_has_that_fault_alone(code: str, measures: Measures) -> None:
    assert faults(measures) == (code,)


def test_of_several_faults_the_gravest_comes_first() -> None:
    take = np.clip(12 * take_of((0.0, vowel(0.4)), (1.1, vowel(0.4)), room=ROOM), -1, 1) * np.float32(0.9)
    assert faults(measured(take + np.float32(0.05))) == ("clipped", "cut_off_start", "two_words", "offset")


def test_silence_is_nothing_but_silent() -> None:
    assert faults(measured(np.zeros(32_000, np.float32))) == ("silent",)


def test_every_fault_has_a_sentence_that_says_what_to_do() -> None:
    assert all(str(sentence).endswith(".") and ("; " in str(sentence)) for sentence in FAULTS.values())


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (LIMITS, ()),
        (dataclasses.replace(LIMITS, snr_db=90.0), ("too_noisy",)),
        (dataclasses.replace(LIMITS, lead_ms=900.0, tail_ms=900.0), ("cut_off_start", "cut_off_end")),
    ],
)
def test_the_limits_can_be_others(limits: Limits, found: tuple[str, ...]) -> None:
    assert faults(measured(GOOD), limits) == found
