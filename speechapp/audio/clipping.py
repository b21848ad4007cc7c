"""Where a waveform stands at a rail: at full scale, or lower where an amplifier was overdriven before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.pcm import FULL_SCALE, LARGEST_SAMPLE, Waveform
from speechapp.audio.runs import Runs, runs_of

_FULL_SCALE_FROM = LARGEST_SAMPLE / FULL_SCALE
_LOWEST_RAIL = 0.05  # in fewer steps of 16 bits a natural peak is as flat
_RAIL_SHARE = 0.9995  # a vowel comes near its peak in every period, but not this near
_SLOPE_SHARE = 0.93
_PILED_UP = 0.15  # how many stand at a rail for each one just below it; hardly one does at a natural peak
_SHORTEST_TOP_S = 1 / 8_000


@dataclass(frozen=True)
class Clipping:
    n_samples: int
    longest_run_samples: int


def clipping(waveform: Waveform, sample_rate_hz: int) -> Clipping:
    """Count the samples of (n_samples,) that stand at a rail, and the longest run of them.

    They are all at or beyond 32767/32768 of full scale; and the flat tops, 0.125 ms and longer, at a lower rail of
    either sign: where the peaks of a waveform end there, and hardly ever just below.
    """
    peaks = {1: float(waveform.max()), -1: -float(waveform.min())}
    found = [_flat_top(waveform, sample_rate_hz, sign, peak) for sign, peak in peaks.items()]
    if max(peaks.values()) >= _FULL_SCALE_FROM:
        found.append(runs_of(_beyond(waveform, 1, _FULL_SCALE_FROM) | _beyond(waveform, -1, _FULL_SCALE_FROM)))
    lengths = np.concatenate([runs.lengths for runs in found])
    return Clipping(int(lengths.sum()), int(lengths.max(initial=0)))


def _flat_top(waveform: Waveform, sample_rate_hz: int, sign: int, peak: float) -> Runs:
    """Find the runs at the rail of one sign, where that is below full scale."""
    runs = runs_of(_beyond(waveform, sign, _RAIL_SHARE * peak))
    runs = runs[runs.lengths >= max(2, round(_SHORTEST_TOP_S * sample_rate_hz))]
    n_flat = int(runs.lengths.sum())
    if not n_flat:
        return runs
    n_below = int(np.count_nonzero(_beyond(waveform, sign, _SLOPE_SHARE * peak))) - n_flat
    is_rail = _LOWEST_RAIL <= peak < _FULL_SCALE_FROM and n_flat >= _PILED_UP * n_below
    return runs if is_rail else runs[np.zeros(len(runs.start), bool)]


def _beyond(waveform: Waveform, sign: int, limit: float) -> NDArray[np.bool_]:
    return waveform >= limit if sign > 0 else waveform <= -limit
