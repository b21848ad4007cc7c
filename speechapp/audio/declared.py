"""How much sound a compressed file says it holds: by what stands in it, never by an estimate.

Sources: RFC 9639 (FLAC), RFC 3533 and RFC 7845 (Ogg, and Opus in it), ISO/IEC 14496-12 (MP4), RFC 8794 and RFC 9559
(EBML, Matroska), ISO/IEC 11172-3 with the Xing and LAME tags (MP3).
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MAX_STEPS = 200_000  # boxes, pages or elements; as recorders write them, an hour of sound

_MP4_PARENTS = frozenset({b"moov", b"trak", b"mdia"})
_MP4_WHOLE = _MP4_PARENTS | {b"mdat", b"moof"}  # what is no junk behind the sound
_MP4_ADDED_MS = 65  # no AAC encoder adds more in front; it counts in `mdhd`, but may be left out of the sound

_SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675
_SIMPLE_BLOCK, _BLOCK_GROUP, _CUES, _TAGS = 0xA3, 0xA0, 0x1C53BB6B, 0x1254C367
_TICK_NS, _DURATION, _CODEC_DELAY_NS = 0x2AD7B1, 0x4489, 0x56AA
_WEBM_PARENTS = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK})
_WEBM_WHOLE = _WEBM_PARENTS | {_CLUSTER, _SIMPLE_BLOCK, _BLOCK_GROUP, _CUES, _TAGS}
_WEBM_ADDED_NS = 60_000_000  # a long Opus frame: the last block's time is rounded, and its length may be counted or not


@dataclass(frozen=True)
class Claim:
    """What a file says of itself.

    n_samples  so many samples at least, at rate_hz, less what an encoder may have added; None where it does not say
    is_whole   False where a box, page or element goes on beyond the end of the file, or the mark of the end is missing
    """

    n_samples: int | None = None
    rate_hz: int = 1
    is_whole: bool = True


def claim(raw: bytes, container: str) -> Claim:
    """Read what a file says of itself; `container` is a key of MEDIA_TYPES, but not wav. Damaged files say nothing."""
    try:
        return _READERS[container](raw)
    except (struct.error, IndexError, ValueError, OverflowError):
        return Claim()


def _read_flac(raw: bytes) -> Claim:
    """STREAMINFO comes first: 20 bits of sample rate, eight of other things, 36 of samples, nought for unknown."""
    packed = int.from_bytes(raw[18:26], "big")
    return Claim(packed & (1 << 36) - 1 or None, packed >> 44)


def _read_mp3(raw: bytes) -> Claim:
    """The first frame may hold, instead of sound, the number of frames and what the encoder has added at both ends."""
    start = max(raw.find(b"Xing", 4, 64), raw.find(b"Info", 4, 64))
    if start < 0 or raw[0] != 0xFF or not raw[start + 7] & 1:
        return Claim()
    flags, n_frames = struct.unpack_from(">II", raw, start + 4)
    version = raw[1] >> 3 & 3  # 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
    rate_hz = (44_100, 48_000, 32_000)[raw[2] >> 2 & 3] >> (2, 2, 1, 0)[version]
    encoder = start + 8 + sum(n_bytes for bit, n_bytes in ((1, 4), (2, 4), (4, 100), (8, 4)) if flags & bit)
    added = int.from_bytes(raw[encoder + 21 : encoder + 24], "big")  # twelve bits in front, twelve behind
    return Claim(n_frames * (1152 if version == 3 else 576) - (added >> 12) - (added & 0xFFF), rate_hz)


def _read_ogg(raw: bytes) -> Claim:
    """Each page counts the samples before its end, and the last is marked; streams in a chain count each anew."""
    streams: dict[int, tuple[int, int]] = {}  # rate, samples to skip
    n_samples, rate_hz, is_ended = None, 1, False
    for serial, flags, n_so_far, head in _ogg_pages(raw):
        if flags & 2 and (stream := _ogg_stream(head)):
            streams[serial] = stream
        if serial in streams and n_so_far > 0:
            rate_hz, n_skipped = streams[serial]
            n_samples = n_so_far - n_skipped
            is_ended = bool(flags & 4)
    return Claim(n_samples if len(streams) == 1 else None, rate_hz, is_ended)


def _ogg_pages(raw: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Give the serial number, flags, samples so far and first bytes of each whole page, as far as they join."""
    position = 0
    for _ in range(_MAX_STEPS):
        if raw[position : position + 4] != b"OggS" or position + 27 > len(raw):
            return
        flags, n_so_far, serial, n_segments = struct.unpack_from("<BqI8xB", raw, position + 5)
        start = position + 27 + n_segments
        position = start + sum(raw[start - n_segments : start])
        if position > len(raw):
            return
        yield serial, flags, n_so_far, raw[start : min(start + 64, position)]


