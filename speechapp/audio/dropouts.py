"""Sound that was lost while recording: stretches that stand still, where before and behind there is sound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.pcm import FULL_SCALE, Waveform
from speechapp.audio.runs import Runs, runs_of

_SHORTEST_S = 0.001
_SHORTEST_SAMPLES = 16  # at low rates fewer stand still by chance
_BESIDE_S = 0.005
_UNDER_ACTIVE_DB = 26.0  # what is beside a dropout is at most this much fainter than the speech
_LEAST = 16 / FULL_SCALE  # fainter sound stands still by itself, in the steps of 16 bits
_RUNS_AT_ONCE = 1024  # bounds the memory
_RAIL_SHARE = 0.01  # what stands still this near to the highest or the lowest was clipped, not lost
_SHORTEST_GATED_S = 0.01
_STEPS_BESIDE = 4  # sound of fewer of its own steps falls silent by itself: that of a quiet telephone line does


@dataclass(frozen=True)
class Dropouts:
    """`gated_ms` is what stands still elsewhere, between sounds: digital silence, not that of a room."""

    n: int
    lost_ms: float
    gated_ms: float


def dropouts(waveform: Waveform, sample_rate_hz: int, active_dbfs: float) -> Dropouts:
    """Find where the samples of (n_samples,) stand still for 1 ms and longer; active_dbfs is the level of its speech.

    In the midst of sound that is a dropout: WebRTC, USB and browsers fill in zeros or hold the last sample. Where it
    is not in the midst of sound, but cuts some off, it was gated.
    """
    still = _standing_still(waveform, max(round(_SHORTEST_S * sample_rate_hz), _SHORTEST_SAMPLES))
    still = still[(still.start > 0) & (still.stop < len(waveform))]
    if not still.start.size:
        return Dropouts(0, 0.0, 0.0)
    beside = _power_beside(waveform, still, round(_BESIDE_S * sample_rate_hz))
    least = max(10 ** ((active_dbfs - _UNDER_ACTIVE_DB) / 10), _LEAST**2)
    is_lost = (beside >= least) & ~_is_at_rail(waveform, still)
    is_cut = beside >= (_STEPS_BESIDE * _step(waveform)) ** 2
    is_gated = ~is_lost & is_cut & (still.lengths >= _SHORTEST_GATED_S * sample_rate_hz)
    ms = 1000 / sample_rate_hz
    return Dropouts(int(is_lost.sum()), ms * int(still[is_lost].lengths.sum()), ms * int(still[is_gated].lengths.sum()))


def _standing_still(waveform: Waveform, n_least: int) -> Runs:
    same = runs_of(waveform[1:] == waveform[:-1])
    still = Runs(same.start, same.stop + 1)
    return still[still.lengths >= n_least]


def _power_beside(waveform: Waveform, still: Runs, n_beside: int) -> NDArray[np.float64]:
    """Give how far what lies before each run, or behind, goes from where it stands still: mean square, the smaller.

    So neither an offset nor a drift is taken for sound.
    """
    steps = np.arange(n_beside)
    beside = np.empty(len(still.start))
    for start in range(0, len(beside), _RUNS_AT_ONCE):
        some = slice(start, start + _RUNS_AT_ONCE)
        first, last = still.start[some, None], still.stop[some, None] - 1
        before = waveform[np.maximum(first - 1 - steps, 0)].astype(np.float64) - waveform[first]
        behind = waveform[np.minimum(last + 1 + steps, len(waveform) - 1)].astype(np.float64) - waveform[first]
        beside[some] = np.minimum(np.mean(before**2, axis=1), np.mean(behind**2, axis=1))
    return beside


def _is_at_rail(waveform: Waveform, still: Runs) -> NDArray[np.bool_]:
    highest, lowest, held = float(waveform.max()), float(waveform.min()), waveform[still.start]
    margin = _RAIL_SHARE * (highest - lowest)
    at_rail: NDArray[np.bool_] = (held >= highest - margin) | (held <= lowest + margin)
    return at_rail


def _step(waveform: Waveform) -> float:
    """The smallest change there is from one sample to the next."""
    changes = np.abs(np.diff(waveform))
    return float(np.min(changes, initial=1.0, where=changes > 0))
