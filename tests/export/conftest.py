"""Fixtures for exports: a briefly trained model and its ONNX file, each made once."""

from pathlib import Path

import pytest
from rich.console import Console

from speechapp.export.onnx import OnnxExport, export_onnx
from speechapp.training.train import train
from tests.training.tones import TINY, write_tone_release


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("exported")
    train(write_tone_release(directory / "tones"), directory / "run", TINY, Console(quiet=True))
    return directory / "run"


@pytest.fixture(scope="session")
def exported(run_dir: Path) -> OnnxExport:
    return export_onnx(run_dir, run_dir.parent / "new" / "model.onnx")
