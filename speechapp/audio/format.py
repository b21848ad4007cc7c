"""The clip format, for everything that touches sound: what we take in, the WAV we write. Standard library only."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from speechapp.errors import DataError

# A processed clip: one second of mono 16-bit PCM.
SAMPLE_RATE_HZ = 16_000
CLIP_SAMPLES = 16_000
BYTES_PER_SAMPLE = 2

# What a recording may be.
MIN_SOURCE_RATE_HZ = 8_000
MAX_SOURCE_RATE_HZ = 192_000
MAX_CHANNELS = 8
MIN_TAKE_MS = 100
MAX_TAKE_MS = 10_000
SILENT_BELOW_DBFS = -60.0

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "wav": "audio/wav",
        "flac": "audio/flac",
        "ogg": "audio/ogg",
        "webm": "audio/webm",
        "mp4": "audio/mp4",
        "mp3": "audio/mpeg",
    }
)

# Why a recording can never become a clip: the code kept with it, and the sentence for people.
UNUSABLE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "The recording holds no sound at all; record it again.",
        "unsupported_format": f"The recording is in a format we do not take; send one of {', '.join(MEDIA_TYPES)}.",
        "undecodable": "The recording is damaged and cannot be decoded; record or export it again.",
        "bad_sample_rate": f"The sample rate must lie between {MIN_SOURCE_RATE_HZ} and {MAX_SOURCE_RATE_HZ} Hz; "
        "record at 16000 or 48000 Hz.",
        "too_many_channels": f"The recording has more than {MAX_CHANNELS} channels; record in mono.",
        "too_long": f"The recording is longer than {MAX_TAKE_MS // 1000} s; record one word at a time.",
        "too_short": f"The recording is shorter than {MIN_TAKE_MS} ms; wait for the prompt, then say the whole word.",
        "silent": "Nothing can be heard in the recording; check the microphone and speak closer to it.",
    }
)

SNIFF_BYTES = 12
WAV_HEADER_BYTES = 44

_PCM_TAG = 1
_FMT_CHUNK = struct.Struct("<HHIIHH")
_WAV_HEADER = struct.Struct("<4sI4s4sI" + "HHIIHH" + "4sI")


@dataclass(frozen=True)
class Wav:
    """A 16-bit PCM sound: `pcm` holds interleaved little-endian int16 samples."""

    sample_rate_hz: int
    n_channels: int
    pcm: bytes


def write_wav(pcm: bytes, sample_rate_hz: int = SAMPLE_RATE_HZ) -> bytes:
    """Wrap mono little-endian int16 samples as the canonical WAV: a 44-byte header, then the samples.

    Raises DataError when `pcm` is not a whole number of samples.
    Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991).
    """
    if len(pcm) % BYTES_PER_SAMPLE:
        raise DataError(
            "bad_pcm", f"{len(pcm)} bytes are not a whole number of 16-bit samples; hand in an even number."
        )
    riff_bytes = WAV_HEADER_BYTES - 8 + len(pcm)
    fmt = (_PCM_TAG, 1, sample_rate_hz, sample_rate_hz * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 8 * BYTES_PER_SAMPLE)
    return _WAV_HEADER.pack(b"RIFF", riff_bytes, b"WAVE", b"fmt ", _FMT_CHUNK.size, *fmt, b"data", len(pcm)) + pcm


def read_wav(data: bytes) -> Wav:
    """Read a plain 16-bit PCM WAV, its chunks in any order, any of them padded.

    Raises DataError for everything else: other sample formats, EXTENSIBLE, streaming sizes, a file cut short.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _not_plain("it does not begin with RIFF and WAVE")
    chunks = dict(reversed(list(_chunks(data))))  # of several with one name the first counts
    if b"fmt " not in chunks or b"data" not in chunks:
        raise _not_plain("its fmt or data chunk is missing or cut short")
    n_channels, sample_rate_hz = _read_fmt(chunks[b"fmt "])
    if len(chunks[b"data"]) % (n_channels * BYTES_PER_SAMPLE):
        raise _not_plain("its last sample is cut short")
    return Wav(sample_rate_hz, n_channels, bytes(chunks[b"data"]))


def sniff_container(head: bytes) -> str | None:
    """Name the container by its first `SNIFF_BYTES` bytes: a key of MEDIA_TYPES, or None for one we do not take."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "mp4"
    signatures = {b"fLaC": "flac", b"OggS": "ogg", b"\x1a\x45\xdf\xa3": "webm"}
    return signatures.get(head[:4], "mp3" if _is_mp3(head) else None)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Walk the whole chunks after the RIFF header. Every step moves on, so a crafted size cannot loop."""
    view = memoryview(data)
    position = 12
    while position + 8 <= len(data):
        n_bytes = int.from_bytes(view[position + 4 : position + 8], "little")
        body = view[position + 8 : position + 8 + n_bytes]
        if len(body) == n_bytes:
            yield bytes(view[position : position + 4]), body
        position += 8 + n_bytes + n_bytes % 2


def _read_fmt(chunk: memoryview) -> tuple[int, int]:
    """Give (n_channels, sample_rate_hz) of a plain 16-bit PCM fmt chunk."""
    if len(chunk) < _FMT_CHUNK.size:
        raise _not_plain("its fmt chunk is too small")
    tag, n_channels, sample_rate_hz, _, block_bytes, n_bits = _FMT_CHUNK.unpack_from(chunk)
    if tag != _PCM_TAG or n_bits != 8 * BYTES_PER_SAMPLE:
        raise _not_plain(f"format {tag:#x} with {n_bits} bits is not 16-bit PCM")
    if not n_channels or not sample_rate_hz or block_bytes != n_channels * BYTES_PER_SAMPLE:
        raise _not_plain("its fmt chunk contradicts itself")
    return n_channels, sample_rate_hz


def _is_mp3(head: bytes) -> bool:
    """An ID3v2 tag, or the eleven sync bits of a frame followed by the mark of layer III (AAC's ADTS has layer 0)."""
    is_frame = len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return head[:3] == b"ID3" or is_frame


def _not_plain(why: str) -> DataError:
    return DataError("bad_wav", f"This is not a plain 16-bit PCM WAV: {why}; convert it to one.")
