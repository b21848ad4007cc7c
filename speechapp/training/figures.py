"""The pictures of a run: the confusion matrix and the learning curves."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from speechapp.training.history import History
from speechapp.training.metrics import Metrics

_INK, _FAINT, _BLUE, _ORANGE = "#1f2933", "#616e7c", "#2166ac", "#d9772b"
_DPI = 150


def draw_confusion(metrics: Metrics, title: str, path: Path) -> None:
    """Save the confusion matrix as PNG: counts on their share of what was said, recall and precision at the edges."""
    n_labels = len(metrics.labels)
    side_inches = max(6.0, 2.6 + 0.62 * n_labels)
    figure = _figure(side_inches, side_inches)
    axes = figure.add_subplot()
    counts = np.array(metrics.confusion)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0.0, vmax=1.1)  # the root lets the few confusions show
    _write_counts(axes, counts, shares)
    _name_axes(axes, metrics)
    _write_rates(axes, metrics)
    _write_title(axes, title, metrics)
    _save(figure, path)


def draw_curves(history: History, path: Path) -> None:
    """Save loss and accuracy over the epochs as PNG, training beside validation."""
    figure = _figure(9.0, 3.6)
    loss, accuracy = figure.subplots(1, 2)
    epochs = [row.epoch for row in history]
    _draw_pair(loss, epochs, [row.training_loss for row in history], [row.validation_loss for row in history])
    _draw_pair(
        accuracy,
        epochs,
        [100 * row.training_accuracy for row in history],
        [100 * row.validation_accuracy for row in history],
    )
    loss.set_title("Loss", loc="left", fontweight="bold", color=_INK)
    accuracy.set_title("Accuracy, %", loc="left", fontweight="bold", color=_INK)
    accuracy.legend(frameon=False, loc="lower right", labelcolor=_INK)
    _save(figure, path)


def _figure(width_inches: float, height_inches: float) -> Figure:
    """A figure outside pyplot: no window, no global state."""
    figure = Figure(figsize=(width_inches, height_inches), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _write_counts(axes: Axes, counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    for row, column in np.argwhere(counts):
        is_right = row == column
        axes.text(
            column,
            row,
            f"{counts[row, column]:,}",
            ha="center",
            va="center",
            fontsize=11 if is_right else 10,
            fontweight="bold" if is_right else "normal",
            color="white" if shares[row, column] > 0.3 else _INK,
        )


def _name_axes(axes: Axes, metrics: Metrics) -> None:
    places = range(len(metrics.labels))
    axes.set_yticks(places, metrics.labels)
    axes.set_xticks(places, metrics.labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_ylabel("said", color=_INK, fontsize=11)
    axes.set_xlabel("heard", color=_INK, fontsize=11)
    axes.set_xticks(np.arange(len(places) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(places) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0, labelsize=10, labelcolor=_INK)
    axes.spines[:].set_visible(False)


def _write_rates(axes: Axes, metrics: Metrics) -> None:
    """Recall to the right of each row, precision over each column, both named in their corner."""
    right, above = len(metrics.labels) - 0.4, -0.6
    for place, label in enumerate(metrics.per_label):
        axes.text(right, place, f"{label.recall:.0%}", va="center", fontsize=9, color=_FAINT)
        axes.text(place, above, f"{label.precision:.0%}", ha="center", va="bottom", fontsize=9, color=_FAINT)
    axes.text(right, above, "recall", va="bottom", fontsize=9, fontstyle="italic", color=_FAINT)
    axes.text(above, above, "precision", ha="right", va="bottom", fontsize=9, fontstyle="italic", color=_FAINT)


def _write_title(axes: Axes, title: str, metrics: Metrics) -> None:
    low, high = metrics.accuracy_interval
    subtitle = f"{metrics.accuracy:.1%} of {metrics.n_clips:,} clips right (95% interval {low:.1%} to {high:.1%})"
    for text, height_points, size, weight in ((title, 50, 13, "bold"), (subtitle, 30, 10, "normal")):
        axes.annotate(
            text,
            xy=(0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0.0, height_points),
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=_INK,
        )


def _draw_pair(axes: Axes, epochs: list[int], training: list[float], validation: list[float]) -> None:
    axes.plot(epochs, training, color=_ORANGE, linewidth=1.6, label="training (augmented)")
    axes.plot(epochs, validation, color=_BLUE, linewidth=2.0, label="validation")
    axes.set_xlabel("epoch", color=_INK)
    axes.grid(axis="y", color="#e4e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)
    axes.tick_params(colors=_INK)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})  # no version inside: equal runs give equal pictures
