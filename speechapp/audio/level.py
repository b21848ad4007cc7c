"""Levels in dBFS, where 0 is a full-scale square wave: all that measures a sound says them alike."""

import math

import numpy as np

from speechapp.audio.pcm import Waveform

FLOOR_DBFS = -120.0  # what digital silence measures; every level lies in [FLOOR_DBFS, 0]


def peak_dbfs(waveform: Waveform) -> float:
    """Measure the largest |x|, in [-120, 0] dBFS; silence when there is no sample."""
    return amplitude_dbfs(float(np.max(np.abs(waveform), initial=0.0)))


def rms_dbfs(waveform: Waveform) -> float:
    """Measure the root mean square of (n_samples,), n_samples > 0, in [-120, 0] dBFS."""
    return power_dbfs(float(np.mean(np.square(waveform, dtype=np.float64))))


def offset_dbfs(waveform: Waveform) -> float:
    """Measure the constant part of (n_samples,), n_samples > 0: |mean|, in [-120, 0] dBFS."""
    return amplitude_dbfs(abs(float(np.mean(waveform, dtype=np.float64))))


def amplitude_dbfs(amplitude: float) -> float:
    return power_dbfs(amplitude * amplitude)


def power_dbfs(power: float) -> float:
    """Give a mean square in dBFS, [-120, 0]."""
    return min(max(power_db(power), FLOOR_DBFS), 0.0)


def power_db(power: float) -> float:
    """Give a ratio of powers in dB; -300 is the least, so that nothing becomes infinite."""
    return 10 * math.log10(max(power, 1e-30))
