"""What one sees of a run while it trains."""

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from speechapp.training.history import EpochRow


class TrainingProgress:
    """One bar for the whole run with the newest figures beside it; where nobody watches, a line per epoch instead."""

    def __init__(self, console: Console, n_epochs: int, n_steps_per_epoch: int) -> None:
        self._console, self._n_epochs, self._n_steps_per_epoch = console, n_epochs, n_steps_per_epoch
        self._validation = "..."
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            TextColumn("{task.fields[figures]}"),
            console=console,
            refresh_per_second=2,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("Training", total=n_epochs * n_steps_per_epoch, figures="")

    def __enter__(self) -> "TrainingProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def skip(self, history: Sequence[EpochRow]) -> None:
        """Count what an earlier sitting has done."""
        self._bar.update(self._task, completed=len(history) * self._n_steps_per_epoch)

    def step(self, loss: float, accuracy: float) -> None:
        figures = f"loss {loss:.3f}, accuracy {accuracy:.0%}, validation {self._validation}"
        self._bar.update(self._task, advance=1, figures=figures)

    def epoch(self, row: EpochRow) -> None:
        self._validation = f"{row.validation_accuracy:.1%}"
        self._bar.update(self._task, description=f"Epoch {min(row.epoch + 1, self._n_epochs)}/{self._n_epochs}")
        if not self._console.is_terminal:
            self._console.print(
                f"epoch {row.epoch}/{self._n_epochs}: "
                f"loss {row.training_loss:.3f}, accuracy {row.training_accuracy:.1%}; "
                f"validation loss {row.validation_loss:.3f}, accuracy {row.validation_accuracy:.1%}"
            )
