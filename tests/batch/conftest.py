"""A folder of recordings as a phone leaves them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.takes import take

Record = Callable[..., Path]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """An empty folder for recordings."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture
def record(recordings: Path) -> Record:
    """Put takes into the folder, each with another sound; gives the folder."""

    def fill(*names: str) -> Path:
        for index, name in enumerate(names):
            path = recordings / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(take(index))
        return recordings

    return fill
