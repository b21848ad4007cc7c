"""To 16 kHz: what belongs there stays, what does not is gone."""

import numpy as np
import pytest

from speechapp.audio.resample import resample
from tests.audio.recordings import rms, tone

SETTLED = slice(1_600, -1_600)  # without the edges, where a tone that begins at once is no pure tone


def test_a_waveform_at_16_khz_is_left_alone() -> None:
    waveform = tone(440, 16_000)
    assert resample(waveform, 16_000) is waveform


@pytest.mark.parametrize("frequency_hz", [8_300, 9_000, 12_000, 15_500, 20_000])
def test_what_would_fold_back_is_80_db_down(frequency_hz: float) -> None:
    waveform = tone(frequency_hz, 48_000)
    assert rms(resample(waveform, 48_000)[SETTLED]) < rms(waveform) * 10 ** (-80 / 20)


@pytest.mark.parametrize("source_rate_hz", [8_000, 22_050, 44_100, 48_000, 192_000])
def test_speech_frequencies_pass_unchanged(source_rate_hz: int) -> None:
    resampled = resample(tone(1_000, source_rate_hz), source_rate_hz)
    np.testing.assert_allclose(resampled[SETTLED], tone(1_000, 16_000)[SETTLED], atol=1e-4)


@pytest.mark.parametrize(
    ("source_rate_hz", "n_source", "n_samples"),
    [(48_000, 144_000, 48_000), (44_100, 44_100, 16_000), (44_100, 88_207, 32_003), (8_000, 801, 1_602)],
)
def test_the_length_follows_the_rate(source_rate_hz: int, n_source: int, n_samples: int) -> None:
    resampled = resample(np.zeros(n_source, np.float32), source_rate_hz)
    assert resampled.shape == (n_samples,)
    assert resampled.dtype == np.float32
