"""The WAV we write, the WAVs we read, and how containers are told apart."""

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.audio.format import (
    MEDIA_TYPES,
    SNIFF_BYTES,
    UNUSABLE_REASONS,
    Wav,
    read_wav,
    sniff_container,
    write_wav,
)
from speechapp.errors import DataError
from tests.audio.recordings import fmt_chunk, riff

PCM = b"\x01\x00\xff\x7f\x00\x80"
SAMPLES = st.lists(st.integers(-32_768, 32_767)).map(lambda samples: struct.pack(f"<{len(samples)}h", *samples))


def test_the_canonical_wav_is_this_header_and_the_samples() -> None:
    assert write_wav(PCM) == bytes.fromhex(
        "52494646 2a000000 57415645 666d7420 10000000 0100 0100 803e0000 007d0000 0200 1000 64617461 06000000"
        "0100 ff7f 0080"
    )


@given(pcm=SAMPLES, rate_hz=st.integers(1, 2**31 - 1))
def test_what_is_written_is_read_back(pcm: bytes, rate_hz: int) -> None:
    assert read_wav(write_wav(pcm, rate_hz)) == Wav(rate_hz, 1, pcm)


@given(pcm=SAMPLES)
def test_the_standard_library_reads_the_same(pcm: bytes) -> None:
    with wave.open(io.BytesIO(write_wav(pcm))) as reader:
        assert reader.getparams()[:4] == (1, 2, 16_000, len(pcm) // 2)
        assert reader.readframes(reader.getnframes()) == pcm


def test_half_a_sample_is_not_written() -> None:
    with pytest.raises(DataError, match="3 bytes"):
        write_wav(b"\0\0\0")


@pytest.mark.parametrize(
    "data",
    [
        riff((b"data", PCM), fmt_chunk()),
        riff((b"LIST", b"odd"), fmt_chunk(), (b"data", PCM), (b"id3 ", b"x")),
        riff(fmt_chunk(), (b"data", PCM), (b"data", b"\0\0")),
        riff(fmt_chunk(), (b"data", PCM)) + b"junk",
    ],
    ids=["data before fmt", "odd chunks", "two data chunks", "junk behind"],
)
def test_chunks_may_come_in_any_order(data: bytes) -> None:
    assert read_wav(data) == Wav(16_000, 1, PCM)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFX" + write_wav(PCM)[4:],
        write_wav(PCM)[:-1],
        riff(fmt_chunk()),
        riff((b"data", PCM)),
        riff((b"fmt ", b"\x01\x00"), (b"data", PCM)),
        riff(fmt_chunk(tag=3, n_bits=32), (b"data", PCM)),
        riff(fmt_chunk(tag=0xFFFE), (b"data", PCM)),
        riff(fmt_chunk(n_bits=24), (b"data", PCM)),
        riff(fmt_chunk(n_channels=0), (b"data", PCM)),
        riff(fmt_chunk(rate_hz=0), (b"data", PCM)),
        riff(fmt_chunk(n_channels=2), (b"data", PCM)),
        riff(fmt_chunk(), (b"data", b"\0\0\0")),
        b"RIFF\0\0\0\0WAVEjunk" + b"\xf8\xff\xff\xff" + bytes(64),
        write_wav(PCM).replace(b"data\x06\x00\x00\x00", b"data\xff\xff\xff\xff"),
    ],
)
def test_a_wav_that_is_not_plain_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="not a plain 16-bit PCM WAV"):
        read_wav(data)


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (write_wav(b""), "wav"),
        (b"RF64\xff\xff\xff\xffWAVE", "wav"),
        (b"BW64\xff\xff\xff\xffWAVE", "wav"),
        (b"RIFX\0\0\0\0WAVE", "wav"),
        (b"fLaC\0\0\0\x22", "flac"),
        (b"OggS\0\x02", "ogg"),
        (b"\x1a\x45\xdf\xa3\x9f", "webm"),
        (b"\0\0\0\x1cftypisom", "mp4"),
        (b"ID3\x04\0\0", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf3\x40\xc4", "mp3"),
        (b"\xff\xf1\x50\x80", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"%PDF-1.7", None),
        (b"#EXTM3U", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_container_is_known_by_its_first_bytes(head: bytes, container: str | None) -> None:
    assert sniff_container(head[:SNIFF_BYTES]) == container


def test_every_container_has_a_media_type() -> None:
    assert MEDIA_TYPES == {
        "wav": "audio/wav",
        "flac": "audio/flac",
        "ogg": "audio/ogg",
        "webm": "audio/webm",
        "mp4": "audio/mp4",
        "mp3": "audio/mpeg",
    }


@pytest.mark.parametrize("sentence", UNUSABLE_REASONS.values())
def test_every_refusal_is_a_sentence_that_says_the_fix(sentence: str) -> None:
    assert sentence[0].isupper()
    assert "; " in sentence
    assert sentence.endswith(".")
