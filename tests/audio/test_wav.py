"""Every dialect of WAV: sample formats, headers, orders of chunks, sizes that lie."""

import struct
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from speechapp.audio.format import write_wav
from speechapp.audio.wav import mix_down, parse_wav
from speechapp.errors import DataError
from tests.audio.recordings import encode, fmt_chunk, noise, riff, tone

PCM = struct.pack("<6h", 1, -2, 300, -400, 32_767, -32_768)
WAVEFORM = [1 / 32_768, -2 / 32_768, 300 / 32_768, -400 / 32_768, 32_767 / 32_768, -1.0]
PLAIN_TAIL = "000000001000800000aa00389b71"  # of the GUID, after the tag
AMBISONIC_TAIL = "00002107d3118644c8c1ca000000"


def waveform(raw: bytes) -> list[float]:
    """Every sample of a WAV, mixed down."""
    samples: list[float] = mix_down(parse_wav(raw)).tolist()
    return samples


def sized(n_bytes: int, data: bytes = PCM) -> bytes:
    """A WAV of 16 bits whose data chunk says that it has this many bytes."""
    return riff(fmt_chunk()) + b"data" + struct.pack("<I", n_bytes) + data


def extensible(tag: int, n_bits: int, n_valid_bits: int, tail: str = PLAIN_TAIL) -> tuple[bytes, bytes]:
    """An EXTENSIBLE fmt chunk."""
    name, fmt = fmt_chunk(tag=0xFFFE, n_bits=n_bits)
    return name, fmt + struct.pack("<HHI", 22, n_valid_bits, 4) + struct.pack("<H", tag) + bytes.fromhex(tail)


