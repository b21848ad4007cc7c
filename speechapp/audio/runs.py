"""Runs of neighbours in a waveform: where they begin and how long they last."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Runs:
    """`start` and `stop`, both (n_runs,), of stretches [start, stop) that do not touch."""

    start: NDArray[np.intp]
    stop: NDArray[np.intp]

    @property
    def lengths(self) -> NDArray[np.intp]:
        return self.stop - self.start

    def __getitem__(self, wanted: NDArray[np.bool_]) -> "Runs":
        return Runs(self.start[wanted], self.stop[wanted])


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """Find the runs of True in (n,); little work where there is little of it."""
    places = np.flatnonzero(mask)
    if not places.size:
        return Runs(places, places)
    is_last = np.append(np.diff(places) > 1, True)
    is_first = np.append(True, is_last[:-1])
    return Runs(places[is_first], places[is_last] + 1)
