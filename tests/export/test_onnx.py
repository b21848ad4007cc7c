"""The exported file: the same posteriors as PyTorch, on its own."""

import logging
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from rich.console import Console

from speechapp.errors import DataError
from speechapp.export import onnx as exporting
from speechapp.export.golden import golden_waveforms
from speechapp.export.onnx import MAX_DIFFERENCE, OPSET, OnnxExport, export_onnx
from speechapp.export.runtime import KeywordModel
from speechapp.training.checkpoint import BEST_NAME, load_model, read_checkpoint, write_checkpoint
from speechapp.training.clips import load_clips
from speechapp.training.frontend import Geometry

pytestmark = pytest.mark.slow


def test_posteriors_are_those_of_pytorch(exported: OnnxExport, run_dir: Path) -> None:
    golden = golden_waveforms(Geometry())
    difference = KeywordModel.load(exported.path).posteriors(golden) - load_model(run_dir).posteriors(golden)
    assert exported.max_difference <= MAX_DIFFERENCE
    assert float(np.abs(difference).max()) <= 1e-5


def test_golden_inputs_are_sound_and_all_different() -> None:
    golden = golden_waveforms(Geometry())
    assert golden.shape[1] == 16_000
    assert float(np.abs(golden).max()) == 1.0
    assert len(np.unique(golden, axis=0)) == len(golden) >= 15


@pytest.mark.parametrize("n_clips", [1, 2, 7])
def test_any_batch_is_taken(exported: OnnxExport, n_clips: int) -> None:
    posteriors = KeywordModel.load(exported.path).posteriors(golden_waveforms(Geometry())[:n_clips])
    assert posteriors.shape == (n_clips, 4)
    np.testing.assert_allclose(posteriors.sum(1), 1.0, atol=1e-6)


def test_the_file_is_small_standard_and_says_nothing_of_this_machine(exported: OnnxExport) -> None:
    content = exported.path.read_bytes()
    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", OPSET)]
    assert len(content) == exported.n_bytes < 100_000
    assert b"site-packages" not in content
    assert str(Path.home()).encode() not in content


def test_the_file_knows_its_labels_geometry_version_and_licence(exported: OnnxExport) -> None:
    metadata = KeywordModel.load(exported.path).metadata
    geometry = Geometry()
    assert metadata.labels == ("_silence_", "_unknown_", "low", "high")
    assert (metadata.sample_rate_hz, metadata.clip_samples) == (geometry.sample_rate_hz, geometry.clip_samples)
    assert (metadata.frame_samples, metadata.hop_samples, metadata.n_mels) == (480, 160, 40)
    assert metadata.licence == "CC-BY-4.0"
    assert metadata.version


def test_a_model_that_would_differ_is_not_written(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MAX_DIFFERENCE", -1.0)
    with pytest.raises(DataError, match="differs from PyTorch by"):
        export_onnx(run_dir, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_no_numbers_are_refused(run_dir: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run_dir, tmp_path / "run")
    checkpoint = read_checkpoint(copy / BEST_NAME)
    checkpoint.weights["network.classify.bias"].fill_(torch.nan)
    write_checkpoint(copy / BEST_NAME, checkpoint)
    with pytest.raises(DataError, match="differs from PyTorch by nan"):
        export_onnx(copy, tmp_path / "model.onnx")


def test_exporting_says_nothing(run_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    level = logging.getLogger("torch.onnx._internal.exporter._registration").level
    export_onnx(run_dir, tmp_path / "model.onnx")
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("torch.onnx._internal.exporter._registration").level == level


@pytest.mark.real_speech
def test_real_speech_gives_the_posteriors_of_pytorch(exported: OnnxExport, run_dir: Path, real_speech: Path) -> None:
    paths = sorted((real_speech / "speech_commands_test").glob("*/*.flac"))[::10]
    clips = load_clips(paths, Console(quiet=True)).astype(np.float32) / np.float32(32_768)
    difference = KeywordModel.load(exported.path).posteriors(clips) - load_model(run_dir).posteriors(clips)
    assert float(np.abs(difference).max()) <= 1e-5
