"""Judge a model, trained or exported, on clips it has not seen. No torch: all it needs is labels and posteriors."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from speechapp.training.data import Examples, load_all, load_testing_data
from speechapp.training.figures import draw_confusion
from speechapp.training.labels import Labels
from speechapp.training.metrics import Metrics, compare

_BATCH_CLIPS = 256


class Classifier(Protocol):
    """A model ready to use: `training.checkpoint.TrainedModel` and `export.runtime.KeywordModel` are two."""

    @property
    def labels(self) -> Labels: ...

    @property
    def split_by_speaker(self) -> bool:
        """How the clips it must be tested on were kept apart from those it was trained on."""

    def posteriors(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        """Waveform (n_clips, CLIP_SAMPLES) in [-1, 1] to posteriors (n_clips, n_labels); each row sums to 1."""


def evaluate(model: Classifier, directory: Path, console: Console, *, take_all: bool = False) -> Metrics:
    """Judge the model on a directory's testing partition and made silence, or with take_all on every clip in it.

    A folder's name is the label of its clips; a word the model does not know counts as `_unknown_`. Raises DataError.
    """
    if take_all:
        return judge(model, load_all(directory, model.labels, console))
    return judge(model, load_testing_data(directory, model.labels, model.split_by_speaker, console))


def judge(model: Classifier, examples: Examples) -> Metrics:
    """Compare the most likely label of each example with its own."""
    return compare(model.labels, examples.labels, posteriors_of(model, examples).argmax(1))


def posteriors_of(model: Classifier, examples: Examples) -> NDArray[np.float32]:
    """(n_clips, n_labels), computed in batches."""
    starts = range(0, len(examples.pcm), _BATCH_CLIPS)
    batches = (examples.pcm[start : start + _BATCH_CLIPS] for start in starts)
    return np.concatenate([model.posteriors(batch.astype(np.float32) / np.float32(32_768)) for batch in batches])


def write_evaluation(metrics: Metrics, out_dir: Path, title: str) -> None:
    """Leave `metrics.json` and `confusion.png` in the directory, made if need be."""
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "metrics.json").write_text(json.dumps(asdict(metrics), indent=2) + "\n", encoding="utf-8")
    draw_confusion(metrics, title, out_dir / "confusion.png")
