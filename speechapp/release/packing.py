"""One ordinary tar.gz, stitched from pieces that were compressed beforehand, one piece per file.

A piece is raw deflate that ends on a byte without ending the stream, so pieces can be put one after the other; the
checksum of the whole follows from those of the pieces. So a release costs about as much as copying its bytes, and the
clips' bytes stay the same whatever zlib the machine has on which it is cut.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from isal import isal_zlib

from speechapp.errors import DataError
from speechapp.release.manifest import MAX_FILE_NAME_CHARS
from speechapp.storage.contract import Storage

TAR_BLOCK_BYTES: Final = 512
FILE_TIME_S: Final = 946_684_800  # 2000-01-01 00:00 UTC: no release depends on when it was cut

_LEVEL: Final = 2  # of igzip: 3 is slower and no smaller on clips
_BLOCK_BYTES: Final = 6144  # a code of its own for each fifth of a clip: quiet and loud parts differ
_MAGIC: Final = b"spseg1\r\n"  # the line end shows a transfer that changed bytes
_STORED: Final = struct.Struct("<8sIQ")
_GZIP_HEADER: Final = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # deflate; no name, no time, no machine
_FINAL_BLOCK: Final = b"\x03\x00"  # an empty deflate block that says: the end
_GZIP_TRAILER: Final = struct.Struct("<II")


@dataclass(frozen=True)
class Segment:
    """One file of the archive, compressed: its tar header, its bytes and their padding to whole blocks."""

    deflate: bytes
    crc32: int  # of the uncompressed tar bytes
    n_tar_bytes: int

    def to_bytes(self) -> bytes:
        """How it lies in the storage: magic, CRC-32 and length as little-endian u32 and u64, then the deflate bytes."""
        return _STORED.pack(_MAGIC, self.crc32, self.n_tar_bytes) + self.deflate


def segment_from_bytes(stored: bytes) -> Segment:
    """The inverse of `to_bytes`; raises DataError for what is no stored segment."""
    if len(stored) < _STORED.size or not stored.startswith(_MAGIC):
        raise DataError("bad_segment", "This is not a stored segment; delete it, and it will be made again.")
    _, crc32, n_tar_bytes = _STORED.unpack_from(stored)
    return Segment(stored[_STORED.size :], crc32, n_tar_bytes)


def make_segment(name: str, data: bytes) -> Segment:
    """Compress one file. The same name and data give the same tar bytes everywhere.

    Raises DataError for a name that a plain tar header cannot hold: over 100 characters, or not ASCII.
    """
    return _compress(_tar_header(name, len(data)) + data + bytes(-len(data) % TAR_BLOCK_BYTES))


def unpack_segment(segment: Segment) -> tuple[str, bytes]:
    """Give (name, data) of the file inside; raises DataError when anything about it is damaged."""
    try:
        tar = zlib.decompress(segment.deflate + _FINAL_BLOCK, wbits=-zlib.MAX_WBITS)
    except zlib.error as error:
        raise _damaged(str(error)) from error
    if len(tar) != segment.n_tar_bytes or zlib.crc32(tar) != segment.crc32:
        raise _damaged("its length or checksum is wrong")
    name, n_bytes = _read_tar_header(tar[:TAR_BLOCK_BYTES])
    return name, tar[TAR_BLOCK_BYTES : TAR_BLOCK_BYTES + n_bytes]


def keep_segment(storage: Storage, name: str, data: bytes) -> str:
    """Make and store the segment of one file; its key follows from name and data. The first one stored stays."""
    key = segment_key(name, data)
    storage.put_if_absent(key, make_segment(name, data).to_bytes())
    return key


def segment_key(name: str, data: bytes) -> str:
    """Where the segment of one file is stored."""
    digest = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()
    return f"segments/{digest[:2]}/{digest}"


class ArchiveWriter:
    """Writes segments to `sink` as one gzip member; `close()` ends tar and gzip but leaves the sink open.

    The format is RFC 1951 and 1952; the CRCs are combined, so nothing is compressed or inflated here.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._crc32 = 0
        self._n_tar_bytes = 0
        sink.write(_GZIP_HEADER)

    def add(self, segment: Segment) -> None:
        self._sink.write(segment.deflate)
        self._crc32 = isal_zlib.crc32_combine(self._crc32, segment.crc32, segment.n_tar_bytes)
        self._n_tar_bytes += segment.n_tar_bytes

    def close(self) -> None:
        self.add(_compress(bytes(2 * TAR_BLOCK_BYTES)))
        self._sink.write(_FINAL_BLOCK + _GZIP_TRAILER.pack(self._crc32, self._n_tar_bytes % 2**32))


def _compress(tar: bytes) -> Segment:
    """Compress as well as `gzip -6` does, for a fifth of its CPU (docs/decisions/0003)."""
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS)
    blocks = (tar[start : start + _BLOCK_BYTES] for start in range(0, len(tar), _BLOCK_BYTES))
    deflate = b"".join(compressor.compress(block) + compressor.flush(isal_zlib.Z_SYNC_FLUSH) for block in blocks)
    return Segment(deflate, isal_zlib.crc32(tar), len(tar))


def _tar_header(name: str, n_bytes: int) -> bytes:
    """The header of a regular file, readable by all, owned by nobody in particular. Source: POSIX.1-1988 (ustar)."""
    if not name or len(name) > MAX_FILE_NAME_CHARS or not name.isascii():
        raise DataError("bad_archive_name", f"{name!r} must be of 1 to {MAX_FILE_NAME_CHARS} ASCII characters.")
    before_sum = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % n_bytes
    before_sum += b"%011o\0" % FILE_TIME_S
    after_sum = (b"0" + bytes(100) + b"ustar\x0000").ljust(TAR_BLOCK_BYTES - len(before_sum) - 8, b"\0")
    checksum = sum(before_sum) + 8 * ord(" ") + sum(after_sum)
    return before_sum + b"%06o\0 " % checksum + after_sum


def _read_tar_header(header: bytes) -> tuple[str, int]:
    """Give (name, n_bytes); only what `_tar_header` writes is read."""
    name = header[:100].rstrip(b"\0").decode("ascii", "replace")
    try:
        n_bytes = int(header[124:135], 8)
        if header == _tar_header(name, n_bytes):
            return name, n_bytes
    except (ValueError, DataError):
        pass
    raise _damaged("it does not begin with a header of ours")


def _damaged(why: str) -> DataError:
    return DataError("bad_segment", f"The stored segment is damaged: {why}; delete it, and it will be made again.")
