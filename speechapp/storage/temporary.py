"""Files that become visible whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def temporary_file(folder: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A new open file in `folder` under a hidden name, `file.name`, which is gone after the block; umask applies."""
    path = folder / f".{secrets.token_hex(16)}.tmp"
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """An open file that takes the place of `path` when the block ends well, and leaves no trace when it does not."""
    with temporary_file(path.parent) as file:
        yield file
        settle(file)
        Path(file.name).replace(path)


def settle(file: BinaryIO) -> None:
    """Return when every byte written to `file` is on the disk."""
    file.flush()
    os.fsync(file.fileno())
