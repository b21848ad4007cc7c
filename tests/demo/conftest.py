"""Fixtures of the demo's tests: espeak-ng or a skip, and the whole service in processes of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import rabbitmq, service


@pytest.fixture
def espeak() -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed; install it: apt install espeak-ng")


@pytest.fixture
def free_port() -> int:
    return rabbitmq.free_port()


@pytest.fixture
def running_service(tmp_path: Path) -> Iterator[dict[str, str]]:
    """`speechapp serve` on an empty data directory; the settings that lead to it."""
    with service.running_service(tmp_path / "installation") as running:
        yield running.settings
