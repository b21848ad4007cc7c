"""What a file says of its length: kept by every whole file, and broken by every file that was cut short."""

import struct
from functools import cache
from pathlib import Path

import pytest

from speechapp.audio.declared import Claim, claim
from speechapp.audio.decode import UNKNOWN_MISSING_MS, Recording, decode
from speechapp.audio.format import MEDIA_TYPES
from speechapp.errors import Unusable
from tests.audio.recordings import ENCODINGS, encode, mp4_with_header_first, mutations, tone, webm_of_unknown_length

SECONDS = 2.0
NAMES = [*ENCODINGS, "opus in webm, live", "aac in mp4, header first"]


@cache
def take(name: str) -> bytes:
    """Two seconds of a tone."""
    if name == "opus in webm, live":
        return webm_of_unknown_length(take("opus in webm"))
    if name == "aac in mp4, header first":
        return mp4_with_header_first(take("aac in mp4"))
    return encode(name, tone(440, ENCODINGS[name][3], SECONDS))


def is_cut_short(recording: Recording) -> bool:
    return recording.declared_samples is not None and len(recording.waveform) < recording.declared_samples


def is_found_or_refused(raw: bytes) -> bool:
    try:
        return is_cut_short(decode(raw, None))
    except Unusable:
        return True


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_is_not_called_cut_short(name: str) -> None:
    assert not is_cut_short(decode(take(name)))


@pytest.mark.parametrize(
    ("name", "missing_ms"),
    [
        ("16-bit wav", 0),
        ("16-bit flac", 0),
        ("24-bit flac", 0),
        ("opus in ogg", 0),
        ("opus in webm", 70),
        ("aac in mp4", 70),
        ("mp3", 26),
    ],
)
def test_a_file_says_how_long_it_is(name: str, missing_ms: float) -> None:
    recording = decode(take(name))
    assert recording.declared_samples is not None
    declared_ms = 1000 * recording.declared_samples / recording.sample_rate_hz
    assert 1000 * SECONDS - missing_ms <= declared_ms <= 1000 * SECONDS + 0.1


@pytest.mark.parametrize("name", ["opus in webm, live", "aac in mp4 fragments"])
def test_a_recorder_cannot_say_how_long_it_will_be(name: str) -> None:
    assert decode(take(name)).declared_samples is None


@pytest.mark.parametrize("percent", [50, 80, 95])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_cut_short_is_found_or_refused(name: str, percent: int) -> None:
    raw = take(name)
    assert is_found_or_refused(raw[: len(raw) * percent // 100])


def test_an_ogg_stream_without_its_last_page_is_found() -> None:
    raw = take("opus in ogg")
    assert is_found_or_refused(raw[: raw.rindex(b"OggS")])


def test_how_much_is_missing_behind_a_cut_is_unknown() -> None:
    recording = decode(take("opus in webm, live")[:-10])
    assert recording.declared_samples == len(recording.waveform) + 48 * UNKNOWN_MISSING_MS


def test_an_ogg_page_lost_in_the_middle_is_found() -> None:
    raw = encode("opus in ogg", tone(440, 48_000, 5))
    pages = [b"OggS" + page for page in raw.split(b"OggS")[1:]]
    assert is_cut_short(decode(b"".join(pages[:3] + pages[4:])))


def test_an_mp4_cut_behind_its_header_is_found() -> None:
    raw = take("aac in mp4, header first")
    assert not is_cut_short(decode(raw))
    assert is_found_or_refused(raw[:-2_000])
    assert not claim(raw[:-2_000], "mp4").is_whole


def test_a_flac_may_not_know_its_length() -> None:
    raw = take("16-bit flac")
    assert decode(raw[:21] + bytes([raw[21] & 0xF0]) + bytes(4) + raw[26:]).declared_samples is None


def test_a_long_mp4_duration_is_read() -> None:
    header = struct.pack(">I4s", 40, b"mdhd") + b"\1" + bytes(19) + struct.pack(">IQ", 48_000, 96_000)
    handler = struct.pack(">I4s", 20, b"hdlr") + bytes(8) + b"soun"
    media = struct.pack(">I4s", 8 + len(header + handler), b"mdia") + header + handler
    track = struct.pack(">I4s", 8 + len(media), b"trak") + media
    movie = struct.pack(">I4s", 8 + len(track), b"moov") + track
    assert claim(movie, "mp4") == Claim(96_000 - 3_120, 48_000)


@pytest.mark.parametrize("duration", [float("nan"), float("inf"), -1.0, 1e300])
def test_an_absurd_duration_does_no_harm(duration: float) -> None:
    raw = take("opus in webm")
    at = raw.index(b"\x44\x89\x88") + 3
    declared_samples = decode(raw[:at] + struct.pack(">d", duration) + raw[at + 8 :]).declared_samples
    assert declared_samples is None or 0 <= declared_samples <= 2**48


@pytest.mark.parametrize("container", sorted(set(MEDIA_TYPES) - {"wav"}))
def test_nothing_in_a_file_makes_the_claim_fail(container: str) -> None:
    raw = next(take(name) for name, encoding in ENCODINGS.items() if encoding[0] == container)
    claims = [claim(damaged, container) for damaged in mutations(raw, n_mutations=300, seed=5)]
    assert {type(said) for said in claims} == {Claim}
    assert claim(b"", container).n_samples is None


@pytest.mark.real_speech
@pytest.mark.parametrize(
    "pattern",
    [
        "browser_like/**/*.webm",
        "browser_like/**/*.ogg",
        "browser_like/**/*.m4a",
        "ogg_vorbis/*.ogg",
        "**/*.wav",
        "fsdd/**/*",
    ],
)
def test_no_real_recording_is_called_cut_short(real_speech: Path, pattern: str) -> None:
    files = sorted(path for path in real_speech.glob(pattern) if path.is_file())
    assert len(files) >= 20
    assert [path.name for path in files if is_cut_short(decode(path.read_bytes(), None))] == []
