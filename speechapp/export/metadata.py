"""What an exported model says about itself, so that whoever runs it need not be told. Standard library only."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from speechapp.errors import DataError

_PREFIX = "speechapp."


@dataclass(frozen=True)
class ModelMetadata:
    """Labels in the order of the posteriors, what must be fed in, how the features are cut, and where it is from."""

    labels: tuple[str, ...]
    sample_rate_hz: int
    clip_samples: int
    frame_samples: int
    hop_samples: int
    n_mels: int
    n_parameters: int
    split_by_speaker: bool  # whether its testing clips are those of the grouped split
    version: str  # of the Speechapp that exported it
    licence: str  # SPDX


def to_properties(metadata: ModelMetadata) -> dict[str, str]:
    """As ONNX keeps it: each field under `speechapp.<name>`, its value as JSON."""
    return {f"{_PREFIX}{name}": json.dumps(value) for name, value in asdict(metadata).items()}


def from_properties(properties: Mapping[str, str]) -> ModelMetadata:
    """Read it again; raises DataError where the model is not one of ours."""
    ours = {name.removeprefix(_PREFIX): text for name, text in properties.items() if name.startswith(_PREFIX)}
    try:
        values = {name: json.loads(text) for name, text in ours.items()}
        return ModelMetadata(**values | {"labels": tuple(values["labels"])})
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "model_without_metadata", "The model does not say what its labels are; export it with speechapp export."
        ) from error
