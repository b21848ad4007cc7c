"""What `extract_loudest_section`, the tool of 2017, gets wrong, one after the other, and that we do not.

It also writes all clips of one name to one file, and exits with 0 when it failed: see the tests of `speechapp align`.
"""

import json
import struct

import numpy as np
import pytest

from speechapp.audio.align import Method, Window, align, cut
from speechapp.audio.clip import Processing, process
from speechapp.audio.decode import decode
from speechapp.audio.format import read_wav
from speechapp.audio.pcm import Waveform, from_pcm, to_pcm
from speechapp.errors import DataError, Unusable
from tests.audio.loudest_takes import GOLDEN, TAKES, Take, golden, loudest_start, samples, waveform
from tests.audio.recordings import fmt_chunk, noise, riff, rms, wav
from tests.sounds import word_like

SECOND = 16_000
VECTORS = {vector["name"]: vector["start_samples"] for vector in json.loads(GOLDEN.read_text())}
WORD = from_pcm(read_wav(word_like(seconds=2.5, onset_s=1.3, rate_hz=SECOND)).pcm, 1)
BOTH: list[Method] = ["word", "loudest"]
NEAR_SILENT = ["a word in near silence", "a loud word, then one bit", "one bit, then a loud word, then one bit"]


def stereo(left: Waveform, right: Waveform) -> bytes:
    return riff(fmt_chunk(n_channels=2), (b"data", to_pcm(np.stack([left, right], axis=1)).tobytes()))


def clip_of(raw: bytes, method: Method = "word") -> Waveform:
    return from_pcm(read_wav(process(raw, Processing(method)).wav).pcm, 1)


def likeness(clip: Waveform, other: Waveform) -> float:
    return float(np.corrcoef(clip, other)[0, 1])


def take_named(name: str) -> Take:
    return next(take for take in TAKES if take.name == name)


def running_float32_start(take: Waveform) -> int:
    """The loudest second by a running sum in float32, as the tool of 2017 has it but for its index."""
    magnitude = np.abs(take)
    steps = np.stack([-magnitude[:-SECOND], magnitude[SECOND:]], axis=1).reshape(-1)
    sums = np.cumsum(np.concatenate([[np.sum(magnitude[:SECOND])], steps]), dtype=np.float32)
    return int(np.argmax(sums[::2]))


def test_the_golden_starts_are_those_of_the_rule() -> None:
    assert json.loads(json.dumps(golden())) == json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("take", TAKES, ids=lambda take: take.name)
def test_the_loudest_second_begins_where_the_rule_says(take: Take) -> None:
    assert align(waveform(take), "loudest").window == Window(VECTORS[take.name], SECOND)


def test_the_window_does_not_begin_a_sample_early() -> None:
    take = np.zeros(3 * SECOND, np.float32)
    take[20_000:36_000] = 0.5
    assert cut(take, align(take, "loudest").window).tolist() == [0.5] * SECOND


@pytest.mark.parametrize("name", NEAR_SILENT)
def test_no_sum_drifts_in_near_silence(name: str) -> None:
    take = take_named(name)
    assert abs(running_float32_start(waveform(take)) - VECTORS[name]) > 100
    assert align(waveform(take), "loudest").window.start_samples == loudest_start(samples(take))


@pytest.mark.parametrize("method", BOTH)
def test_both_halves_of_a_stereo_file_are_searched(method: Method) -> None:
    late = np.concatenate([noise(3 * SECOND, 0.001), WORD])
    assert likeness(clip_of(stereo(late, late), method), clip_of(wav(late, SECOND), method)) > 0.9999


@pytest.mark.parametrize("method", BOTH)
def test_both_channels_of_a_stereo_file_are_searched(method: Method) -> None:
    alone = clip_of(wav(WORD, SECOND), method)
    for raw in (stereo(WORD, np.zeros_like(WORD)), stereo(np.zeros_like(WORD), WORD)):
        assert likeness(clip_of(raw, method), alone) > 0.999


