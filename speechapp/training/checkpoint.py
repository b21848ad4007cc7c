"""A run on disk: written whole or not at all, and read back with its labels and geometry."""

import io
import os
import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from speechapp.errors import DataError
from speechapp.training.frontend import Geometry
from speechapp.training.history import EpochRow, History
from speechapp.training.labels import Labels
from speechapp.training.models import KeywordSpotter, ModelSpec
from speechapp.training.settings import TrainSettings

CHECKPOINT_NAME = "checkpoint.pt"
BEST_NAME = "best.pt"
_FORMAT = 1

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model and where its training stands: `weights` are the averages to use, `live_weights` those that learn."""

    spec: ModelSpec
    settings: TrainSettings
    fingerprint: str
    history: History
    weights: Weights
    live_weights: Weights
    optimiser: Mapping[str, Any]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file at once or, when interrupted, not at all."""
    content = {field.name: getattr(checkpoint, field.name) for field in fields(Checkpoint)}
    content |= {
        "format": _FORMAT,
        "spec": asdict(checkpoint.spec),
        "settings": asdict(checkpoint.settings),
        "history": [asdict(row) for row in checkpoint.history],
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    replace_file(path, buffer.getvalue())


def replace_file(path: Path, content: bytes) -> None:
    """Write beside it, then rename: a reader meets the old file or the new one, never a part."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote; raises DataError for anything else."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        return _parse(content)
    except FileNotFoundError as error:
        raise DataError(
            "checkpoint_missing", f"There is no checkpoint {path}; train one with speechapp train."
        ) from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            "checkpoint_unreadable", f"{path} is not a checkpoint of this version of Speechapp; train again."
        ) from error


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model out of a checkpoint, ready to use; see `evaluate.Classifier`."""

    module: KeywordSpotter
    split_by_speaker: bool = False

    @property
    def labels(self) -> Labels:
        return self.module.spec.labels

    def posteriors(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            posteriors: NDArray[np.float32] = torch.softmax(self.module(torch.from_numpy(waveform)), 1).numpy()
        return posteriors


def load_model(path: Path) -> TrainedModel:
    """The best model of a run directory, or the one in a checkpoint file; raises DataError."""
    checkpoint = read_checkpoint(path / BEST_NAME if path.is_dir() else path)
    module = KeywordSpotter(checkpoint.spec)
    module.load_state_dict(checkpoint.weights)
    return TrainedModel(module.eval(), checkpoint.settings.split_by_speaker)


def _parse(content: Any) -> Checkpoint:
    if not isinstance(content, dict) or content.pop("format", None) != _FORMAT:
        raise ValueError("not our format")
    spec = content["spec"]
    content |= {
        "spec": ModelSpec(**spec | {"geometry": Geometry(**spec["geometry"])}),
        "settings": TrainSettings(**content["settings"]),
        "history": tuple(EpochRow(**row) for row in content["history"]),
    }
    return Checkpoint(**content)
