"""The active speech level of ITU-T P.56: how loud somebody speaks while they speak, whatever the pauses."""

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.level import FLOOR_DBFS, power_dbfs

TIME_CONSTANT_S = 0.03
HANGOVER_S = 0.2
MARGIN_DB = 15.9

_STEP_SAMPLES = SAMPLE_RATE_HZ // 1000  # the envelope is looked at every millisecond; P.56 asks for 694 times a second
_STEPS_PER_S = SAMPLE_RATE_HZ // _STEP_SAMPLES
_HANGOVER_STEPS = round(HANGOVER_S * _STEPS_PER_S)
_DECAY = math.exp(-1 / (TIME_CONSTANT_S * SAMPLE_RATE_HZ))
_STEP_DECAY = _DECAY**_STEP_SAMPLES
_SCAN_STEPS = 200  # _STEP_DECAY ** -_SCAN_STEPS stays small

# The threshold that counts lies MARGIN_DB under the active level, and that is the long-term level or more.
_THRESHOLDS = 2.0 ** np.arange(-3, 10)


@dataclass(frozen=True)
class ActiveLevel:
    """`dbfs` in [-120, 0]; `activity` is the share of the time that is active, 0 to 1."""

    dbfs: float
    activity: float


def active_level(samples: NDArray[np.float64]) -> ActiveLevel:
    """Measure the active speech level of (n_samples,) at SAMPLE_RATE_HZ, its mean removed.

    Source: ITU-T P.56 (12/2011), method B: an envelope of two exponential averages of |x| with 30 ms, a hangover of
    200 ms, and the activity at the threshold that lies 15.9 dB under the level it gives, interpolated in dB between
    thresholds an octave apart. The thresholds stand relative to the long-term level, not to full scale: so a gain
    shifts the answer exactly. The envelope is that of every sample, looked at once a millisecond. Where it never comes
    near the level, as with one click, the long-term level is given.
    """
    n_steps = len(samples) // _STEP_SAMPLES
    power = float(np.einsum("i,i->", samples, samples)) / max(len(samples), 1)
    if power_dbfs(power) <= FLOOR_DBFS:
        return ActiveLevel(FLOOR_DBFS, 0.0)
    held = _trailing_max(_envelope(np.abs(samples[: n_steps * _STEP_SAMPLES])), _HANGOVER_STEPS + 1)
    thresholds = math.sqrt(power) * _THRESHOLDS
    n_active = n_steps - np.searchsorted(np.sort(held), thresholds)
    activity = _interpolated_activity(n_active[n_active > 0] / n_steps)
    return ActiveLevel(power_dbfs(power / activity), activity)


def _interpolated_activity(activities: NDArray[np.float64]) -> float:
    """Find the activity at which its threshold lies MARGIN_DB under the level, from those of the lowest."""
    levels_db = -10 * np.log10(activities)
    margins_db = levels_db - 20 * np.log10(_THRESHOLDS[: len(activities)]) - MARGIN_DB
    below = np.flatnonzero(margins_db <= 0)
    if not below.size or not below[0]:
        return float(activities[below[0] if below.size else -1]) if activities.size else 1.0
    upper = below[0]
    share = margins_db[upper - 1] / (margins_db[upper - 1] - margins_db[upper])
    level_db = levels_db[upper - 1] + share * (levels_db[upper] - levels_db[upper - 1])
    return float(10 ** (-level_db / 10))


def _envelope(magnitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average |x| twice, sample by sample; give the value at the end of each of the (n_steps,) steps."""
    ages = np.arange(_STEP_SAMPLES - 1, -1, -1)
    rise = 1 - _DECAY
    weights = np.stack((rise * _DECAY**ages, rise**2 * (ages + 1) * _DECAY**ages), axis=1)
    inputs = magnitude.reshape(-1, _STEP_SAMPLES) @ weights
    first = _decaying_sum(inputs[:, 0])
    before = np.concatenate(([0.0], first[:-1]))
    return _decaying_sum(inputs[:, 1] + _STEP_SAMPLES * rise * _STEP_DECAY * before)


def _decaying_sum(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve y[k] = _STEP_DECAY y[k - 1] + x[k]: within blocks by a sum, from block to block one by one."""
    n_blocks = -(-len(steps) // _SCAN_STEPS)
    powers = _STEP_DECAY ** np.arange(_SCAN_STEPS)
    blocks = np.zeros(n_blocks * _SCAN_STEPS)
    blocks[: len(steps)] = steps
    sums = np.cumsum(blocks.reshape(n_blocks, _SCAN_STEPS) / powers, axis=1) * powers
    block_decay = _STEP_DECAY**_SCAN_STEPS
    carries = list(accumulate(sums[:-1, -1].tolist(), lambda carry, own: block_decay * carry + own, initial=0.0))
    sums += np.outer(carries, _STEP_DECAY * powers)
    flat: NDArray[np.float64] = sums.reshape(-1)[: len(steps)]
    return flat


def _trailing_max(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Give for each place the largest of the last `width` values: powers of two, each of two halves."""
    held, reach = values.copy(), 1
    while reach < width:
        shift = min(reach, width - reach)
        held[shift:] = np.maximum(held[shift:], held[:-shift])
        reach += shift
    return held
