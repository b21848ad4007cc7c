"""Powers in time and frequency."""

import numpy as np
import pytest

from speechapp.audio.spectrum import BAND_HZ, HOP_SAMPLES, N_BANDS, band_powers
from tests.audio.recordings import noise, tone

SECOND = 16_000


def test_there_is_a_frame_for_every_hop() -> None:
    assert band_powers(np.zeros(SECOND)).shape == (100, N_BANDS)
    assert band_powers(np.zeros(HOP_SAMPLES + 159)).shape == (1, N_BANDS)
    assert band_powers(np.zeros(1)).shape == (1, N_BANDS)


@pytest.mark.parametrize("frequency_hz", [300, 1_000, 4_500, 7_700])
def test_a_tone_has_its_power_in_its_band(frequency_hz: int) -> None:
    powers = band_powers(tone(frequency_hz, SECOND, 1.0, 0.5).astype(np.float64)).mean(axis=0)
    band = frequency_hz // BAND_HZ
    assert powers[band - 1 : band + 2].sum() == pytest.approx(0.125, rel=0.02)
    assert powers[: max(band - 3, 0)].sum() + powers[band + 4 :].sum() < 1e-4


def test_the_bands_of_noise_add_up_to_its_power() -> None:
    assert band_powers(noise(10 * SECOND, 0.1).astype(np.float64)).sum(axis=1).mean() == pytest.approx(0.01, rel=0.03)


def test_a_click_is_in_its_own_frame() -> None:
    samples = np.zeros(SECOND)
    samples[50 * HOP_SAMPLES + HOP_SAMPLES // 2] = 1
    assert int(np.argmax(band_powers(samples).sum(axis=1))) == 50


def test_long_takes_are_measured_in_pieces_that_fit() -> None:
    minute = noise(60 * SECOND, 0.1).astype(np.float64)
    assert np.array_equal(band_powers(minute)[5_000:5_900], band_powers(minute[4_000 * HOP_SAMPLES :])[1_000:1_900])
