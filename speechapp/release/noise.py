"""The background noise of every release: synthetic, and computed in integers alone, so it is equal on every machine."""

from collections.abc import Mapping
from functools import cache
from hashlib import shake_128
from itertools import accumulate
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ, write_wav

NOISE_S: Final = 60
_N_SAMPLES: Final = NOISE_S * SAMPLE_RATE_HZ
_N_OCTAVES: Final = 14  # of the pink noise: the slowest of its rows changes about every second
_LEAK_SHIFT: Final = 7  # the brown noise forgets 1/128 of itself per sample, so it falls off above 20 Hz
_PEAK: Final = 26_000  # of each file, about -2 dBFS

_Samples = NDArray[np.int64]


@cache
def background_noise() -> Mapping[str, bytes]:
    """File name to WAV: a minute each of white, pink and brown noise. Loaders tell noise by the `_` in its name.

    The brown one is called `running_tap.wav` because TensorFlow Datasets cuts its validation silence out of a file of
    that name; no tap was recorded.
    """
    noises = {"pink_noise.wav": _pink(), "running_tap.wav": _brown(), "white_noise.wav": _white("white", _N_SAMPLES)}
    return MappingProxyType({name: write_wav(_scaled(noise).tobytes()) for name, noise in noises.items()})


def _white(seed: str, n_samples: int) -> _Samples:
    """Independent values in [-2**17, 2**17): each is the sum of four uniform ones, so nearly normal."""
    values = np.frombuffer(shake_128(f"speechapp {seed}".encode()).digest(8 * n_samples), "<i2")
    nearly_normal: _Samples = values.reshape(n_samples, 4).sum(axis=1, dtype=np.int64)
    return nearly_normal


def _pink() -> _Samples:
    """Equal power per octave: rows of white noise, each held twice as long as the one before, added up.

    Source of the method: Voss and Clarke, "1/f noise" in music (1978); McCartney's order, in which at every sample
    only one row changes.
    """
    times = np.arange(_N_SAMPLES)
    noise = _white("pink", _N_SAMPLES)
    for octave in range(_N_OCTAVES):
        row = (times + (1 << octave)) >> (octave + 1)
        noise = noise + _white(f"pink {octave}", int(row[-1]) + 1)[row]
    return noise


def _brown() -> _Samples:
    """Each value is the one before, a little less of it, plus white noise: 6 dB less per octave, as water rumbles."""
    steps = _white("brown", _N_SAMPLES).tolist()
    return np.array(list(accumulate(steps, lambda level, step: level - (level >> _LEAK_SHIFT) + step)), np.int64)


def _scaled(noise: _Samples) -> NDArray[np.int16]:
    """To the same peak, by integer division."""
    return (noise * _PEAK // int(np.abs(noise).max())).astype("<i2")
