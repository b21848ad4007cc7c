"""Background noise: its colours, its level, and the silence made of it."""

from pathlib import Path

import numpy as np
import pytest

from speechapp.training.noise import coloured_noise, noise_bank, silence_clips, silence_gain, synthetic_noise
from tests.training.tones import write_tone


@pytest.mark.parametrize(("exponent", "fall_db"), [(0.0, 0.0), (1.0, 10.0), (2.0, 20.0)])
def test_a_colour_falls_by_ten_decibels_a_decade_times_its_exponent(exponent: float, fall_db: float) -> None:
    power = np.abs(np.fft.rfft(coloured_noise(160_000, exponent, np.random.default_rng(0)))) ** 2
    low, high = power[2_000:4_000].mean(), power[20_000:40_000].mean()  # 200-400 Hz and 2-4 kHz
    assert 10 * np.log10(low / high) == pytest.approx(fall_db, abs=0.5)


def test_synthetic_noise_is_finite_and_repeats_with_its_seed() -> None:
    first = synthetic_noise(32_000, np.random.default_rng(4))
    np.testing.assert_array_equal(first, synthetic_noise(32_000, np.random.default_rng(4)))
    assert np.isfinite(first).all()
    assert not np.array_equal(first, synthetic_noise(32_000, np.random.default_rng(5)))


def test_recordings_stand_in_the_bank_at_its_level(tmp_path: Path) -> None:
    bank = noise_bank([write_tone(tmp_path / "hum.wav", 100.0, length_s=2.0)], seed=0)
    assert len(bank) == 32_000 + 75 * 64_000
    assert float(np.sqrt(np.mean(bank[:32_000] ** 2))) == pytest.approx(0.1, rel=1e-4)
    assert int(np.abs(np.fft.rfft(bank[:32_000])).argmax()) == 200


def test_silence_is_the_same_for_the_same_bank_and_seed() -> None:
    bank = np.random.default_rng(0).normal(0.0, 0.1, 50_000).astype(np.float32)
    clips = silence_clips(bank, 40, seed=3)
    assert clips.shape == (40, 16_000)
    np.testing.assert_array_equal(clips, silence_clips(bank, 40, seed=3))
    assert len(np.unique(clips, axis=0)) > 30


def test_the_level_of_silence_runs_from_nothing_to_a_tap_beside_the_microphone() -> None:
    assert silence_gain(0.5, 0.05) == 0.0
    assert silence_gain(0.0, 0.5) * 0.1 == pytest.approx(1e-4)
    assert silence_gain(1.0, 0.5) * 0.1 == pytest.approx(10 ** (-15 / 20))
