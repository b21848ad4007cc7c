"""A whole run: what it learns, what it leaves, how it is interrupted and resumed."""

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import pytest
import torch
from rich.console import Console

from speechapp.errors import Conflict, DataError
from speechapp.training.checkpoint import load_model, read_checkpoint
from speechapp.training.data import load_training_data
from speechapp.training.history import EpochRow
from speechapp.training.progress import TrainingProgress
from speechapp.training.run import Run, learning_rate_at
from speechapp.training.settings import TrainSettings
from speechapp.training.train import resume, train

pytestmark = pytest.mark.slow


def test_a_run_leaves_all_that_is_promised(finished_run: Path) -> None:
    assert sorted(path.name for path in finished_run.iterdir()) == [
        "best.pt",
        "checkpoint.pt",
        "confusion.png",
        "curves.png",
        "labels.txt",
        "log.csv",
        "metrics.json",
        "settings.json",
    ]
    assert (finished_run / "labels.txt").read_text() == "_silence_\n_unknown_\nlow\nhigh\n"
    assert json.loads((finished_run / "settings.json").read_text())["words"] == ["low", "high"]
    rows = list(csv.DictReader((finished_run / "log.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]


def test_tones_are_learnt(tone_release: Path, tiny: TrainSettings, quiet: Console, tmp_path: Path) -> None:
    settings = dataclasses.replace(tiny, n_epochs=30, n_channels=16)
    assert train(tone_release, tmp_path / "run", settings, quiet).validation.accuracy > 0.9


def test_equal_runs_give_equal_weights(
    finished_run: Path, tone_release: Path, tiny: TrainSettings, quiet: Console, tmp_path: Path
) -> None:
    train(tone_release, tmp_path / "again", tiny, quiet)
    assert_same_run(tmp_path / "again", finished_run)


def test_another_seed_gives_other_weights(
    finished_run: Path, tone_release: Path, tiny: TrainSettings, quiet: Console, tmp_path: Path
) -> None:
    train(tone_release, tmp_path / "other", dataclasses.replace(tiny, seed=1), quiet)
    assert read_checkpoint(tmp_path / "other" / "checkpoint.pt").history != history_of(finished_run)


def test_an_interrupted_run_goes_on_to_the_same_weights(
    finished_run: Path,
    tone_release: Path,
    tiny: TrainSettings,
    quiet: Console,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupt_after_epoch(1, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(tone_release, tmp_path / "run", tiny, quiet)
    monkeypatch.undo()
    assert len(history_of(tmp_path / "run")) == 1
    resume(tone_release, tmp_path / "run", quiet)
    assert_same_run(tmp_path / "run", finished_run)


def test_a_run_stopped_in_its_first_epoch_can_be_resumed(
    finished_run: Path,
    tone_release: Path,
    tiny: TrainSettings,
    quiet: Console,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupt_after_epoch(0, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(tone_release, tmp_path / "run", tiny, quiet)
    monkeypatch.undo()
    resume(tone_release, tmp_path / "run", quiet)
    assert_same_run(tmp_path / "run", finished_run)


def test_resuming_a_finished_run_changes_nothing(
    finished_run: Path, tone_release: Path, quiet: Console, tmp_path: Path
) -> None:
    copy = shutil.copytree(finished_run, tmp_path / "copy")
    resume(tone_release, copy, quiet)
    assert_same_run(copy, finished_run)


def test_resuming_on_other_clips_is_refused(
    finished_run: Path, tone_release: Path, quiet: Console, tmp_path: Path
) -> None:
    other = shutil.copytree(tone_release, tmp_path / "other")
    (other / "low" / "00000001_nohash_0.wav").unlink()
    with pytest.raises(DataError, match="start a new run"):
        resume(other, finished_run, quiet)


def test_resuming_where_there_is_no_run_is_refused(tone_release: Path, quiet: Console, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train one with speechapp train"):
        resume(tone_release, tmp_path, quiet)


def test_a_run_is_never_overwritten(
    finished_run: Path, tone_release: Path, tiny: TrainSettings, quiet: Console
) -> None:
    with pytest.raises(Conflict, match="continue it with --resume or choose another --out"):
        train(tone_release, finished_run, tiny, quiet)


def test_a_directory_with_other_things_in_it_is_left_alone(
    tone_release: Path, tiny: TrainSettings, quiet: Console, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict, match="empty it or choose another --out"):
        train(tone_release, tmp_path, tiny, quiet)


def test_the_best_epoch_is_kept(finished_run: Path) -> None:
    best, history = read_checkpoint(finished_run / "best.pt").history[-1], history_of(finished_run)
    assert best == max(history, key=lambda row: (row.validation_accuracy, -row.validation_loss))


def test_training_leaves_the_global_random_state_alone(tone_release: Path, tiny: TrainSettings, quiet: Console) -> None:
    before = torch.get_rng_state()
    run = Run(load_training_data(tone_release, tiny, quiet), tiny)
    run.epoch(lambda _loss, _accuracy: None)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_learning_rate_climbs_then_falls_to_nothing() -> None:
    rates = [learning_rate_at(step, 100, peak=1.0) for step in range(100)]
    assert rates[0] == pytest.approx(0.1, rel=0.01)
    assert max(rates) == rates[9] == pytest.approx(1.0, rel=0.03)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] < 0.001


def test_where_nobody_watches_every_epoch_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with TrainingProgress(Console(force_terminal=False, width=200), n_epochs=2, n_steps_per_epoch=1) as progress:
        progress.step(0.5, 0.75)
        progress.epoch(EpochRow(1, 0.001, 0.5, 0.75, 0.4, 0.8))
    assert capsys.readouterr().out == ("epoch 1/2: loss 0.500, accuracy 75.0%; validation loss 0.400, accuracy 80.0%\n")


def interrupt_after_epoch(n_epochs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the first step after so many epochs; an epoch of the tone release has two steps."""
    steps = iter([None] * (2 * n_epochs))

    def step(_progress: TrainingProgress, _loss: float, _accuracy: float) -> None:
        if next(steps, "over") == "over":
            raise KeyboardInterrupt

    monkeypatch.setattr(TrainingProgress, "step", step)


def history_of(run_dir: Path) -> tuple[EpochRow, ...]:
    return read_checkpoint(run_dir / "checkpoint.pt").history


def assert_same_run(left: Path, right: Path) -> None:
    assert history_of(left) == history_of(right)
    assert (left / "log.csv").read_bytes() == (right / "log.csv").read_bytes()
    assert (left / "metrics.json").read_bytes() == (right / "metrics.json").read_bytes()
    for name in ("best.pt", "checkpoint.pt"):
        weights, expected = (read_checkpoint(run_dir / name) for run_dir in (left, right))
        torch.testing.assert_close(weights.weights, expected.weights, rtol=0.0, atol=0.0)
        torch.testing.assert_close(weights.live_weights, expected.live_weights, rtol=0.0, atol=0.0)
        torch.testing.assert_close(weights.optimiser["state"], expected.optimiser["state"], rtol=0.0, atol=0.0)
    assert load_model(left).labels == load_model(right).labels
