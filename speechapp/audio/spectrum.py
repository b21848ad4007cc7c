"""The sound in time and frequency: the power of every 10 ms in bands of 125 Hz, computed once for all who ask."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ

HOP_SAMPLES = SAMPLE_RATE_HZ // 100
HOP_MS = 10
BAND_HZ = 125
N_BANDS = SAMPLE_RATE_HZ // 2 // BAND_HZ

_WINDOW_SAMPLES = 256
_BINS_OF_BAND = _WINDOW_SAMPLES * BAND_HZ // SAMPLE_RATE_HZ
_FRAMES_AT_ONCE = 4096  # bounds the memory for takes of any length
_HANN = np.hanning(_WINDOW_SAMPLES + 1)[:-1]
_SCALE = 2 / (_WINDOW_SAMPLES * float(np.sum(_HANN**2)))


def band_powers(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure (n_frames, N_BANDS) mean squares of (n_samples,) at SAMPLE_RATE_HZ: frames of 10 ms, bands of 125 Hz.

    Frame k is a Hann window of 16 ms around 10 k + 5 ms; n_frames is the number of whole hops, at least one.
    Band b begins at 125 b Hz. Their sum over the bands is the mean square of the frame. Source: Welch (1967).
    """
    n_frames = max(len(samples) // HOP_SAMPLES, 1)
    powers = np.empty((n_frames, N_BANDS))
    for start in range(0, n_frames, _FRAMES_AT_ONCE):
        stop = min(start + _FRAMES_AT_ONCE, n_frames)
        spectrum = np.fft.rfft(_frames(samples, start, stop) * _HANN)[:, :-1]
        squares = spectrum.real**2 + spectrum.imag**2
        powers[start:stop] = _SCALE * sum(squares[:, first::_BINS_OF_BAND] for first in range(_BINS_OF_BAND))
    return powers


def _frames(samples: NDArray[np.float64], start: int, stop: int) -> NDArray[np.float64]:
    """Give a view (stop - start, _WINDOW_SAMPLES) of the sound around some frames, silence beyond its ends."""
    first = start * HOP_SAMPLES - (_WINDOW_SAMPLES - HOP_SAMPLES) // 2
    around = np.zeros((stop - start - 1) * HOP_SAMPLES + _WINDOW_SAMPLES)
    inside = samples[max(first, 0) : first + len(around)]
    around[max(-first, 0) : max(-first, 0) + len(inside)] = inside
    return sliding_window_view(around, _WINDOW_SAMPLES)[::HOP_SAMPLES]
