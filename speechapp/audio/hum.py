"""The hum of the mains: steady lines at 50 or 60 Hz and their multiples."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.level import FLOOR_DBFS, power_db, power_dbfs

_STEP = 8
_RATE_HZ = SAMPLE_RATE_HZ // _STEP
_FRAME_SAMPLES = 512  # bins of 3.9 Hz
_HOP_SAMPLES = 128
_N_HARMONICS = 6
_STEADY_SHARE = 0.1
_MAX_FRAMES = 512  # of a longer take only its first half minute is looked at

_HANN = np.hanning(_FRAME_SAMPLES + 1)[:-1]
_SCALE = 2 / (_FRAME_SAMPLES * float(np.sum(_HANN**2)))
_BIN_HZ = _RATE_HZ / _FRAME_SAMPLES
_BESIDE_BINS = (3, 6)  # of 3.9 Hz, what lies between two lines of a mains
_LEAST_POWER = 1e-18
_LEAKAGE_BINS = 1.5  # what the Hann window spreads of a line, in bins


@dataclass(frozen=True, eq=False)
class _Lines:
    """The bins (n_harmonics, n_bins) of each harmonic, and those beside it on either side."""

    on_lines: NDArray[np.intp]
    beside: NDArray[np.intp]


@dataclass(frozen=True)
class Hum:
    """`db` above the neighbourhood, in [0, 120]; `dbfs` its level, in [-120, 0]."""

    db: float
    dbfs: float


def _lines_of(mains_hz: int) -> _Lines:
    nearest = np.rint(mains_hz * np.arange(1, _N_HARMONICS + 1) / _BIN_HZ).astype(np.intp)[:, None]
    distances = np.arange(*_BESIDE_BINS)
    return _Lines(nearest + np.arange(-1, 2), np.concatenate((nearest - distances, nearest + distances), axis=1))


_MAINS = (_lines_of(50), _lines_of(60))


def hum(samples: NDArray[np.float64]) -> Hum:
    """Measure the hum in (n_samples,) at SAMPLE_RATE_HZ, its mean removed; none in a take of less than 0.45 s.

    A line is what frames of 0.26 s have at a harmonic at nearly all times (their 10th percentile), so that the voice,
    which comes and goes, is none. Of the mains of 50 and of 60 Hz the one counts that stands out more.
    """
    spectrum = _steady_spectrum(samples)
    if spectrum is None:
        return Hum(0.0, FLOOR_DBFS)
    return max((_hum_of(spectrum, mains) for mains in _MAINS), key=lambda found: found.db)


def _steady_spectrum(samples: NDArray[np.float64]) -> NDArray[np.float64] | None:
    n_low = len(samples) // _STEP
    low = samples[: n_low * _STEP].reshape(n_low, _STEP) @ np.full(_STEP, 1 / _STEP)
    if n_low < _FRAME_SAMPLES + 3 * _HOP_SAMPLES:
        return None
    frames = sliding_window_view(low, _FRAME_SAMPLES)[::_HOP_SAMPLES][:_MAX_FRAMES]
    spectrum = np.fft.rfft(frames * _HANN)[:, : _FRAME_SAMPLES // 4]
    powers = _SCALE * (spectrum.real**2 + spectrum.imag**2)
    steady: NDArray[np.float64] = np.sort(powers, axis=0)[int(_STEADY_SHARE * len(powers))]
    return steady


def _hum_of(spectrum: NDArray[np.float64], mains: _Lines) -> Hum:
    lines = spectrum[mains.on_lines].max(axis=1)
    beside = np.median(spectrum[mains.beside], axis=1)
    ratios = lines / np.maximum(beside, _LEAST_POWER)
    level = _LEAKAGE_BINS * float(np.sum(np.maximum(lines - beside, 0)))
    return Hum(min(max(power_db(float(ratios.max())), 0.0), 120.0), power_dbfs(level))
