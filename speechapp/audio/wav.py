"""Every dialect of WAV, read by ourselves: bytes in, a mono waveform out.

Sources: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991) for RIFF and its chunks;
Multiple Channel Audio Data and WAVE Files (Microsoft, 2001) for EXTENSIBLE; EBU Tech 3306 and ITU-R BS.2088 for RF64
and BW64; ITU-T G.711 for A-law and mu-law.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.pcm import Waveform
from speechapp.errors import DataError

Order = Literal["little", "big"]

_ORDERS: Mapping[bytes, Order] = MappingProxyType(
    {b"RIFF": "little", b"RF64": "little", b"BW64": "little", b"RIFX": "big"}
)
_FMT: Mapping[Order, struct.Struct] = MappingProxyType(
    {"little": struct.Struct("<HHIIHH"), "big": struct.Struct(">HHIIHH")}
)
_EXTENSIBLE_TAG, _EXTENSIBLE_BYTES = 0xFFFE, 40
_SUBFORMAT = slice(24, 40)  # a GUID: the tag, and one of these ends, for plain and for ambisonic sound
_SUBFORMAT_ENDS = (bytes.fromhex("800000aa00389b71"), bytes.fromhex("8644c8c1ca000000"))
_ENCODINGS: Mapping[tuple[int, int], str] = MappingProxyType(  # by format tag and the bytes of a sample
    {
        (1, 1): "u1",
        (1, 2): "i2",
        (1, 3): "i3",
        (1, 4): "i4",
        (3, 4): "f4",
        (3, 8): "f8",
        (6, 1): "alaw",
        (7, 1): "mulaw",
    }
)
_FULL_SCALE: Mapping[str, float] = MappingProxyType(
    {"u1": 2.0**7, "i2": 2.0**15, "i3": 2.0**31, "i4": 2.0**31, "f4": 1.0, "f8": 1.0, "alaw": 2.0**15, "mulaw": 2.0**15}
)

_SIZE_IN_DS64 = 0xFFFF_FFFF
_STREAMED_FROM = 0x7FFF_0000  # a size like this, of a file that is smaller: its writer could not know it
_MAX_CHUNKS = 1_000  # honest files have a dozen; one crafted from ten megabytes could have a million
_BLOCK_SAMPLES = 2**20  # what is widened at once: an hour of 24 bits would else fill gigabytes
_NAMES = (b"fmt ", b"data", b"fact", b"LIST", b"bext", b"PEAK", b"cue ", b"smpl", b"id3 ", b"ID3 ", b"JUNK", b"junk")


@dataclass(frozen=True, eq=False)
class WavSound:
    """The sound of a WAV as it is stored.

    encoding          "u1", "i2", "i4", "f4", "f8" as numpy names them, "i3", "alaw" or "mulaw"
    data              n_samples interleaved samples of each channel
    declared_samples  samples a channel should have by the file's own account, None where its writer did not know:
                      more than n_samples where the file was cut short
    """

    sample_rate_hz: int
    n_channels: int
    encoding: str
    order: Order
    data: memoryview
    n_samples: int
    declared_samples: int | None


class _Chunk(NamedTuple):
    start: int
    said_bytes: int


def parse_wav(raw: bytes) -> WavSound:
    """Find the sound in a WAV; nothing is copied.

    RIFF, RIFX, RF64 and BW64; PCM of 1 to 32 bits, float of 32 and 64, A-law, mu-law, each also as EXTENSIBLE; chunks
    in any order, padded or not; sizes of nought, of 2 or 4 GiB as streams leave them, or past the end; half a last
    sample. Where fewer bits are valid than a sample takes up, they are its upper ones.
    Raises DataError: unsupported_wav for other encodings, bad_wav for what is no WAV or contradicts itself.
    """
    order = _ORDERS.get(raw[:4])
    if order is None or raw[8:12] != b"WAVE":
        raise _bad("it does not begin with RIFF and WAVE")
    chunks, end = _find_chunks(raw, order)
    if b"fmt " not in chunks or b"data" not in chunks:
        raise _bad("its fmt or data chunk is missing")
    sample_rate_hz, n_channels, encoding, sample_bytes = _read_fmt(raw, chunks[b"fmt "], order)
    said_bytes = _said_bytes(raw, chunks, end, order)
    frame_bytes = n_channels * sample_bytes
    start = chunks[b"data"].start
    held_bytes = len(raw) - start
    n_samples = (held_bytes if said_bytes is None else min(held_bytes, said_bytes)) // frame_bytes
    return WavSound(
        sample_rate_hz=sample_rate_hz,
        n_channels=n_channels,
        encoding=encoding,
        order=order,
        data=memoryview(raw)[start : start + n_samples * frame_bytes],
        n_samples=n_samples,
        declared_samples=None if said_bytes is None else said_bytes // frame_bytes,
    )


def mix_down(sound: WavSound) -> Waveform:
    """Average the channels to float32 (n_samples,) in [-1, 1]; mono of 8 or 16 bits stays exact, floats are saturated.

    Raises DataError (bad_wav) for floats that are infinite or no number.
    """
    if sound.n_samples <= _BLOCK_SAMPLES:
        return _mix_block(sound)
    mono = np.empty(sound.n_samples, np.float32)
    for start in range(0, sound.n_samples, _BLOCK_SAMPLES):
        mono[start : start + _BLOCK_SAMPLES] = _mix_block(_block(sound, start))
    return mono


def _find_chunks(raw: bytes, order: Order) -> tuple[dict[bytes, _Chunk], int]:
    """Give the first chunk of each name, and where the last one ends. Every step moves on: no crafted size can loop."""
    chunks: dict[bytes, _Chunk] = {}
    position = 12
    for _ in range(_MAX_CHUNKS):
        if position + 8 > len(raw):
            break
        n_bytes = int.from_bytes(raw[position + 4 : position + 8], order)
        chunks.setdefault(raw[position : position + 4], _Chunk(position + 8, n_bytes))
        position += 8 + n_bytes
        if n_bytes % 2 and not _is_unpadded(raw, position):
            position += 1
    return chunks, position


def _is_unpadded(raw: bytes, position: int) -> bool:
    """Tell whether a writer forgot to pad the odd chunk that ends here: the next one begins at once."""
    return raw[position : position + 4] in _NAMES and raw[position + 1 : position + 5] not in _NAMES


def _read_fmt(raw: bytes, chunk: _Chunk, order: Order) -> tuple[int, int, str, int]:
    """Give sample_rate_hz, n_channels, the encoding and the bytes of a sample."""
    layout = _FMT[order]
    if chunk.said_bytes < layout.size or chunk.start + layout.size > len(raw):
        raise _bad("its fmt chunk is too small")
    tag, n_channels, sample_rate_hz, _, frame_bytes, n_bits = layout.unpack_from(raw, chunk.start)
    if tag == _EXTENSIBLE_TAG and chunk.said_bytes >= _EXTENSIBLE_BYTES:
        subformat = raw[chunk.start : chunk.start + _EXTENSIBLE_BYTES][_SUBFORMAT]
        if subformat.endswith(_SUBFORMAT_ENDS):
            tag = int.from_bytes(subformat[:4], order)
    if not n_channels:
        raise _bad("its fmt chunk says that it has no channel")
    sample_bytes, remainder = divmod(frame_bytes, n_channels)
    if remainder or sample_bytes * 8 < n_bits or (tag, sample_bytes) not in _ENCODINGS:
        sample_bytes = (n_bits + 7) // 8
    if (tag, sample_bytes) not in _ENCODINGS:
        raise DataError(
            "unsupported_wav", "Of WAVs only PCM, float, A-law and mu-law are read; convert it to 16-bit PCM."
        )
    return sample_rate_hz, n_channels, _ENCODINGS[tag, sample_bytes], sample_bytes


def _said_bytes(raw: bytes, chunks: Mapping[bytes, _Chunk], end: int, order: Order) -> int | None:
    """Give the bytes of sound by the file's own account; None where it was streamed by a writer who could not know."""
    start, n_bytes = chunks[b"data"]
    if n_bytes == _SIZE_IN_DS64 and b"ds64" in chunks:
        sizes = chunks[b"ds64"].start
        n_bytes = int.from_bytes(raw[sizes + 8 : sizes + 16], order)
        return n_bytes if 0 < n_bytes < 2**63 else None
    if n_bytes >= _STREAMED_FROM and n_bytes > len(raw) - start:
        return None
    is_whole = end - len(raw) in (0, 1)  # the chunks lead to the end, one byte of padding beyond it at most
    return n_bytes if n_bytes or is_whole else None


