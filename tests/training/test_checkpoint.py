"""Checkpoints: whole or not at all, and refused when they are something else."""

from pathlib import Path

import numpy as np
import pytest
import torch

from speechapp.errors import DataError
from speechapp.training.checkpoint import load_model, read_checkpoint, replace_file, write_checkpoint
from speechapp.training.settings import TrainSettings
from tests.training.tones import tone


def test_a_checkpoint_comes_back_as_it_was(finished_run: Path, tiny: TrainSettings, tmp_path: Path) -> None:
    original = read_checkpoint(finished_run / "checkpoint.pt")
    write_checkpoint(tmp_path / "copy.pt", original)
    copy = read_checkpoint(tmp_path / "copy.pt")
    assert (copy.spec, copy.settings, copy.history) == (original.spec, tiny, original.history)
    torch.testing.assert_close(copy.weights, original.weights, rtol=0.0, atol=0.0)


def test_a_model_knows_its_labels_and_gives_posteriors(finished_run: Path) -> None:
    model = load_model(finished_run)
    posteriors = model.posteriors(np.stack([tone(300.0), tone(2_500.0)]))
    assert model.labels == ("_silence_", "_unknown_", "low", "high")
    assert posteriors.shape == (2, 4)
    np.testing.assert_allclose(posteriors.sum(1), 1.0, atol=1e-6)


def test_a_run_directory_and_its_best_checkpoint_are_the_same_model(finished_run: Path) -> None:
    clip = tone(300.0)[np.newaxis]
    by_directory, by_file = load_model(finished_run), load_model(finished_run / "best.pt")
    np.testing.assert_array_equal(by_directory.posteriors(clip), by_file.posteriors(clip))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    replace_file(tmp_path / "kept", b"old")
    (tmp_path / ".kept.part").mkdir()  # nothing can be written beside it
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "kept", b"new")
    assert (tmp_path / "kept").read_bytes() == b"old"


def test_a_write_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    replace_file(tmp_path / "kept", b"old")
    replace_file(tmp_path / "kept", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("kept", b"new")]


def test_a_missing_checkpoint_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train one with speechapp train"):
        load_model(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 neither"])
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(content)
    with pytest.raises(DataError, match=r"model\.pt is not a checkpoint"):
        load_model(tmp_path / "model.pt")


def test_half_a_checkpoint_is_refused(finished_run: Path, tmp_path: Path) -> None:
    whole = (finished_run / "best.pt").read_bytes()
    (tmp_path / "half.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"half\.pt is not a checkpoint"):
        load_model(tmp_path / "half.pt")


def test_someone_elses_tensors_are_refused(tmp_path: Path) -> None:
    torch.save({"weights": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(DataError, match=r"other\.pt is not a checkpoint"):
        load_model(tmp_path / "other.pt")
