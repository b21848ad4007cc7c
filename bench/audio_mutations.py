"""Small recordings of every container and dialect, and a damaged one for every seed."""

import os
import random
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from speechapp.audio.pcm import Waveform, to_pcm
from tests.audio.recordings import (
    ENCODINGS,
    encode,
    fmt_chunk,
    mp4_with_header_first,
    noise,
    riff,
    tone,
    webm_of_unknown_length,
)

TAKE_S = 0.4
MAX_REAL_BYTES = 40_000
N_REAL = 10  # of each kind

Change = Callable[[bytearray, random.Random, Sequence[bytes]], None]

# What breaks readers of sizes, counts and rates.
_NUMBERS = (0, 1, 2, 7, 8, 255, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFF8, 0xFFFFFFFF)
_NAMES = (
    b"fmt ",
    b"data",
    b"ds64",
    b"LIST",
    b"moov",
    b"mdat",
    b"trak",
    b"stsz",
    b"stts",
    b"stsc",
    b"stco",
    b"trun",
    b"elst",
)


def corpus() -> Mapping[str, bytes]:
    """Give each recording by its name: every encoding in mono and stereo, WAV dialects, and real ones where they are.

    Real recordings of at most MAX_REAL_BYTES are taken from SPEECHAPP_REAL_SPEECH, evenly from all its files.
    """
    made = {name: encode(name, *_channels(name, 1)) for name in ENCODINGS}
    made |= {f"{name}, stereo": encode(name, *_channels(name, 2)) for name in ENCODINGS}
    made["opus in webm, live"] = webm_of_unknown_length(made["opus in webm"])
    made["aac in mp4, header first"] = mp4_with_header_first(made["aac in mp4"])
    return {**made, **_wav_dialects(), **_real_recordings()}


def mutate(recordings: Sequence[bytes], seed: int) -> bytes:
    """Damage one of the recordings in one to four ways; the same for the same seed. Few stay as they were."""
    chance = random.Random(seed)  # noqa: S311
    raw = bytearray(chance.choice(recordings))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        chance.choice(CHANGES)(raw, chance, recordings)
    if raw[:4] == b"OggS" and chance.random() < 0.7:  # else the reader would look at no page that was changed
        mend_ogg(raw)
    return bytes(raw)


def mend_ogg(raw: bytearray) -> None:
    """Make the checksums of the pages right again. Source: RFC 3533, section 6."""
    position = 0
    while raw[position : position + 4] == b"OggS" and position + 27 < len(raw):
        start = position + 27 + raw[position + 26]
        stop = start + sum(raw[position + 27 : start])
        raw[position + 22 : position + 26] = bytes(4)
        raw[position + 22 : position + 26] = _ogg_checksum(raw[position:stop]).to_bytes(4, "little")
        position = stop


