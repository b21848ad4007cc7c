"""`Storage` in a directory."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from speechapp.errors import Conflict, NotFound, StorageError
from speechapp.storage.argument import check_expiry, check_key, check_prefix, check_range, check_sources, is_key
from speechapp.storage.failure import os_failures
from speechapp.storage.temporary import settle, temporary_file, whole_file

_READ_ONLY = 0o444  # less the umask: objects never change
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.EMLINK}
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class LocalStorage:
    """`Storage` where the object under the key `a/b.wav` is the file `ROOT/a/b.wav`.

    Bytes are written to a file in `ROOT/.incoming`, brought to the disk, and then hard-linked to their name: link(2)
    fails when the name is taken, where a rename would replace. What a killed writer leaves there is harmless and may be
    removed while nothing runs. ROOT is made when it is missing, and must lie on one file system with hard links.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = self._root / ".incoming"
        with os_failures():
            _make_folder(self._incoming)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        check_key(key)
        return self._put(key, lambda file: file.write(data))

    def put_file_if_absent(self, key: str, path: Path) -> bool:
        check_key(key)
        with os_failures(), path.open("rb") as source:
            return self._put(key, lambda file: shutil.copyfileobj(source, file))

    def get(self, key: str) -> bytes:
        with self._opened(key) as file:
            return file.read()

    def size(self, key: str) -> int:
        with self._opened(key) as file:
            return os.fstat(file.fileno()).st_size

    def read_range(self, key: str, start: int, stop: int) -> bytes:
        check_range(start, stop)
        with self._opened(key) as file:
            n_bytes = min(stop, os.fstat(file.fileno()).st_size) - start  # read() would allocate all that is asked for
            file.seek(start)
            return file.read(max(n_bytes, 0))

    def list(self, prefix: str) -> Iterator[str]:
        check_prefix(prefix)
        return _keys_below(self._root, "", prefix)

    @os_failures()
    def delete(self, key: str) -> None:
        check_key(key)
        path = self._root / key
        try:
            path.unlink()
        except _ABSENT:
            return
        _sync_folder(path.parent)

    def compose(self, sources: Sequence[str], target: str) -> None:
        check_sources(sources)
        check_key(target)
        if not self._put(target, lambda file: self._copy(sources, file)):
            raise Conflict("object_exists", f"There is an object {target} already; compose under another key.")

    def url(self, key: str, expires_s: int) -> str | None:
        check_key(key)
        check_expiry(expires_s)
        return None

    @os_failures()
    def fetch_to(self, key: str, path: Path) -> None:
        with self._opened(key) as source, whole_file(path) as file:
            shutil.copyfileobj(source, file)

    @os_failures()
    def _put(self, key: str, write: Callable[[BinaryIO], object]) -> bool:
        target = self._root / key
        created = not target.is_file() and self._create(key, target, write)
        _sync_folder(target.parent)  # also when another writer was first: its caller may not have come so far
        return created

    def _create(self, key: str, target: Path, write: Callable[[BinaryIO], object]) -> bool:
        _make_key_folder(key, target.parent)
        with temporary_file(self._incoming, _READ_ONLY) as file:
            write(file)
            settle(file)
            created = _link(file.name, target)
        if target.is_dir():
            raise _folder_clash(key)
        return created

    def _copy(self, sources: Sequence[str], file: BinaryIO) -> None:
        for key in sources:
            with self._opened(key) as source:
                shutil.copyfileobj(source, file)

    @contextmanager
    def _opened(self, key: str) -> Iterator[BinaryIO]:
        check_key(key)
        with os_failures():
            try:
                file = (self._root / key).open("rb")
            except _ABSENT:
                raise NotFound("object_missing", f"There is no object {key} in {self._root}.") from None
            with file:
                yield file


def _link(name: str, target: Path) -> bool:
    try:
        os.link(name, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _NO_HARD_LINKS:
            raise StorageError(
                "storage_without_links",
                f"{target.parent} cannot take hard links ({error.strerror}); "
                "keep the storage on one local file system such as ext4, xfs or apfs.",
            ) from error
        raise
    return True


def _make_key_folder(key: str, folder: Path) -> None:
    try:
        _make_folder(folder)
    except FileExistsError:
        raise _folder_clash(key) from None


def _folder_clash(key: str) -> Conflict:
    return Conflict("key_clash", f"{key} and another key differ only by what follows a slash; choose another key.")


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it; each has its name on the disk when this returns."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keys_below(folder: Path, above: str, prefix: str) -> Iterator[str]:
    for name in _sorted_names(folder):
        key = above + name
        if not name.endswith("/"):
            if key.startswith(prefix) and is_key(key):
                yield key
        elif key.startswith(prefix) or prefix.startswith(key):
            yield from _keys_below(folder / name, key, prefix)


def _sorted_names(folder: Path) -> Sequence[str]:
    """What is in the folder; folders with their slash, for "a-b" comes before "a/b", and "a" alone would not."""
    with os_failures():
        try:
            with os.scandir(folder) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except FileNotFoundError:
            return ()
        return sorted(entry.name + "/" if entry.is_dir() else entry.name for entry in visible)
