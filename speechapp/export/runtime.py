"""Run an exported model. Needs onnxruntime and numpy, nothing else."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from speechapp.errors import DataError
from speechapp.export.metadata import ModelMetadata, from_properties

_ERRORS_ONLY = 3  # onnxruntime's log severity


class KeywordModel:
    """An exported keyword spotter, ready to use; all it needs to know stands in the file."""

    def __init__(self, content: bytes) -> None:
        """Raises DataError where the bytes are not a model that `speechapp export` made."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own classes, which share no base
            raise DataError(
                "model_unreadable", "This is not an ONNX model that can be run; export it again."
            ) from error
        self.metadata: ModelMetadata = from_properties(self._session.get_modelmeta().custom_metadata_map)

    @staticmethod
    def load(path: Path) -> "KeywordModel":
        """Raises DataError where there is no such file, or it is not one of our models."""
        try:
            return KeywordModel(path.read_bytes())
        except OSError as error:
            raise DataError("model_missing", f"{path} cannot be read; make it with speechapp export.") from error

    @property
    def labels(self) -> tuple[str, ...]:
        return self.metadata.labels

    @property
    def split_by_speaker(self) -> bool:
        return self.metadata.split_by_speaker

    def posteriors(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        """Waveform (n_clips, clip_samples) float32 in [-1, 1] to posteriors (n_clips, n_labels); each row sums to 1."""
        (posteriors,) = self._session.run(["posteriors"], {"waveform": waveform})
        result: NDArray[np.float32] = posteriors
        return result

    def label(self, waveform: NDArray[np.float32]) -> list[tuple[str, float]]:
        """Every label with its posterior for one clip (clip_samples,), the most likely first."""
        posteriors = self.posteriors(waveform[np.newaxis])[0]
        return [(self.labels[place], float(posteriors[place])) for place in np.argsort(-posteriors, kind="stable")]
