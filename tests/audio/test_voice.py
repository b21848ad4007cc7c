"""Where a voice sounds in a take."""

import numpy as np
import pytest

from speechapp.audio.pcm import Waveform
from speechapp.audio.spectrum import band_powers
from speechapp.audio.voice import Part, parts_of_word, periodicity
from tests.audio.recordings import noise
from tests.audio.voices import take_of, vowel

SECOND = 16_000


def parts_of(take: Waveform) -> tuple[list[Part], int]:
    samples = take.astype(np.float64) - np.mean(take, dtype=np.float64)
    return parts_of_word(samples, band_powers(samples))


def hiss(duration_s: float, amplitude: float = 0.02) -> Waveform:
    return np.diff(noise(round(duration_s * SECOND) + 1, amplitude))


@pytest.mark.parametrize("pitch_hz", [70, 120, 250, 400])
def test_a_vowel_is_one_voiced_part(pitch_hz: float) -> None:
    [part], n_voiced = parts_of(take_of((0.6, vowel(0.4, pitch_hz=pitch_hz))))
    assert part.start == pytest.approx(60, abs=3)
    assert part.stop == pytest.approx(100, abs=3)
    assert n_voiced >= 34


def test_a_hiss_beside_a_vowel_belongs_to_the_word() -> None:
    parts, _ = parts_of(take_of((0.4, hiss(0.15)), (0.6, vowel(0.3))))
    assert parts[0].start == pytest.approx(40, abs=3)
    assert parts[-1].stop == pytest.approx(90, abs=3)


def test_a_hiss_far_away_does_not() -> None:
    parts, _ = parts_of(take_of((0.1, hiss(0.1)), (0.9, vowel(0.3))))
    assert parts[0].start == pytest.approx(90, abs=3)


def test_two_vowels_with_a_pause_are_two_parts() -> None:
    first, second = parts_of(take_of((0.3, vowel(0.3)), (1.2, vowel(0.3))))[0]
    assert second.start - first.stop == pytest.approx(60, abs=6)


def test_a_much_fainter_voice_is_another_person() -> None:
    parts, _ = parts_of(take_of((0.3, vowel(0.3, -20)), (1.2, vowel(0.3, -45))))
    assert len(parts) == 1


@pytest.mark.parametrize(
    "take",
    [noise(2 * SECOND, 0.01), take_of((0.5, hiss(0.3))), np.zeros(SECOND, np.float32)],
    ids=["room", "hiss", "0"],
)
def test_without_a_voice_there_is_no_part(take: Waveform) -> None:
    assert parts_of(take) == ([], 0)


def test_a_vowel_is_periodic_and_noise_is_not() -> None:
    wanted = np.ones(100, bool)
    assert np.median(periodicity(vowel(1.0).astype(np.float64), wanted)[10:90]) > 0.9
    assert np.max(periodicity(hiss(1.0).astype(np.float64), wanted)) < 0.5


def test_only_wanted_frames_are_looked_at() -> None:
    wanted = np.arange(100) == 50
    assert np.flatnonzero(periodicity(vowel(1.0).astype(np.float64), wanted)).tolist() == [50]
