"""Files that are whole or not there: written beside their place under another name, then put in it at once."""

import itertools
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

PART_PREFIX: Final = ".speechapp-"
PART_SUFFIX: Final = ".part"

_numbers = itertools.count()


def write_new(path: str, content: bytes, *, fsync: bool = False) -> None:
    """Write a file that is not there yet, and the folders above it. Raises FileExistsError, and other OSErrors."""
    part = _write_part(path, content, fsync)
    try:
        try:
            os.link(part, path)  # unlike a rename it never takes the place of another file
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(path):
                raise FileExistsError(path) from None
            os.rename(part, path)
            return
    except BaseException:
        os.unlink(part)
        raise
    os.unlink(part)


def replace(path: str, content: bytes, *, fsync: bool = False) -> None:
    """Write a file in the place of the one that is there, if there is one. Raises OSError."""
    part = _write_part(path, content, fsync)
    try:
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def remove_parts(folder: str) -> int:
    """Remove what a killed run left in a folder; nobody else may be writing there. Gives how many there were."""
    parts = list(Path(folder).glob(f"{PART_PREFIX}*{PART_SUFFIX}")) if os.path.isdir(folder) else []
    for part in parts:
        part.unlink(missing_ok=True)
    return len(parts)


def _write_part(path: str, content: bytes, fsync: bool) -> str:
    part, descriptor = _open_part(os.path.dirname(path))
    try:
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            if fsync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        os.unlink(part)
        raise
    return part


def _open_part(folder: str) -> tuple[str, int]:
    """Open a new file; its folder is made where that fails, which is cheaper than to look for it each time."""
    try:
        return _open_next(folder)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        return _open_next(folder)


def _open_next(folder: str) -> tuple[str, int]:
    """Open the next name that is free: in containers a killed run had the same process number, and left its parts."""
    while True:
        part = os.path.join(folder, f"{PART_PREFIX}{os.getpid()}-{next(_numbers)}{PART_SUFFIX}")  # never too long
        with suppress(FileExistsError):
            return part, os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
