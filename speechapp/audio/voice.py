"""Where a voice sounds in a take: the parts of a word, from frame to frame, told apart from clicks and clatter.

The server's counterpart of `static/js/audio/gate.js`, which says the same of a take before it is sent.
"""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.level import power_db
from speechapp.audio.spectrum import BAND_HZ, HOP_SAMPLES

# Bands in which a frame may stand out: all of speech but no hum, and what hisses.
_BAND_EDGES_HZ = (250, 2500)
_N_SMOOTHED = 3  # single frames of noise scatter too much
_QUIETEST_FLOOR = 1e-10
_RANGE_DB = 22.0  # what is fainter than the loudest voiced part by this much is not speech that matters
_VOWEL_DB = 15.0  # another vowel of the same speaker is not fainter by more; a voice in the next room is
_VOWEL_FRAMES = 4
_NEAR_FRAMES = 20  # stops and hisses belong to the vowel that is no further away
_PERIODICITY = 0.5  # half the energy repeats itself

# Where the quantiles of 10 % and 30 % lie in a normal distribution, in standard deviations below its mean.
_LOW_SHARE, _LOW_DEVIATIONS = 0.1, 1.28
_HIGH_SHARE, _HIGH_DEVIATIONS = 0.3, 0.52
_MIN_SPREAD_DB, _MAX_SPREAD_DB = 0.3, 3.0

