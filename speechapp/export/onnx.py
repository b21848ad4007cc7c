"""A trained model as one ONNX file: PCM in, posteriors out, front end and labels inside."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from speechapp.errors import DataError
from speechapp.export.golden import golden_waveforms
from speechapp.export.metadata import ModelMetadata, to_properties
from speechapp.export.runtime import KeywordModel
from speechapp.training.checkpoint import TrainedModel, load_model, replace_file
from speechapp.training.models import KeywordSpotter, n_parameters

OPSET = 18
MAX_DIFFERENCE = 1e-4  # on posteriors
DEFAULT_LICENCE = "CC-BY-4.0"  # a model carries the licence of the recordings it was trained on


@dataclass(frozen=True)
class OnnxExport:
    """A written file and the largest difference of its posteriors from PyTorch's on the golden inputs."""

    path: Path
    n_bytes: int
    max_difference: float


def export_onnx(run: Path, out_path: Path, licence: str = DEFAULT_LICENCE) -> OnnxExport:
    """Write the best model of a run directory (or of a checkpoint file) as ONNX, input `waveform`, output `posteriors`.

    Waveform (batch, clip_samples) float32 in [-1, 1] to posteriors (batch, n_labels), any batch. Raises DataError, and
    writes nothing, where the file's posteriors would differ from PyTorch's by more than MAX_DIFFERENCE.
    """
    model = load_model(run)
    content = to_onnx(model, licence)
    difference = max_difference(model, KeywordModel(content))
    if not difference <= MAX_DIFFERENCE:
        raise DataError(
            "export_differs",
            f"The exported model differs from PyTorch by {difference:.1e}, more than {MAX_DIFFERENCE:.0e}; "
            "install the pinned versions (./run --with-training) and export again.",
        )
    out_path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(out_path, content)
    return OnnxExport(out_path, len(content), difference)


def to_onnx(model: TrainedModel, licence: str) -> bytes:
    """The model as ONNX bytes, metadata included."""
    example = torch.zeros(2, model.module.spec.geometry.clip_samples)
    with _quiet_exporter():
        program = torch.onnx.export(
            _Posteriors(model.module).eval(),
            (example,),
            input_names=["waveform"],
            output_names=["posteriors"],
            dynamic_shapes={"waveform": {0: torch.export.Dim("batch")}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    _strip(proto)
    onnx.helper.set_model_props(proto, to_properties(_metadata(model, licence)))
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString(deterministic=True))


def max_difference(model: TrainedModel, exported: KeywordModel) -> float:
    """Largest absolute difference of any posterior on the golden inputs, all at once and one by one."""
    waveforms = golden_waveforms(model.module.spec.geometry)
    expected = model.posteriors(waveforms)
    one_by_one = np.concatenate([exported.posteriors(waveform[np.newaxis]) for waveform in waveforms])
    return float(np.max(np.abs([exported.posteriors(waveforms) - expected, one_by_one - expected])))


class _Posteriors(nn.Module):
    def __init__(self, module: KeywordSpotter) -> None:
        super().__init__()
        self.module = module

    def forward(self, waveform: Tensor) -> Tensor:
        return torch.softmax(self.module(waveform), dim=1)


def _metadata(model: TrainedModel, licence: str) -> ModelMetadata:
    geometry = model.module.spec.geometry
    return ModelMetadata(
        labels=model.labels,
        sample_rate_hz=geometry.sample_rate_hz,
        clip_samples=geometry.clip_samples,
        frame_samples=geometry.frame_samples,
        hop_samples=geometry.hop_samples,
        n_mels=geometry.n_mels,
        n_parameters=n_parameters(model.module),
        split_by_speaker=model.split_by_speaker,
        version=version("speechapp"),
        licence=licence,
    )


def _strip(proto: onnx.ModelProto) -> None:
    """Take out what the exporter notes for debugging: a tenth of the file, and the paths of this machine."""
    del proto.metadata_props[:]
    for part in (proto.graph, *proto.graph.node, *proto.graph.value_info, *proto.graph.input, *proto.graph.output):
        del part.metadata_props[:]
        part.doc_string = ""


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Keep to itself what the exporter says about its own parts: nothing a user could act on."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")  # "torchvision is not installed"
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\).*", category=FutureWarning)
            yield
    finally:
        logger.setLevel(level)
