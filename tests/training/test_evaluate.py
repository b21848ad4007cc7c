"""Evaluation: the model's label beside each clip's own."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from speechapp.errors import DataError
from speechapp.training.checkpoint import load_model
from speechapp.training.evaluate import evaluate, write_evaluation
from tests.training.tones import write_tone

pytestmark = pytest.mark.slow


class Pitch:
    """A model that needs no training: below 600 Hz it hears low, above 2 kHz high, between them unknown."""

    labels = ("_silence_", "_unknown_", "low", "high")
    split_by_speaker = False

    def posteriors(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        pitch_hz = np.abs(np.fft.rfft(waveform)).argmax(1)
        places = np.select([pitch_hz == 0, pitch_hz < 600, pitch_hz > 2_000], [0, 2, 3], 1)
        posteriors: NDArray[np.float32] = np.eye(4, dtype=np.float32)[places]
        return posteriors


def test_all_clips_are_judged_by_their_folders(tone_release: Path, quiet: Console) -> None:
    metrics = evaluate(Pitch(), tone_release, quiet, take_all=True)
    assert metrics.confusion == ((0, 0, 0, 0), (0, 24, 0, 0), (0, 0, 24, 0), (0, 0, 0, 24))


def test_folders_of_silence_and_unknown_are_those_labels(tmp_path: Path, quiet: Console) -> None:
    write_tone(tmp_path / "_silence_" / "1037.wav", 300.0)
    write_tone(tmp_path / "_unknown_" / "tree_0000000a_nohash_0.wav", 900.0)
    write_tone(tmp_path / "low" / "0000000a_nohash_0.wav", 300.0)
    metrics = evaluate(Pitch(), tmp_path, quiet, take_all=True)
    assert metrics.confusion == ((0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0))


def test_the_testing_partition_is_the_default_and_silence_is_made_for_it(tone_release: Path, quiet: Console) -> None:
    metrics = evaluate(Pitch(), tone_release, quiet)
    assert [row.n_clips for row in metrics.per_label] == [4, 4, 4, 4]
    assert [row.recall for row in metrics.per_label[1:]] == [1.0, 1.0, 1.0]


def test_a_model_is_tested_on_the_split_it_was_trained_on(tone_release: Path, quiet: Console) -> None:
    grouped = Pitch()
    grouped.split_by_speaker = True
    metrics = evaluate(grouped, tone_release, quiet)
    assert [row.n_clips for row in metrics.per_label] == [2, 2, 2, 2]  # one speaker of twelve, with two clips a word


def test_a_trained_model_is_judged_like_any_other(finished_run: Path, tone_release: Path, quiet: Console) -> None:
    assert evaluate(load_model(finished_run), tone_release, quiet).n_clips == 16


def test_the_figures_and_the_picture_are_written(tone_release: Path, quiet: Console, tmp_path: Path) -> None:
    metrics = evaluate(Pitch(), tone_release, quiet, take_all=True)
    write_evaluation(metrics, tmp_path / "new" / "evaluation", "Tones")
    written = json.loads((tmp_path / "new" / "evaluation" / "metrics.json").read_text())
    assert (written["accuracy"], written["n_clips"], written["labels"][2]) == (1.0, 72, "low")
    assert (tmp_path / "new" / "evaluation" / "confusion.png").stat().st_size > 10_000


def test_an_empty_directory_is_an_error(tmp_path: Path, quiet: Console) -> None:
    with pytest.raises(DataError):
        evaluate(Pitch(), tmp_path, quiet, take_all=True)
