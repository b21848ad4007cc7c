"""Every container decoded, every guard tried."""

import numpy as np
import pytest

from speechapp.audio.decode import decode
from speechapp.audio.format import UNUSABLE_REASONS
from speechapp.errors import Unusable
from tests.audio.recordings import (
    ENCODINGS,
    LOSSLESS,
    dominant_hz,
    encode,
    fmt_chunk,
    mutations,
    noise,
    outcome,
    riff,
    rms,
    tone,
    wav,
)

MIDDLE = slice(4_000, 10_000)  # without the lead-in and tail that lossy encoders add
LEVEL_TOLERANCE = 0.06  # LAME encodes at 0.95 of the level it is given


def tone_for(name: str, frequency_hz: float = 440, duration_s: float = 1.5) -> np.ndarray:
    return tone(frequency_hz, ENCODINGS[name][3], duration_s)


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_container_gives_back_its_sound(name: str) -> None:
    container, _, _, rate_hz = ENCODINGS[name]
    recording = decode(encode(name, tone_for(name)))
    assert (recording.container, recording.sample_rate_hz) == (container, rate_hz)
    assert recording.waveform.dtype == np.float32
    assert len(recording.waveform) / rate_hz == pytest.approx(1.5, abs=0.06)
    assert dominant_hz(recording) == pytest.approx(440, abs=1)
    assert rms(recording.waveform[MIDDLE]) == pytest.approx(rms(tone_for(name)), rel=LEVEL_TOLERANCE)


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_containers_give_back_every_sample(name: str) -> None:
    np.testing.assert_allclose(decode(encode(name, tone_for(name))).waveform, tone_for(name), atol=2**-15)


@pytest.mark.parametrize("name", ["16-bit wav", "float wav", "24-bit flac", "opus in webm", "mp3"])
def test_channels_are_averaged(name: str) -> None:
    left = tone_for(name)
    recording = decode(encode(name, left, np.zeros_like(left)))
    assert recording.waveform.ndim == 1
    assert rms(recording.waveform[MIDDLE]) == pytest.approx(rms(left) / 2, rel=LEVEL_TOLERANCE)


def test_wav_which_we_read_and_flac_which_ffmpeg_reads_agree() -> None:
    sound = noise(16_000, 0.2)
    assert decode(wav(sound, 16_000)).waveform.tolist() == decode(encode("16-bit flac", sound)).waveform.tolist()


def test_a_wav_of_unknown_length_is_read_to_its_end() -> None:
    streamed = wav(tone(440, 16_000), 16_000).replace(b"data\x80\xbb\x00\x00", b"data\xff\xff\xff\xff")
    assert len(decode(streamed).waveform) == 24_000


def test_what_exceeds_full_scale_is_saturated() -> None:
    recording = decode(encode("float wav", tone(440, 44_100, amplitude=2.0)))
    assert (recording.waveform.max(), recording.waveform.min()) == (1.0, -1.0)


@pytest.mark.parametrize("name", ENCODINGS)
def test_more_than_ten_seconds_are_too_long(name: str) -> None:
    assert outcome(encode(name, tone_for(name, duration_s=10.2))) == "too_long"


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_tool_takes_any_length(name: str) -> None:
    recording = decode(encode(name, tone_for(name, duration_s=10.2)), longest_ms=None)
    assert len(recording.waveform) / recording.sample_rate_hz == pytest.approx(10.2, abs=0.06)


@pytest.mark.parametrize("name", ["16-bit wav", "16-bit flac", "opus in ogg"])
def test_a_shorter_limit_counts_too(name: str) -> None:
    with pytest.raises(Unusable) as refused:
        decode(encode(name, tone_for(name)), longest_ms=1_000)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize("n_bits", [16, 24])
@pytest.mark.parametrize("rate_hz", [1, 7_999, 192_001, 2**31 - 1])
def test_a_rate_out_of_range_is_refused(rate_hz: int, n_bits: int) -> None:
    assert outcome(riff(fmt_chunk(rate_hz=rate_hz, n_bits=n_bits), (b"data", bytes(960)))) == "bad_sample_rate"


@pytest.mark.parametrize("n_bits", [16, 24])
@pytest.mark.parametrize("n_channels", [9, 255])
def test_too_many_channels_are_refused(n_channels: int, n_bits: int) -> None:
    wave = riff(fmt_chunk(n_channels=n_channels, n_bits=n_bits), (b"data", bytes(n_channels * n_bits * 100)))
    assert outcome(wave) == "too_many_channels"


def test_eight_channels_are_taken() -> None:
    pcm = np.full((16_000, 8), 8_192, "<i2").tobytes()
    assert set(decode(riff(fmt_chunk(n_channels=8), (b"data", pcm))).waveform.tolist()) == {0.25}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    samples = np.full(16_000, value, "<f4").tobytes()
    assert outcome(riff(fmt_chunk(tag=3, n_bits=32), (b"data", samples))) == "undecodable"


@pytest.mark.parametrize("tag", [0x0002, 0x0011, 0x0055, 0x2000])
def test_a_wav_of_another_codec_is_refused(tag: int) -> None:
    assert outcome(riff(fmt_chunk(tag=tag), (b"data", noise(9_000, 0.1).tobytes()))) in {
        "unsupported_format",
        "undecodable",
    }


def test_a_second_recording_at_another_rate_is_refused() -> None:
    chained = encode("16-bit flac", tone(440, 16_000)) + encode("24-bit flac", tone(440, 48_000))
    assert outcome(chained) == "undecodable"


@pytest.mark.parametrize("head", [b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x1cftypisom", b"ID3\x04\0\0\0\0\0\0"])
@pytest.mark.parametrize("tail", [b"", b"\0" * 5_000, b"\xff" * 5_000, b"ID3" * 2_000])
def test_a_signature_alone_is_no_recording(head: bytes, tail: bytes) -> None:
    assert outcome(head + tail) in {"undecodable", "unsupported_format", "empty"}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_damaged_file_is_decoded_or_refused(name: str) -> None:
    raw = encode(name, tone_for(name, duration_s=0.4))
    assert {outcome(damaged) for damaged in mutations(raw, n_mutations=60, seed=4)} <= {"processed", *UNUSABLE_REASONS}
