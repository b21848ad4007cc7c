"""Train a keyword spotter on a release directory."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from speechapp.errors import Conflict, DataError
from speechapp.training.checkpoint import (
    BEST_NAME,
    CHECKPOINT_NAME,
    load_model,
    read_checkpoint,
    replace_file,
    write_checkpoint,
)
from speechapp.training.data import TrainingData, load_training_data
from speechapp.training.evaluate import judge, write_evaluation
from speechapp.training.figures import draw_curves
from speechapp.training.history import EpochRow, best_of, write_log
from speechapp.training.metrics import Metrics
from speechapp.training.models import n_macs, n_parameters
from speechapp.training.progress import TrainingProgress
from speechapp.training.run import Run
from speechapp.training.settings import TrainSettings


@dataclass(frozen=True)
class TrainResult:
    """What came of a run: how the best epoch did on the validation clips, and how large the model is."""

    run_dir: Path
    best: EpochRow
    validation: Metrics
    n_parameters: int
    n_macs: int


def train(directory: Path, run_dir: Path, settings: TrainSettings, console: Console) -> TrainResult:
    """Train on a release directory; run_dir gets settings.json, labels.txt, log.csv, checkpoint.pt, best.pt, pictures.

    The same data, settings and number of threads give the same weights. After an interruption `resume` goes on from the
    last whole epoch. Raises Conflict where run_dir holds anything, DataError where the data will not do.
    """
    if run_dir.exists() and (not run_dir.is_dir() or any(run_dir.iterdir())):
        fix = "continue it with --resume or" if (run_dir / CHECKPOINT_NAME).is_file() else "empty it or"
        raise Conflict("run_exists", f"{run_dir} exists already; {fix} choose another --out.")
    data = load_training_data(directory, settings, console)
    run = Run(data, settings)
    run_dir.mkdir(parents=True, exist_ok=True)
    (run_dir / "settings.json").write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
    (run_dir / "labels.txt").write_text("".join(f"{label}\n" for label in run.spec.labels), encoding="utf-8")
    write_checkpoint(run_dir / CHECKPOINT_NAME, run.checkpoint())
    return _finish(run, data, run_dir, console)


def resume(directory: Path, run_dir: Path, console: Console) -> TrainResult:
    """Go on with an interrupted run, to the very weights it would have had; raises DataError where there is none.

    The settings are those of the run, and the data must be the same.
    """
    checkpoint = read_checkpoint(run_dir / CHECKPOINT_NAME)
    data = load_training_data(directory, checkpoint.settings, console)
    if data.fingerprint != checkpoint.fingerprint:
        raise DataError(
            "data_changed", f"{directory} holds other clips than {run_dir} was begun with; start a new run."
        )
    run = Run(data, checkpoint.settings)
    run.restore(checkpoint)
    return _finish(run, data, run_dir, console)


def _finish(run: Run, data: TrainingData, run_dir: Path, console: Console) -> TrainResult:
    with TrainingProgress(console, run.settings.n_epochs, run.n_steps_per_epoch) as progress:
        progress.skip(run.history)
        while len(run.history) < run.settings.n_epochs:
            row = run.epoch(progress.step)
            progress.epoch(row)
            _save(run, run_dir)
    model = load_model(run_dir)
    validation = judge(model, data.validation)
    write_evaluation(validation, run_dir, "Validation")
    draw_curves(tuple(run.history), run_dir / "curves.png")
    return TrainResult(run_dir, best_of(run.history), validation, n_parameters(model.module), n_macs(model.module))


def _save(run: Run, run_dir: Path) -> None:
    """The checkpoint last: what it says was done is there then, and what is there without it is made again."""
    checkpoint = run.checkpoint()
    if best_of(run.history) is run.history[-1]:
        write_checkpoint(run_dir / BEST_NAME, checkpoint)
    replace_file(run_dir / "log.csv", write_log(run.history).encode())
    write_checkpoint(run_dir / CHECKPOINT_NAME, checkpoint)
