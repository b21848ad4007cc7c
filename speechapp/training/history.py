"""What happened in each epoch, as it goes into `log.csv` and the curves."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class EpochRow:
    """Losses are means of cross-entropy; training is measured on augmented examples, validation on plain ones."""

    epoch: int
    learning_rate: float
    training_loss: float
    training_accuracy: float
    validation_loss: float
    validation_accuracy: float


History = tuple[EpochRow, ...]


def write_log(history: Sequence[EpochRow]) -> str:
    """The table as CSV with a header; six significant digits."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(field.name for field in fields(EpochRow))
    table.writerows([f"{value:.6g}" for value in astuple(row)] for row in history)
    return text.getvalue()


def best_of(history: Sequence[EpochRow]) -> EpochRow:
    """The row of the highest validation accuracy; of equals that of the lowest loss, and of those the first."""
    return max(history, key=lambda row: (row.validation_accuracy, -row.validation_loss))