def flip_bits(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    for _flip in range(chance.choice((1, 1, 2, 8, 64))):
        if raw:
            raw[_place(raw, chance)] ^= 1 << chance.randrange(8)


def cut_short(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    del raw[_place(raw, chance) :]


def lose_a_part(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    start = _place(raw, chance)
    del raw[start : start + chance.choice((1, 2, 4, 64, 1_000))]


def repeat_a_part(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    start = _place(raw, chance)
    part = raw[start : start + chance.choice((4, 64, 1_000, 10_000))]
    raw[start:start] = part * chance.choice((1, 1, 2, 20))


def splice(raw: bytearray, chance: random.Random, recordings: Sequence[bytes]) -> None:
    other = chance.choice(recordings)
    start = _place(bytearray(other), chance)
    at = _place(raw, chance)
    raw[at : at + chance.choice((0, 100, len(raw)))] = other[start : start + chance.choice((64, 2_000, len(other)))]


def overwrite_a_number(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Sizes, counts, rates and numbers of channels stand anywhere, in 1 to 8 bytes of either order."""
    n_bytes = chance.choice((1, 2, 4, 4, 4, 8))
    number = chance.choice((*_NUMBERS, len(raw), len(raw) + 1, chance.getrandbits(32))) % 256**n_bytes
    at = _place(raw, chance)
    raw[at : at + n_bytes] = number.to_bytes(n_bytes, chance.choice(("little", "big")))


def overwrite_a_size(raw: bytearray, chance: random.Random, recordings: Sequence[bytes]) -> None:
    """The number beside one of the names of chunks and boxes that the file has."""
    found = [at for name in _NAMES if (at := raw.find(name)) >= 4]
    if not found:
        return overwrite_a_number(raw, chance, recordings)
    at = chance.choice(found) + chance.choice((-4, 4, 8, 12, 16))
    number = chance.choice((*_NUMBERS, len(raw)))
    raw[at : at + 4] = number.to_bytes(4, chance.choice(("little", "big")))
    return None


def overwrite_with_junk(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    at = _place(raw, chance)
    raw[at : at + chance.choice((1, 4, 32, 500))] = chance.randbytes(chance.choice((1, 4, 32, 500)))


def blank(raw: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    at, n_bytes = _place(raw, chance), chance.choice((4, 64, 2_000))
    raw[at : at + n_bytes] = bytes([chance.choice((0, 0xFF))]) * n_bytes


CHANGES: tuple[Change, ...] = (
    flip_bits,
    cut_short,
    lose_a_part,
    repeat_a_part,
    splice,
    overwrite_a_number,
    overwrite_a_number,
    overwrite_a_size,
    overwrite_with_junk,
    blank,
)


def _place(raw: bytearray, chance: random.Random) -> int:
    """Somewhere, half of the time in the header."""
    return chance.randrange(max(min(chance.choice((64, 600, len(raw), len(raw))), len(raw)), 1)) if raw else 0


def _channels(name: str, n_channels: int) -> list[Waveform]:
    rate_hz = ENCODINGS[name][3]
    sound = tone(300, rate_hz, TAKE_S) * np.hanning(round(TAKE_S * rate_hz)).astype(np.float32)
    return [sound + noise(len(sound), 0.003, seed) for seed in range(n_channels)]


def _wav_dialects() -> Mapping[str, bytes]:
    pcm = to_pcm(tone(300, 16_000, TAKE_S) + noise(round(TAKE_S * 16_000), 0.003))
    data = b"data", pcm.tobytes()
    name, fmt = fmt_chunk()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    law = (b"data", (pcm >> 8).astype(np.uint8).tobytes())
    sizes = b"ds64", struct.pack("<QQQI", 0, len(data[1]), len(pcm), 0)
    unsized = b"data\xff\xff\xff\xff" + data[1]
    return {
        "wav, EXTENSIBLE": riff((name, b"\xfe\xff" + fmt[2:] + struct.pack("<HHI", 22, 16, 4) + guid), data),
        "wav, A-law": riff(fmt_chunk(tag=6, n_bits=8), law),
        "wav, mu-law": riff(fmt_chunk(tag=7, n_bits=8), law),
        "wav, double": riff(fmt_chunk(tag=3, n_bits=64), (b"data", (pcm / 32_768).tobytes())),
        "wav, 32 bits": riff(fmt_chunk(n_bits=32), (b"data", (pcm.astype("<i4") << 16).tobytes())),
        "wav, RF64": b"RF64" + riff(sizes, fmt_chunk())[4:] + unsized,
        "wav, streamed": riff(fmt_chunk()) + unsized,
        "wav, other chunks": riff((b"JUNK", bytes(28)), (b"LIST", b"odd"), fmt_chunk(), data, (b"id3 ", b"ID3")),
    }


def _real_recordings() -> Mapping[str, bytes]:
    folder = os.environ.get("SPEECHAPP_REAL_SPEECH")
    chosen: list[Path] = []
    for suffix in (".wav", ".flac", ".ogg", ".webm", ".m4a", ".mp3") if folder else ():
        files = (
            path for path in sorted(Path(str(folder)).rglob(f"*{suffix}")) if path.stat().st_size <= MAX_REAL_BYTES
        )
        small = list(files)
        chosen += small[:: len(small) // N_REAL + 1]
    return {path.name: path.read_bytes() for path in chosen}


def _ogg_checksum(page: bytearray) -> int:
    checksum = 0
    for byte in page:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _OGG_TABLE[checksum >> 24 ^ byte]
    return checksum


def _ogg_table_entry(byte: int) -> int:
    entry = byte << 24
    for _ in range(8):
        entry = (entry << 1 ^ (0x04C11DB7 if entry & 1 << 31 else 0)) & 0xFFFFFFFF
    return entry


_OGG_TABLE = tuple(_ogg_table_entry(byte) for byte in range(256))