def _ogg_stream(head: bytes) -> tuple[int, int] | None:
    """Give the rate and the samples to skip, where the first packet is that of a stream of sound."""
    if head.startswith(b"OpusHead"):
        return 48_000, int.from_bytes(head[10:12], "little")
    if head.startswith(b"\x01vorbis"):
        return int.from_bytes(head[12:16], "little"), 0
    return (int.from_bytes(head[27:30], "big") >> 4, 0) if head.startswith(b"\x7fFLAC") else None


def _read_mp4(raw: bytes) -> Claim:
    tracks: list[dict[bytes, int]] = []
    is_whole = True
    for name, start, end in _mp4_boxes(raw):
        is_whole = is_whole and (end <= len(raw) or name not in _MP4_WHOLE)
        if name == b"trak":
            tracks.append({})
        elif tracks:
            tracks[-1].setdefault(name, start)
    for track in tracks:
        kind = track.get(b"hdlr", 0) + 8
        if raw[kind : kind + 4] == b"soun" and b"mdhd" in track:
            is_long = raw[track[b"mdhd"]] == 1
            rate_hz, n_samples = struct.unpack_from(">20xIQ" if is_long else ">12xII", raw, track[b"mdhd"])
            return Claim(n_samples - rate_hz * _MP4_ADDED_MS // 1000 if n_samples else None, rate_hz, is_whole)
    return Claim(is_whole=is_whole)


def _mp4_boxes(raw: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Give the name of each box, where its body begins and where it ends; parents are entered."""
    position = 0
    for _ in range(_MAX_STEPS):
        if position + 8 > len(raw):
            return
        n_bytes, name = struct.unpack_from(">I4s", raw, position)
        start = position + 8
        if n_bytes == 1:
            n_bytes, start = int.from_bytes(raw[start : start + 8], "big"), start + 8
        end = position + n_bytes if n_bytes else len(raw)
        if end < start:
            return
        yield name, start, end
        position = start if name in _MP4_PARENTS else end


def _read_webm(raw: bytes) -> Claim:
    found: dict[int, bytes] = {}
    is_whole = True
    for identifier, body, end in _webm_elements(raw):
        found.setdefault(identifier, raw[body : min(end, body + 8)])
        is_whole = is_whole and (end <= len(raw) or identifier not in _WEBM_WHOLE)
    if _DURATION not in found:  # a recorder cannot know it
        return Claim(is_whole=is_whole)
    ticks: float = struct.unpack(">f" if len(found[_DURATION]) == 4 else ">d", found[_DURATION])[0]
    tick_ns = int.from_bytes(found.get(_TICK_NS, b"\x0f\x42\x40"), "big")
    delay_ns = int.from_bytes(found.get(_CODEC_DELAY_NS, b""), "big")
    return Claim(int(ticks * tick_ns) - delay_ns - _WEBM_ADDED_NS, 1_000_000_000, is_whole)


def _webm_elements(raw: bytes) -> Iterator[tuple[int, int, int]]:
    """Give the identifier of each element, where its body begins and where it ends, its body's beginning if unknown.

    Parents are entered, and clusters of unknown size, as recorders write them.
    """
    position = 0
    for _ in range(_MAX_STEPS):
        if position >= len(raw):
            return
        identifier, start = _webm_number(raw, position, keep_marker=True)
        n_bytes, body = _webm_number(raw, start)
        is_endless = n_bytes == (1 << 7 * (body - start)) - 1
        end = body if is_endless else body + n_bytes
        yield identifier, body, end
        position = body if identifier in _WEBM_PARENTS else end


def _webm_number(raw: bytes, position: int, keep_marker: bool = False) -> tuple[int, int]:
    """Give a number whose leading zero bits tell its length, the one bit behind them kept or not, and where it ends."""
    length = 9 - raw[position].bit_length() if position < len(raw) else 1
    value = int.from_bytes(raw[position : position + length], "big")
    return value if keep_marker else value & (1 << 7 * length) - 1, position + length


_READERS: Mapping[str, Callable[[bytes], Claim]] = MappingProxyType(
    {"flac": _read_flac, "mp3": _read_mp3, "ogg": _read_ogg, "mp4": _read_mp4, "webm": _read_webm}
)
