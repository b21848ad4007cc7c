"""Fixtures for training: a release of tones and one short run on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from rich.console import Console

from speechapp.training.settings import TrainSettings
from speechapp.training.train import train
from tests.training.tones import TINY, write_tone_release


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny tensors gain nothing from threads, and tests that run side by side lose much by them."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.fixture(scope="session")
def quiet() -> Console:
    return Console(quiet=True)


@pytest.fixture(scope="session")
def tone_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tone_release(tmp_path_factory.mktemp("tones"))


@pytest.fixture
def tiny() -> TrainSettings:
    """Three epochs of a very narrow model."""
    return TINY


@pytest.fixture(scope="session")
def finished_run(tone_release: Path, quiet: Console, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a whole run, to be read only."""
    run_dir = tmp_path_factory.mktemp("runs") / "finished"
    train(tone_release, run_dir, TINY, quiet)
    return run_dir
