"""Files that are whole or not there: written beside their place under another name, then put in it at once."""

import itertools
import os
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
    folder = os.path.dirname(path)
    part = os.path.join(folder, f"{PART_PREFIX}{os.getpid()}-{next(_numbers)}{PART_SUFFIX}")  # never too long a name
    descriptor = _open_part(part)
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


def _open_part(part: str) -> int:
    """Open a new file; its folder is made where that fails, which is cheaper than to look for it each time."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(part, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(part), exist_ok=True)
        return os.open(part, flags, 0o666)
