"""Reading an archive back as a stream, in one pass, with little memory, and with no trust in it."""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from speechapp.errors import DataError

MAX_FILE_BYTES: Final = 64 * 1024 * 1024

_READ_BYTES: Final = 1 << 20


class ArchiveReader:
    """The files of a tar.gz in their order, once; after the last one `tar_sha256` is that of the uncompressed tar."""

    def __init__(self, file: BinaryIO) -> None:
        self._tar = _Inflated(file)

    @property
    def tar_sha256(self) -> str:
        return self._tar.sha256.hexdigest()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give (name, data); raises DataError where the archive is damaged, cut short, or not one gzip member."""
        try:
            with tarfile.open(fileobj=self._tar, mode="r|", bufsize=_READ_BYTES) as tar:
                while (member := tar.next()) is not None:
                    yield member.name, _data(tar, member)
                    tar.members.clear()  # type: ignore[attr-defined]  # it would keep every member it ever saw
                self._tar.finish(tar.offset)
        except (zlib.error, tarfile.TarError, EOFError) as error:
            raise DataError("bad_archive", f"The archive is damaged ({error}); download it again.") from error


class _Inflated(io.RawIOBase):
    """The tar inside exactly one gzip member, for tarfile to read from."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self._compressed = b""
        self._n_bytes = 0
        self.sha256 = hashlib.sha256()

    def read(self, n_bytes: int = _READ_BYTES, /) -> bytes:
        """Up to `n_bytes`, some at least; none at the end only. Whatever comes in, no more than that is inflated."""
        tar = b""
        while not tar and not self._gzip.eof:
            self._compressed = self._compressed or self._file.read(_READ_BYTES)
            tar = self._gzip.decompress(self._compressed, n_bytes)
            if not tar and not self._compressed:
                raise EOFError("it is cut short")
            self._compressed = self._gzip.unconsumed_tail
        self.sha256.update(tar)
        self._n_bytes += len(tar)
        return tar

    def finish(self, end_of_files: int) -> None:
        """Read what tarfile left, which checks the length and CRC-32 that gzip keeps at the end.

        tarfile takes a broken header for the end of the archive: after it there may be padding, no more.
        """
        while self.read():
            pass
        if self._n_bytes - end_of_files > tarfile.RECORDSIZE:
            raise DataError("bad_archive", "The archive goes on after a broken header; download it again.")
        if self._gzip.unused_data or self._file.read(1):
            raise DataError("bad_archive", "The archive goes on after its gzip member, where some readers stop.")


def _data(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member) if member.isreg() else None
    if file is None:
        raise DataError("bad_archive", f"{member.name!r} in the archive is not a file; a release holds nothing else.")
    if member.size > MAX_FILE_BYTES:
        raise DataError("bad_archive", f"{member.name!r} in the archive is larger than {MAX_FILE_BYTES} bytes.")
    return file.read()