def rf64(name: bytes, n_bytes: int) -> bytes:
    """A WAV of the 64-bit kind, whose ds64 chunk says how many bytes of sound it has."""
    sizes = struct.pack("<QQQI", 2**32, n_bytes, n_bytes // 2, 0)
    return name + b"\xff\xff\xff\xff" + riff((b"ds64", sizes), fmt_chunk())[8:] + b"data\xff\xff\xff\xff" + PCM


def big_endian(tag: int, n_bits: int, data: bytes) -> bytes:
    """A RIFX file, in which all numbers have their upper byte first."""
    n_bytes = n_bits // 8
    fmt = struct.pack(">4sIHHIIHH", b"fmt ", 16, tag, 1, 16_000, 16_000 * n_bytes, n_bytes, n_bits)
    return b"RIFX\0\0\0\0WAVE" + fmt + struct.pack(">4sI", b"data", len(data)) + data


@pytest.mark.parametrize(
    ("tag", "n_bits", "data", "expected"),
    [
        (1, 8, b"\x80\x00\xff\xc0", [0.0, -1.0, 127 / 128, 0.5]),
        (1, 16, b"\0\0\0\x80\xff\x7f\0\x40", [0.0, -1.0, 32_767 / 32_768, 0.5]),
        (1, 24, b"\0\0\0\0\0\x80\1\0\0\0\0\x40", [0.0, -1.0, 2**-23, 0.5]),
        (1, 32, b"\0\0\0\0\0\0\0\x80\0\1\0\0\0\0\0\x40", [0.0, -1.0, 2**-23, 0.5]),
        (3, 32, struct.pack("<4f", 0, -1, 2**-23, 1.5), [0.0, -1.0, 2**-23, 1.0]),
        (3, 64, struct.pack("<4d", 0, -1, 2**-23, -9), [0.0, -1.0, 2**-23, -1.0]),
        (6, 8, b"\xd5\x55\x80\xaa\x2a", [8 / 2**15, -8 / 2**15, 5_504 / 2**15, 32_256 / 2**15, -32_256 / 2**15]),
        (7, 8, b"\xff\x7f\x80\x00\xf0", [0.0, 0.0, 32_124 / 2**15, -32_124 / 2**15, 120 / 2**15]),
    ],
    ids=["8 bits", "16 bits", "24 bits", "32 bits", "float", "double", "A-law", "mu-law"],
)
def test_every_sample_format_has_its_scale(tag: int, n_bits: int, data: bytes, expected: list[float]) -> None:
    plain = riff(fmt_chunk(tag=tag, n_bits=n_bits), (b"data", data))
    assert waveform(plain) == expected
    assert waveform(riff(extensible(tag, n_bits, n_bits), (b"data", data))) == expected


@pytest.mark.parametrize("codec", ["16-bit wav", "24-bit wav", "8-bit wav", "float wav"])
def test_what_another_program_writes_is_read(codec: str) -> None:
    left, right = tone(440, 8_000, 0.2), noise(1_600, 0.2)
    stereo = parse_wav(encode(codec, left, right))
    assert (stereo.n_channels, stereo.n_samples, stereo.declared_samples) == (2, 1_600, 1_600)
    np.testing.assert_allclose(mix_down(stereo), (left + right) / 2, atol=2**-7 if codec == "8-bit wav" else 2**-15)


def test_twenty_valid_bits_are_the_upper_ones_of_twenty_four() -> None:
    assert waveform(riff(extensible(1, 24, 20), (b"data", b"\0\0\x40\x10\0\0"))) == [0.5, 2**-19]


def test_twelve_bits_are_the_upper_ones_of_sixteen() -> None:
    name, fmt = fmt_chunk()
    assert waveform(riff((name, fmt[:14] + b"\x0c\0"), (b"data", b"\0\x40\x10\0"))) == [0.5, 2**-11]


def test_a_frame_size_that_cannot_be_is_passed_over() -> None:
    name, fmt = fmt_chunk()
    assert waveform(riff((name, fmt[:12] + b"\x01\0" + fmt[14:]), (b"data", PCM))) == WAVEFORM


def test_ambisonic_sound_is_sound() -> None:
    assert waveform(riff(extensible(1, 16, 16, AMBISONIC_TAIL), (b"data", PCM))) == WAVEFORM


@pytest.mark.parametrize(
    ("tag", "n_bits", "data"),
    [
        (1, 16, b"\x40\0\x80\0"),
        (1, 24, b"\x40\0\0\x80\0\0"),
        (1, 32, b"\x40\0\0\0\x80\0\0\0"),
        (3, 32, struct.pack(">2f", 0.5, -1)),
    ],
)
def test_the_upper_byte_may_come_first(tag: int, n_bits: int, data: bytes) -> None:
    assert waveform(big_endian(tag, n_bits, data)) == [0.5, -1.0]


@pytest.mark.parametrize("n_channels", [2, 3, 8])
def test_all_channels_count_the_same(n_channels: int) -> None:
    frames: NDArray[np.int16] = np.zeros((6, n_channels), "<i2")
    frames[:, n_channels - 1] = np.frombuffer(PCM, "<i2")
    expected = (np.frombuffer(PCM, "<i2") / np.float32(n_channels * 32_768)).tolist()
    assert waveform(riff(fmt_chunk(n_channels=n_channels), (b"data", frames.tobytes()))) == expected


@pytest.mark.parametrize(
    "raw",
    [
        riff((b"data", PCM), fmt_chunk()),
        riff((b"LIST", b"odd"), fmt_chunk(), (b"fact", b"abcd"), (b"data", PCM), (b"id3 ", b"x")),
        riff((b"odd ", b"abc")) + riff(fmt_chunk(), (b"data", PCM))[12:],
        riff() + b"LIST\3\0\0\0odd" + riff(fmt_chunk(), (b"data", PCM))[12:],
        riff(fmt_chunk()) + b"fact\3\0\0\0odd" + b"data\x0c\0\0\0" + PCM,
        riff(fmt_chunk(), (b"data", PCM), (b"data", b"\0\0")),
        riff(fmt_chunk(), (b"data", PCM)) + b"junk",
        b"RIFF\0\0\0\0" + riff(fmt_chunk(), (b"data", PCM))[8:],
        rf64(b"RF64", 12),
        rf64(b"BW64", 12),
        sized(12),
        sized(13, PCM + b"\1"),
    ],
    ids=[
        "data before fmt",
        "other chunks",
        "odd and padded",
        "odd and not padded",
        "not padded before data",
        "two data chunks",
        "junk behind",
        "no size in front",
        "RF64",
        "BW64",
        "plain",
        "half a sample more",
    ],
)
def test_the_sound_is_found(raw: bytes) -> None:
    sound = parse_wav(raw)
    assert mix_down(sound).tolist() == WAVEFORM
    assert (sound.sample_rate_hz, sound.n_samples, sound.declared_samples) == (16_000, 6, 6)


@pytest.mark.parametrize("n_bytes", [0, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF])
def test_a_stream_of_unknown_length_is_read_to_its_end(n_bytes: int) -> None:
    sound = parse_wav(sized(n_bytes))
    assert mix_down(sound).tolist() == WAVEFORM
    assert sound.declared_samples is None


@pytest.mark.parametrize("n_bytes", [14, 200, 1_000_000])
def test_a_file_that_was_cut_short_says_how_long_it_was(n_bytes: int) -> None:
    sound = parse_wav(sized(n_bytes))
    assert mix_down(sound).tolist() == WAVEFORM
    assert sound.declared_samples == n_bytes // 2


def test_a_cut_64_bit_file_says_how_long_it_was() -> None:
    assert parse_wav(rf64(b"RF64", 2**33)).declared_samples == 2**32


def test_a_64_bit_file_may_not_know_either() -> None:
    assert parse_wav(rf64(b"RF64", 2**64 - 1)).declared_samples is None


@pytest.mark.parametrize("raw", [sized(0, b""), riff(fmt_chunk(), (b"data", b""), (b"LIST", b"words"))])
def test_no_sound_is_no_stream(raw: bytes) -> None:
    assert (parse_wav(raw).n_samples, parse_wav(raw).declared_samples) == (0, 0)


def test_half_a_last_sample_is_left_out() -> None:
    assert waveform(sized(0, PCM + b"\1")) == WAVEFORM


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"RIFF\0\0\0\0AVI ", "begin with RIFF"),
        (riff(fmt_chunk()), "missing"),
        (riff((b"data", PCM)), "missing"),
        (riff((b"fmt ", bytes(15)), (b"data", PCM)), "too small"),
        (riff((b"data", PCM)) + b"fmt \x10\0\0\0\1\0", "too small"),
        (riff(fmt_chunk(n_channels=0), (b"data", PCM)), "no channel"),
        (riff(extensible(1, 0, 0), (b"data", PCM)).replace(b"\xfe\xff\1\0", b"\xfe\xff\0\0"), "no channel"),
        (riff((b"junk", b"")) + b"junk\xf8\xff\xff\xff" + riff(fmt_chunk(), (b"data", PCM))[12:], "missing"),
    ],
)
def test_what_contradicts_itself_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why) as refused:
        parse_wav(raw)
    assert refused.value.code == "bad_wav"


