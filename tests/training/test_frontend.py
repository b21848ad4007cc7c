"""The features: their shape, known answers, and an independent computation in double precision."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from speechapp.errors import InvalidInput
from speechapp.training.frontend import Geometry, LogMel, mel_weights
from tests.training.tones import tone

GEOMETRY = Geometry()


def log_mel_in_double(waveform: NDArray[np.float32]) -> NDArray[np.float64]:
    """The definition, frame by frame, with every number written out."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(480) / 480)
    edges = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + 7_600 / 700), 42)
    bins = 1127 * np.log(1 + np.arange(257) * 31.25 / 700)
    bands = [np.interp(bins, edges[low : low + 3], [0.0, 1.0, 0.0]) for low in range(40)]
    frames = [waveform[start : start + 480] * hann for start in range(0, 15_521, 160)]
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    return np.asarray(np.log(power @ np.transpose(bands) + 1e-4))


def test_a_second_has_98_frames_of_40_bands() -> None:
    assert GEOMETRY.n_frames == 98
    assert LogMel(GEOMETRY)(torch.zeros(3, 16_000)).shape == (3, 98, 40)


def test_silence_lies_at_the_floor() -> None:
    log_mel = LogMel(GEOMETRY)(torch.zeros(1, 16_000))
    torch.testing.assert_close(log_mel, torch.full((1, 98, 40), math.log(1e-4)))


@pytest.mark.parametrize("level", [1.0, 1e-2, 1e-4])
def test_it_agrees_with_the_definition_in_double_precision(level: float) -> None:
    noise = np.random.default_rng(1).uniform(-level, level, 16_000).astype(np.float32)
    log_mel = LogMel(GEOMETRY)(torch.from_numpy(noise[np.newaxis]))[0].numpy()
    np.testing.assert_allclose(log_mel, log_mel_in_double(noise), atol=2e-4)


@pytest.mark.parametrize(("frequency_hz", "band"), [(350.0, 5), (1_000.0, 13), (2_500.0, 24), (6_000.0, 36)])
def test_a_tone_lands_in_its_band(frequency_hz: float, band: int) -> None:
    log_mel = LogMel(GEOMETRY)(torch.from_numpy(tone(frequency_hz)[np.newaxis]))
    assert int(log_mel[0, 49].argmax()) == band


def test_a_click_is_heard_in_the_three_frames_that_hold_it() -> None:
    click = torch.zeros(1, 16_000)
    click[0, 8_080] = 1.0
    loud = LogMel(GEOMETRY)(click)[0].mean(1) > math.log(1e-4) + 1e-3
    assert torch.nonzero(loud).flatten().tolist() == [48, 49, 50]


def test_a_clip_gives_the_same_alone_and_among_others() -> None:
    clips = torch.from_numpy(np.random.default_rng(2).normal(0.0, 0.1, (5, 16_000)).astype(np.float32))
    frontend = LogMel(GEOMETRY)
    torch.testing.assert_close(frontend(clips)[3:4], frontend(clips[3:4]))


def test_every_band_hears_something() -> None:
    weights = mel_weights(GEOMETRY)
    assert weights.shape == (257, 40)
    assert bool((weights.sum(0) > 0.9).all())
    assert float(weights.max()) <= 1.0


def test_a_geometry_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidInput, match="whole number of hops"):
        Geometry(hop_samples=170)
    with pytest.raises(InvalidInput, match="fit into the FFT"):
        Geometry(frame_samples=640)