def _block(sound: WavSound, start: int) -> WavSound:
    frame_bytes = len(sound.data) // sound.n_samples
    data = sound.data[start * frame_bytes : (start + _BLOCK_SAMPLES) * frame_bytes]
    return replace(sound, data=data, n_samples=len(data) // frame_bytes)


def _mix_block(sound: WavSound) -> Waveform:
    samples = _samples(sound)
    with np.errstate(over="ignore", invalid="ignore"):  # absurd floats become infinite, and are refused as such
        mono = _average(samples, sound.n_channels, _FULL_SCALE[sound.encoding])
    if samples.dtype.kind != "f":
        return mono
    if not np.isfinite(mono).all():
        raise _bad("it holds numbers that are none")
    return np.clip(mono, -1, 1)


def _samples(sound: WavSound) -> NDArray[Any]:
    """Give the interleaved samples as signed numbers."""
    if sound.encoding == "i3":
        return _widened(sound)
    if sound.encoding in ("alaw", "mulaw"):
        return _law(sound.encoding)[np.frombuffer(sound.data, np.uint8)]
    stored: NDArray[Any] = np.frombuffer(sound.data, np.dtype(sound.encoding).newbyteorder(sound.order))
    return (stored ^ 0x80).view(np.int8) if sound.encoding == "u1" else stored


def _widened(sound: WavSound) -> NDArray[np.int32]:
    """Make 32 bits of 24, the new ones at the lower end."""
    wide = np.zeros((sound.n_samples * sound.n_channels, 4), np.uint8)
    kept = slice(1, 4) if sound.order == "little" else slice(0, 3)
    wide[:, kept] = np.frombuffer(sound.data, np.uint8).reshape(-1, 3)
    return wide.view(np.dtype("i4").newbyteorder(sound.order)).reshape(-1)


@cache
def _law(name: str) -> NDArray[np.int16]:
    """Make the table of the 256 codes of ITU-T G.711, in 16 bits."""
    code = np.arange(256) ^ (0x55 if name == "alaw" else 0xFF)
    mantissa, exponent = code & 0x0F, code >> 4 & 7
    if name == "alaw":
        magnitude = np.where(exponent, (mantissa << 4) + 0x108 << np.maximum(exponent, 1) - 1, (mantissa << 4) + 8)
        return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
    magnitude = ((mantissa << 3) + 0x84 << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _average(samples: NDArray[Any], n_channels: int, full_scale: float) -> Waveform:
    wide = np.float32 if samples.dtype.itemsize < 4 else np.float64  # float32 holds sums of 16 bits exactly
    if n_channels == 1:
        mono: NDArray[Any] = samples * wide(1 / full_scale)
    else:
        channels = samples.reshape(-1, n_channels).T
        mono = channels[0].astype(wide)
        for channel in channels[1:]:
            mono += channel
        mono /= wide(n_channels * full_scale)
    return mono.astype(np.float32, copy=False)


def _bad(why: str) -> DataError:
    return DataError("bad_wav", f"This is not a WAV that can be read: {why}; export it again.")
