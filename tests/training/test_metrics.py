"""The arithmetic of an evaluation, on a case worked out by hand."""

import numpy as np
import pytest

from speechapp.training.metrics import LabelMetrics, compare, wilson_interval

LABELS = ("_silence_", "_unknown_", "up")
#                 said     heard
SIX = np.array([[0, 0], [0, 1], [1, 1], [2, 2], [2, 2], [2, 1]])


def test_confusion_counts_what_was_said_by_what_was_heard() -> None:
    assert compare(LABELS, SIX[:, 0], SIX[:, 1]).confusion == ((1, 1, 0), (0, 1, 0), (0, 1, 2))


def test_accuracy_precision_and_recall() -> None:
    metrics = compare(LABELS, SIX[:, 0], SIX[:, 1])
    assert (metrics.n_correct, metrics.n_clips, metrics.accuracy) == (4, 6, 4 / 6)
    assert metrics.per_label == (
        LabelMetrics("_silence_", 2, precision=1.0, recall=0.5),
        LabelMetrics("_unknown_", 1, precision=1 / 3, recall=1.0),
        LabelMetrics("up", 3, precision=1.0, recall=2 / 3),
    )


def test_a_label_nobody_said_or_heard_has_zeros() -> None:
    metrics = compare(LABELS, np.array([0]), np.array([0]))
    assert metrics.per_label[2] == LabelMetrics("up", 0, precision=0.0, recall=0.0)


@pytest.mark.parametrize(
    ("n_correct", "n_clips", "low", "high"),
    [(90, 100, 0.8256, 0.9448), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals_as_published(n_correct: int, n_clips: int, low: float, high: float) -> None:
    assert list(wilson_interval(n_correct, n_clips)) == pytest.approx([low, high], abs=1e-4)