# Periodicity is looked for at a quarter of the rate, in the pitches of deep voices and those of children.
_STEP = 4
_LOW_RATE_HZ = SAMPLE_RATE_HZ // _STEP
_WINDOW = _LOW_RATE_HZ * 40 // 1000
_SHORTEST_LAG = _LOW_RATE_HZ // 500
_LONGEST_LAG = -(-_LOW_RATE_HZ // 66)
_FFT_SAMPLES = 256  # holds _WINDOW + _LONGEST_LAG, so that no lag wraps
_HIGH_PASS_SAMPLES = 51  # a mean over 12.8 ms is taken away: hum of 50 Hz and rumble are periodic too
_FRAMES_AT_ONCE = 4096


@dataclass(frozen=True)
class Part:
    """Frames [start, stop) of 10 ms that stand out in one piece."""

    start: int
    stop: int


def parts_of_word(samples: NDArray[np.float64], powers: NDArray[np.float64]) -> tuple[list[Part], int]:
    """Find the parts of what was said, and count the voiced frames among them.

    samples (n_samples,) at SAMPLE_RATE_HZ, their mean removed; powers (n_frames, N_BANDS) of the same. A part has a
    vowel, or lies within 200 ms of one that has.
    """
    above_db, is_soft = _standing_out(powers)
    voiced = is_soft & (periodicity(samples, is_soft) >= _PERIODICITY)
    if not voiced.any():
        return [], 0
    islands = _islands(is_soft & (above_db >= above_db[voiced].max() - _RANGE_DB))
    parts = _belonging(islands, voiced, powers.sum(axis=1))
    return parts, sum(int(np.count_nonzero(voiced[part.start : part.stop])) for part in parts)


def _standing_out(powers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Say by how many dB each frame is above the floor, in the band where that is most, and if noise gets there."""
    above, soft = [], []
    for edge_hz in _BAND_EDGES_HZ:
        levels_db = 10 * np.log10(_smoothed(powers[:, edge_hz // BAND_HZ :].sum(axis=1)) + _QUIETEST_FLOOR)
        floor_db, spread_db = _floor(levels_db)
        above.append(levels_db - floor_db)
        soft.append(above[-1] >= max(3.0, 3 * spread_db))
    return np.maximum(*above), soft[0] | soft[1]


def _smoothed(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.pad(powers, 1, mode="edge")
    smoothed: NDArray[np.float64] = (padded[:-2] + padded[1:-1] + padded[2:]) / _N_SMOOTHED
    return smoothed


def _floor(levels_db: NDArray[np.float64]) -> tuple[float, float]:
    """Give mean and standard deviation of the noise beneath the words, as if its levels were normally distributed."""
    ranked = np.sort(levels_db)
    low, high = (float(ranked[int(share * len(ranked))]) for share in (_LOW_SHARE, _HIGH_SHARE))
    spread_db = min(max((high - low) / (_LOW_DEVIATIONS - _HIGH_DEVIATIONS), _MIN_SPREAD_DB), _MAX_SPREAD_DB)
    return high + _HIGH_DEVIATIONS * spread_db, spread_db


def _islands(is_active: NDArray[np.bool_]) -> list[Part]:
    edges = np.flatnonzero(np.diff(np.pad(is_active.astype(np.int8), 1)))
    return [Part(start, stop) for start, stop in edges.reshape(-1, 2).tolist()]


def _belonging(islands: list[Part], voiced: NDArray[np.bool_], power: NDArray[np.float64]) -> list[Part]:
    """Keep those with a vowel, and what lies close to them: the stops and hisses of the same word."""
    long = [part for part in islands if np.count_nonzero(voiced[part.start : part.stop]) >= _VOWEL_FRAMES]
    loudness_db = [_vowel_db(part, voiced, power) for part in long]
    least_db = max(loudness_db, default=0.0) - _VOWEL_DB
    vowels = [part for part, vowel_db in zip(long, loudness_db, strict=True) if vowel_db >= least_db]
    return [part for part in islands if _is_near(part, vowels)]


def _is_near(part: Part, vowels: list[Part]) -> bool:
    """Only the last vowel that begins before the part has ended, and the first behind it, can be the nearest."""
    behind = bisect_left(vowels, part.stop, key=lambda vowel: vowel.start)
    return any(_distance(part, vowel) <= _NEAR_FRAMES for vowel in vowels[max(behind - 1, 0) : behind + 1])


def _vowel_db(part: Part, voiced: NDArray[np.bool_], power: NDArray[np.float64]) -> float:
    inside = slice(part.start, part.stop)
    return power_db(float(np.max(power[inside], initial=0.0, where=voiced[inside])))


def _distance(one: Part, other: Part) -> int:
    return max(0, one.start - other.stop, other.start - one.stop)


def periodicity(samples: NDArray[np.float64], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Measure how periodic each wanted frame is, 0 noise to 1 a vowel that never changes; 0 for the others.

    Source: the normalised autocorrelation of Rabiner (1977), its highest peak behind the first fall below zero.
    """
    low = _lowered(samples)
    found = np.zeros(len(wanted))
    indices = np.flatnonzero(wanted)
    for start in range(0, len(indices), _FRAMES_AT_ONCE):
        some = indices[start : start + _FRAMES_AT_ONCE]
        found[some] = _highest_correlation(low[some])
    return found


def _lowered(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a view (n_frames, _WINDOW + _LONGEST_LAG): what lies around each frame, at the low rate, rumble removed."""
    n_low = len(samples) // _STEP
    parts = samples[: n_low * _STEP].reshape(n_low, _STEP)
    low = (parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]) / _STEP
    sums = np.cumsum(np.pad(low, (_HIGH_PASS_SAMPLES // 2 + 1, _HIGH_PASS_SAMPLES // 2), mode="edge"))
    high = low - (sums[_HIGH_PASS_SAMPLES:] - sums[:-_HIGH_PASS_SAMPLES]) / _HIGH_PASS_SAMPLES
    n_around = _WINDOW + _LONGEST_LAG
    n_frame = HOP_SAMPLES // _STEP
    before = (n_around - n_frame) // 2
    padded = np.pad(high, (before, n_around))
    return sliding_window_view(padded, n_around)[::n_frame]


def _highest_correlation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate the first _WINDOW samples of each frame with the _WINDOW samples at each lag behind."""
    near = np.fft.rfft(frames[:, :_WINDOW], _FFT_SAMPLES)
    products = np.fft.irfft(near.conj() * np.fft.rfft(frames, _FFT_SAMPLES), _FFT_SAMPLES)[:, : _LONGEST_LAG + 1]
    squares = np.square(frames)
    energies = np.empty_like(products)
    energies[:, 0] = squares[:, :_WINDOW].sum(axis=1)
    energies[:, 1:] = squares[:, _WINDOW:] - squares[:, :_LONGEST_LAG]
    np.cumsum(energies, axis=1, out=energies)
    correlations = products / np.sqrt(np.maximum(energies * energies[:, :1], 1e-20))
    has_fallen = np.logical_or.accumulate(correlations < 0, axis=1)
    has_fallen[:, :_SHORTEST_LAG] = False
    highest: NDArray[np.float64] = np.max(correlations, axis=1, initial=0.0, where=has_fallen)
    return highest