@pytest.mark.parametrize(
    "fmt",
    [
        fmt_chunk(tag=2, n_bits=4),
        fmt_chunk(tag=0x55, n_bits=0),
        fmt_chunk(tag=1, n_bits=64),
        fmt_chunk(tag=3, n_bits=16),
        fmt_chunk(tag=0xFFFE),
        extensible(2, 16, 16),
        extensible(1, 16, 16, "0000" + "00" * 12),
    ],
)
def test_other_encodings_are_not_read(fmt: tuple[bytes, bytes]) -> None:
    with pytest.raises(DataError) as refused:
        parse_wav(riff(fmt, (b"data", PCM)))
    assert refused.value.code == "unsupported_wav"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    raw = riff(fmt_chunk(tag=3, n_bits=64), (b"data", struct.pack("<2d", 0, value)))
    with pytest.raises(DataError, match="numbers"):
        mix_down(parse_wav(raw))


@pytest.mark.parametrize("size", [b"\0\0\0\0", b"\1\0\0\0", b"\xf8\xff\xff\xff", b"\xff\xff\xff\xff"])
def test_a_million_chunks_are_not_walked(size: bytes) -> None:
    with pytest.raises(DataError, match="missing"):
        parse_wav(riff() + (b"junk" + size) * 1_000_000)


def test_nothing_is_copied_before_it_is_wanted() -> None:
    raw = write_wav(PCM)
    assert parse_wav(raw).data.obj is raw


def test_a_long_recording_is_widened_part_by_part() -> None:
    n_samples = 3 * 2**20 + 7
    frames = np.random.default_rng(0).integers(0, 256, (n_samples, 2, 3), np.uint8)
    long = parse_wav(riff(fmt_chunk(n_channels=2, n_bits=24), (b"data", frames.tobytes())))
    tracemalloc.start()
    mono = mix_down(long)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < mono.nbytes + 24 * 2**20  # the result, and one part in 32 and 64 bits
    for start in (0, 2**20 - 1, 2**21, n_samples - 2):
        pair = riff(fmt_chunk(n_channels=2, n_bits=24), (b"data", frames[start : start + 2].tobytes()))
        assert waveform(pair) == mono[start : start + 2].tolist()