@pytest.mark.parametrize("offset", [0.02, -0.02, 0.2])
def test_an_offset_does_not_move_the_word(offset: float) -> None:
    moved = align(WORD + np.float32(offset)).window.start_samples - align(WORD).window.start_samples
    assert abs(moved) <= SECOND // 100


@pytest.mark.parametrize("method", BOTH)
def test_an_offset_is_not_in_the_clip(method: Method) -> None:
    assert abs(np.mean(clip_of(wav(WORD + np.float32(0.02), SECOND), method))) < 1e-4


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize("n_samples", [1_600, 6_401, SECOND - 1])
def test_a_short_take_is_padded_to_a_second(n_samples: int, method: Method) -> None:
    take = noise(n_samples, 0.2)
    clip = clip_of(wav(take, SECOND), method)
    start = -align(take, method).window.start_samples
    assert (len(clip), 0 <= start <= SECOND - n_samples) == (SECOND, True)
    np.testing.assert_allclose(clip[start : start + n_samples], take - take.mean(), atol=2**-14)
    assert not np.delete(clip, slice(start, start + n_samples)).any()


def test_a_short_quiet_take_is_kept() -> None:
    take = noise(SECOND // 4, 0.01)
    assert np.abs(take).sum() / SECOND < 0.004  # the tool divides by a whole second, and drops what is below this
    assert rms(clip_of(wav(take, SECOND))) == pytest.approx(0.005, rel=0.1)


def dialects() -> dict[str, bytes]:
    """One sound in every dialect that the tool refuses."""
    pcm = to_pcm(WORD)
    data = pcm.tobytes()
    name, fmt = fmt_chunk()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    unsized = riff(fmt_chunk()) + b"data"
    return {
        "float": riff(fmt_chunk(tag=3, n_bits=32), (b"data", (pcm / np.float32(32_768)).tobytes())),
        "32 bits": riff(fmt_chunk(n_bits=32), (b"data", (pcm.astype("<i4") << 16).tobytes())),
        "EXTENSIBLE": riff(
            (name, (0xFFFE).to_bytes(2, "little") + fmt[2:] + b"\x16\0\x10\0\4\0\0\0" + guid), (b"data", data)
        ),
        "chunks before fmt": riff((b"JUNK", bytes(28)), (b"LIST", b"INFO"), (name, fmt), (b"data", data)),
        "odd, padded": riff((name, fmt), (b"LIST", b"odd"), (b"data", data)),
        "odd, not padded": riff((name, fmt)) + b"LIST\3\0\0\0odd" + b"data" + struct.pack("<I", len(data)) + data,
        "streamed, 0": unsized + bytes(4) + data,
        "streamed, 0x7ffff000": unsized + b"\x00\xf0\xff\x7f" + data,
        "streamed, 0xfffffff8": unsized + b"\xf8\xff\xff\xff" + data,
        "streamed, 0xffffffff": unsized + b"\xff\xff\xff\xff" + data,
    }


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize("dialect", dialects())
def test_every_dialect_of_wav_becomes_the_same_clip(dialect: str, method: Method) -> None:
    assert process(dialects()[dialect], Processing(method)).wav == process(wav(WORD, SECOND), Processing(method)).wav


def test_a_chunk_of_almost_four_gigabytes_is_no_endless_loop() -> None:
    raw = riff(fmt_chunk(), (b"LIST", b"word")) + b"junk\xf8\xff\xff\xff" + bytes(64)
    with pytest.raises(Unusable) as refused:
        decode(raw)
    assert refused.value.code == "undecodable"


def test_no_channel_is_an_error_that_says_so() -> None:
    with pytest.raises(Unusable) as refused:
        decode(riff(fmt_chunk(n_channels=0), (b"data", bytes(64))))
    assert isinstance(refused.value.__cause__, DataError)
    assert "it has no channel" in refused.value.__cause__.message
