"""Segments and their stitching: whatever is packed, every reader gets it back."""

import gzip
import io
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.errors import DataError
from speechapp.release.packing import (
    ArchiveWriter,
    Segment,
    keep_segment,
    make_segment,
    segment_from_bytes,
    unpack_segment,
)
from speechapp.storage.local import LocalStorage
from tests.sounds import word_like

NAMES = st.from_regex(r"[a-z]{1,9}/[0-9a-f]{8}_nohash_[0-9]{1,3}\.wav", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=2000), max_size=6)


def stitch(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    writer = ArchiveWriter(sink)
    for name, data in files.items():
        writer.add(make_segment(name, data))
    writer.close()
    return sink.getvalue()


def read_tar(archive: bytes, mode: str) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode=mode) as tar:  # type: ignore[call-overload]
        return {member.name: tar.extractfile(member).read() for member in tar}


@given(FILES)
def test_tarfile_reads_every_stitched_archive_whole_and_as_a_stream(files: dict[str, bytes]) -> None:
    assert read_tar(stitch(files), "r:gz") == files
    assert read_tar(stitch(files), "r|gz") == files


@given(FILES)
def test_the_archive_is_one_gzip_member_with_the_right_length_and_checksum(files: dict[str, bytes]) -> None:
    archive = stitch(files)
    inflater = zlib.decompressobj(wbits=31)
    tar = inflater.decompress(archive)
    assert inflater.eof
    assert inflater.unused_data == b""
    assert archive[-8:] == zlib.crc32(tar).to_bytes(4, "little") + len(tar).to_bytes(4, "little")


def test_gzip_and_tar_read_the_archive(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(stitch({"yes/0a_nohash_0.wav": b"abc", "empty": b"", "block": bytes(512)}))
    subprocess.run(["gzip", "-t", "x.tar.gz"], cwd=tmp_path, check=True)
    subprocess.run(["tar", "xzf", "x.tar.gz"], cwd=tmp_path, check=True)
    assert (tmp_path / "yes/0a_nohash_0.wav").read_bytes() == b"abc"
    assert (tmp_path / "empty").read_bytes() == b""
    assert (tmp_path / "block").read_bytes() == bytes(512)


def test_nothing_in_the_archive_tells_when_where_or_by_whom_it_was_made() -> None:
    archive = stitch({"a": b"1"})
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.getmembers()[0]
    facts = (member.mtime, member.mode, member.uid, member.gid, member.uname, member.gname)
    assert facts == (946_684_800, 0o644, 0, 0, "", "")
    assert archive[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_the_uncompressed_bytes_are_those_of_the_standard_library() -> None:
    info = tarfile.TarInfo("yes/00176480_nohash_0.wav")
    info.size, info.mtime = 3, 946_684_800
    tar = gzip.decompress(stitch({info.name: b"abc"}))
    with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as parsed:
        assert parsed.getmembers()[0].tobuf(tarfile.USTAR_FORMAT)[:148] == tar[:148]
    assert tar[512:] == b"abc" + bytes(509) + bytes(1024)


@pytest.mark.parametrize("seed", range(4))
def test_a_clip_is_packed_about_as_small_as_gzip_packs_it(seed: int) -> None:
    clip = word_like(seconds=1.0, onset_s=0.2, seed=seed, rate_hz=16_000)
    assert len(make_segment("yes/00176480_nohash_0.wav", clip).deflate) < 1.01 * len(gzip.compress(clip, 6))


def test_lengths_beyond_four_gigabytes_wrap_as_gzip_wants() -> None:
    sink = io.BytesIO()
    writer = ArchiveWriter(sink)
    writer.add(Segment(deflate=b"", crc32=0, n_tar_bytes=2**32 + 512))
    writer.close()
    assert int.from_bytes(sink.getvalue()[-4:], "little") == 512 + 1024


@given(NAMES, st.binary(max_size=2000))
def test_a_stored_segment_is_read_again(name: str, data: bytes) -> None:
    assert unpack_segment(segment_from_bytes(make_segment(name, data).to_bytes())) == (name, data)


@pytest.mark.parametrize("stored", [b"", b"something else that is long enough"])
def test_what_is_no_segment_is_refused(stored: bytes) -> None:
    with pytest.raises(DataError, match="not a stored segment"):
        segment_from_bytes(stored)


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored[:-1],
        lambda stored: stored[:60] + bytes([stored[60] ^ 1]) + stored[61:],
        lambda stored: stored[:8] + b"\0\0\0\0" + stored[12:],
        lambda stored: stored[:12] + b"\0\2" + stored[14:],
    ],
    ids=["cut short", "a bit flipped", "other checksum", "other length"],
)
def test_a_damaged_segment_is_refused(damage: Callable[[bytes], bytes]) -> None:
    stored = make_segment("yes/00176480_nohash_0.wav", bytes(range(256)) * 9).to_bytes()
    with pytest.raises(DataError, match="damaged"):
        unpack_segment(segment_from_bytes(damage(stored)))


@pytest.mark.parametrize("name", ["", "ä.wav", "x" * 101])
def test_a_name_that_a_plain_tar_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="must be of 1 to 100 ASCII characters"):
        make_segment(name, b"")


def test_the_segment_that_was_stored_first_stays(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    key = keep_segment(storage, "yes/00176480_nohash_0.wav", b"abc")
    before = storage.get(key)
    assert keep_segment(storage, "yes/00176480_nohash_0.wav", b"abc") == key
    assert storage.get(key) == before
    assert keep_segment(storage, "no/00176480_nohash_0.wav", b"abc") != key
