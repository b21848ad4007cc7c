"""How good a model is: a confusion matrix and what follows from it. Numpy only."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechapp.training.labels import Labels

_Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class LabelMetrics:
    """Precision is 0 where the label was never given, recall is 0 where it has no clip."""

    label: str
    n_clips: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Metrics:
    """`confusion[true][given]` counts clips; accuracy has its 95 % Wilson score interval."""

    labels: Labels
    confusion: tuple[tuple[int, ...], ...]
    n_clips: int
    n_correct: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    per_label: tuple[LabelMetrics, ...]


def compare(labels: Labels, true: NDArray[np.int64], given: NDArray[np.int64]) -> Metrics:
    """Judge what was given (n_clips,) against what is true (n_clips,), both as places among the labels."""
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (true, given), 1)
    n_clips, n_correct = int(confusion.sum()), int(np.trace(confusion))
    return Metrics(
        labels=labels,
        confusion=tuple(tuple(map(int, row)) for row in confusion),
        n_clips=n_clips,
        n_correct=n_correct,
        accuracy=_share(n_correct, n_clips),
        accuracy_interval=wilson_interval(n_correct, n_clips),
        per_label=tuple(_of_label(name, confusion, place) for place, name in enumerate(labels)),
    )


def wilson_interval(n_correct: int, n_clips: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson, 1927): honest also near 0 and 1, and (0, 1) when nothing was seen."""
    if n_clips == 0:
        return 0.0, 1.0
    share, z2 = n_correct / n_clips, _Z_95**2
    centre = (share + z2 / (2 * n_clips)) / (1 + z2 / n_clips)
    spread = _Z_95 * math.sqrt(share * (1 - share) / n_clips + z2 / (4 * n_clips**2)) / (1 + z2 / n_clips)
    return max(0.0, centre - spread), min(1.0, centre + spread)


def _of_label(name: str, confusion: NDArray[np.int64], place: int) -> LabelMetrics:
    n_right, n_true, n_given = confusion[place, place], confusion[place].sum(), confusion[:, place].sum()
    return LabelMetrics(name, int(n_true), _share(n_right, n_given), _share(n_right, n_true))


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0
