"""To 16 kHz: what belongs there stays, what does not is gone."""

import numpy as np
import pytest

from speechapp.audio.pcm import Waveform
from speechapp.audio.resample import resample
from tests.audio.recordings import noise, rms, tone

SETTLED = slice(1_600, -1_600)  # without the edges, where a tone that begins at once is no pure tone


def level_db(waveform: Waveform, reference: Waveform) -> float:
    return float(20 * np.log10(rms(waveform[SETTLED]) / rms(reference[SETTLED])))


def test_a_waveform_at_16_khz_is_left_alone() -> None:
    waveform = tone(440, 16_000)
    assert resample(waveform, 16_000) is waveform


@pytest.mark.parametrize("source_rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("frequency_hz", [8_050, 8_200, 9_000, 12_000, 20_000])
def test_what_would_fold_back_is_150_db_down(frequency_hz: float, source_rate_hz: int) -> None:
    waveform = tone(frequency_hz, source_rate_hz)
    assert level_db(resample(waveform, source_rate_hz), waveform) < -150


@pytest.mark.parametrize("source_rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("frequency_hz", [50, 1_000, 4_000, 7_000, 7_200])
def test_what_belongs_there_passes_within_a_hundredth_of_a_db(frequency_hz: float, source_rate_hz: int) -> None:
    waveform = tone(frequency_hz, source_rate_hz)
    assert level_db(resample(waveform, source_rate_hz), tone(frequency_hz, 16_000)) == pytest.approx(0, abs=0.01)


def test_telephone_audio_gets_nothing_above_4_khz() -> None:
    resampled = resample(noise(20_000, 0.1), 8_000)
    spectrum = np.abs(np.fft.rfft(resampled * np.hanning(len(resampled)))) ** 2
    above = np.fft.rfftfreq(len(resampled), 1 / 16_000) > 4_100
    assert np.sum(spectrum[above]) < 1e-11 * np.sum(spectrum)


def test_a_click_rings_no_longer_than_a_few_milliseconds() -> None:
    click = np.zeros(48_000, np.float32)
    click[24_000] = 0.9
    resampled = np.abs(resample(click, 48_000))
    assert np.argmax(resampled) == 8_000
    assert np.max(np.delete(resampled, np.s_[7_940:8_061])) < np.max(resampled) / 1_000


def test_a_constant_that_lies_between_two_bits_stays_there() -> None:
    between = np.float32(0.5 / 32_768)
    assert set(resample(np.full(48_000, between), 48_000)[SETTLED].tolist()) == {float(between)}


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
