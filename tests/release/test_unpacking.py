"""Reading archives that nobody vouches for."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from speechapp.errors import DataError
from speechapp.release.unpacking import ArchiveReader


def read_all(archive: bytes) -> dict[str, bytes]:
    return dict(ArchiveReader(io.BytesIO(archive)).files())


def tar_of(*members: tarfile.TarInfo) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    return sink.getvalue()


def file_of(n_bytes: int, name: str = "a") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = n_bytes
    return member


def test_an_archive_of_another_program_is_read() -> None:
    archive = gzip.compress(tar_of(file_of(3), file_of(700, "b")))
    assert read_all(archive) == {"a": bytes(3), "b": bytes(700)}


def test_the_hash_of_the_tar_is_known_at_the_end(archive: Path) -> None:
    reader = ArchiveReader(io.BytesIO(archive.read_bytes()))
    assert len(list(reader.files())) == 13
    assert reader.tar_sha256 == hashlib.sha256(gzip.decompress(archive.read_bytes())).hexdigest()


@pytest.mark.parametrize("n_bytes", [0, 5, 1000, 3_000_000])
def test_an_archive_cut_short_is_refused(archive: Path, n_bytes: int) -> None:
    with pytest.raises(DataError, match="damaged"):
        read_all(archive.read_bytes()[:n_bytes])


def test_a_wrong_checksum_is_refused(archive: Path) -> None:
    damaged = bytearray(archive.read_bytes())
    damaged[-8] ^= 1
    with pytest.raises(DataError, match="damaged"):
        read_all(bytes(damaged))


def test_a_second_gzip_member_is_refused() -> None:
    tar = tar_of(file_of(3))
    with pytest.raises(DataError, match="goes on after its gzip member"):
        read_all(gzip.compress(tar) + gzip.compress(tar))


def test_files_behind_a_broken_header_are_not_lost_silently() -> None:
    tar = bytearray(tar_of(file_of(512), file_of(20_000, "b")))
    tar[1024:1124] = b"\xff" * 100
    with pytest.raises(DataError, match="goes on after a broken header"):
        read_all(gzip.compress(tar))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_is_refused(kind: bytes) -> None:
    member = file_of(0)
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(DataError, match="is not a file"):
        read_all(gzip.compress(tar_of(member)))


def test_a_file_that_would_fill_the_memory_is_refused() -> None:
    bomb = tarfile.TarInfo("a")
    bomb.size = 2**40
    with pytest.raises(DataError, match="is larger than"):
        read_all(gzip.compress(bomb.tobuf(tarfile.GNU_FORMAT) + bytes(2**20)))
