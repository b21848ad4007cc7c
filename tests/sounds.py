"""Sounds with known answers, made by arithmetic."""

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.format import write_wav

RATE_HZ = 48_000


def word_like(seconds: float = 2.0, onset_s: float = 0.6, seed: int = 0, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV take: half a second of a decaying, trembling tone in faint noise. Each seed sounds different."""
    rng = np.random.default_rng(seed)
    take = rng.normal(0.0, 0.001, int(seconds * rate_hz))
    t = np.arange(int(0.5 * rate_hz)) / rate_hz
    tone = 0.4 * np.sin(2 * np.pi * (180 + 40 * (seed % 20)) * t) * np.exp(-3 * t) * (1 + 0.3 * np.sin(40 * t))
    start = int(onset_s * rate_hz)
    take[start : start + len(tone)] += tone
    return wav(take, rate_hz)


def room_noise(seconds: float = 5.0, dbfs: float = -50.0, seed: int = 0, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV of a room in which nobody speaks: steady white noise of this level."""
    return wav(np.random.default_rng(seed).normal(0.0, 10 ** (dbfs / 20), int(seconds * rate_hz)), rate_hz)


def silence(seconds: float = 2.0, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV take of digital silence."""
    return wav(np.zeros(int(seconds * rate_hz)), rate_hz)


def wav(waveform: NDArray[np.float64], rate_hz: int) -> bytes:
    """A float waveform in [-1, 1] as a 16-bit WAV."""
    return write_wav(np.round(np.clip(waveform, -1, 1) * 32767).astype("<i2").tobytes(), rate_hz)
