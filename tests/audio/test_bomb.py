"""Files that are small to send and would be large to open."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest

from speechapp.audio.bomb import MAX_SAMPLES_PER_BYTE, is_mp4_bomb, without_id3
from speechapp.audio.decode import decode
from speechapp.errors import Unusable
from tests.audio.recordings import ENCODINGS, encode, fmt_chunk, outcome, riff, tone

PCM = tone(440, 16_000)


def ebml(identifier: str, content: bytes) -> bytes:
    """An element of a WebM or Matroska file."""
    return bytes.fromhex(identifier) + struct.pack(">Q", len(content) | 1 << 56) + content


def webm_with_hidden_track(hidden: bytes, n_blocks: int) -> bytes:
    """A second of PCM, and a subtitle track of zlib-compressed blocks beside it."""
    rate = ebml("b5", struct.pack(">f", 16_000.0)) + ebml("9f", b"\x01") + ebml("6264", b"\x10")
    audio = ebml("ae", ebml("d7", b"\x01") + ebml("83", b"\x02") + ebml("86", b"A_PCM/INT/LIT") + ebml("e1", rate))
    zipped = ebml("6d80", ebml("6240", ebml("5033", b"\x00") + ebml("5034", ebml("4254", b"\x00"))))
    text = ebml("ae", ebml("d7", b"\x02") + ebml("83", b"\x11") + ebml("86", b"S_TEXT/UTF8") + zipped)
    blocks = ebml("a3", b"\x81\0\0\x80" + bytes(range(250)) * 128) + ebml("a3", b"\x82\0\0\x80" + hidden) * n_blocks
    segment = ebml("1549a966", ebml("2ad7b1", b"\x0f\x42\x40")) + ebml("1654ae6b", audio + text)
    return ebml("1a45dfa3", ebml("4282", b"matroska")) + ebml(
        "18538067", segment + ebml("1f43b675", ebml("e7", b"\0") + blocks)
    )


def with_sample_table(raw: bytes, common_bytes: int, n_samples: int) -> bytes:
    """An MP4 whose sample table claims this many samples of one common size."""
    table = raw.index(b"stsz") + 8
    return raw[:table] + struct.pack(">II", common_bytes, n_samples) + raw[table + 8 :]


def id3(n_bytes: int) -> bytes:
    """An ID3v2.4 tag of this many bytes of nothing."""
    return (
        b"ID3\x04\0\0"
        + bytes([n_bytes >> 21 & 127, n_bytes >> 14 & 127, n_bytes >> 7 & 127, n_bytes & 127])
        + bytes(n_bytes)
    )


@pytest.fixture(scope="module")
def mp4() -> bytes:
    return encode("aac in mp4", tone(440, 44_100))


def test_minutes_of_silence_in_a_small_flac_are_left_after_ten_seconds() -> None:
    minutes = encode("16-bit flac", np.zeros(600 * 16_000, np.float32))
    assert len(minutes) < 120_000
    tracemalloc.start()
    assert outcome(minutes) == "too_long"
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 4 * 10 * 16_000 + 500_000


def test_a_file_may_not_be_a_bomb_when_any_length_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENCODINGS, "dense flac", ("flac", "flac", "s16", 192_000))
    silence = encode("dense flac", np.zeros(12 * 192_000, np.float32))
    assert len(silence) * MAX_SAMPLES_PER_BYTE < 12 * 192_000
    with pytest.raises(Unusable) as refused:
        decode(silence, longest_ms=None)
    assert refused.value.code == "too_long"


def test_a_kilobyte_at_1_hz_is_no_quarter_of_an_hour() -> None:
    assert outcome(riff(fmt_chunk(tag=7, rate_hz=1, n_bits=8), (b"data", bytes(1_000)))) == "bad_sample_rate"


def test_an_honest_mp4_is_no_bomb(mp4: bytes) -> None:
    assert not is_mp4_bomb(mp4)


def test_a_compressed_mp4_header_is_refused() -> None:
    header = b"\0\0\0\x0cdcomzlib" + b"\0\0\0\x20cmvd\x70\0\0\0" + zlib.compress(bytes(100))
    assert outcome(b"\0\0\0\x0cftypisom\0\0\1\0moov\0\0\0\x80cmov" + header) == "undecodable"


@pytest.mark.parametrize("n_samples", [2**22, 2**28, 2**32 - 1])
def test_more_mp4_samples_than_bytes_are_refused(mp4: bytes, n_samples: int) -> None:
    assert is_mp4_bomb(with_sample_table(mp4, 1, n_samples))
    assert outcome(with_sample_table(mp4, 1, n_samples)) == "undecodable"


def test_many_fragments_are_counted_together(mp4: bytes) -> None:
    fragment = b"trun\0\0\0\0" + struct.pack(">I", len(mp4) // 2)
    assert not is_mp4_bomb(mp4 + fragment)
    assert is_mp4_bomb(mp4 + 4 * fragment)


def test_a_table_cannot_hide_behind_a_false_one(mp4: bytes) -> None:
    assert is_mp4_bomb(mp4 + b"stsz\0\0" + b"stsz\0\0\0\0\0\0\0\x01\xff\xff\xff\xff" + bytes(16))


def test_a_track_that_inflates_beside_the_sound_is_refused() -> None:
    assert outcome(webm_with_hidden_track(zlib.compress(b"hello"), 3)) == "processed"
    assert outcome(webm_with_hidden_track(zlib.compress(bytes(6_000_000)), 3)) == "undecodable"


def test_tags_before_an_mp3_are_dropped() -> None:
    assert without_id3(id3(1_000) + id3(0) + b"\xff\xfbsound") == b"\xff\xfbsound"


def test_a_tag_longer_than_the_file_leaves_nothing() -> None:
    assert without_id3(b"ID3\x04\0\0\x7f\x7f\x7f\x7fxxx") == b""
    assert without_id3(b"ID3") == b""


def test_a_tagged_mp3_is_still_decoded() -> None:
    raw = encode("mp3", tone(440, 44_100))
    assert len(decode(id3(5_000) + raw).waveform) == len(decode(raw).waveform)


def test_tags_in_a_wav_are_passed_over() -> None:
    tag = b"id3 ", id3(100)
    raw = riff(fmt_chunk(tag=3, n_bits=32), tag, (b"data", PCM.tobytes()), tag)
    assert decode(raw).waveform.tolist() == PCM.tolist()
