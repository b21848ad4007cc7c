"""From a recording to a clip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.audio.clip import process
from speechapp.audio.format import read_wav, write_wav
from speechapp.audio.pcm import from_pcm
from tests.audio.recordings import encode, noise, outcome, rms, tone, wav

SECOND = 16_000
CLIP_BYTES = 44 + 2 * SECOND


def said_after(onset_s: float, rate_hz: int = 48_000) -> np.ndarray:
    """A take of 2.5 s in faint noise with a word of 0.6 s in it."""
    take = noise(round(2.5 * rate_hz), 0.0005)
    start = round(onset_s * rate_hz)
    word = tone(300, rate_hz, 0.6)
    take[start : start + len(word)] += word
    return take


@settings(max_examples=30)
@given(rate_hz=st.sampled_from([8_000, 16_000, 44_100, 48_000]), duration_s=st.floats(0.11, 9.9))
def test_a_clip_is_always_exactly_one_second(rate_hz: int, duration_s: float) -> None:
    clip = process(wav(tone(440, rate_hz, duration_s), rate_hz))
    assert len(clip.wav) == CLIP_BYTES
    assert clip.wav[:44] == write_wav(bytes(2 * SECOND))[:44]


@given(pcm=st.binary(min_size=1, max_size=500))
def test_a_take_of_one_second_at_16_khz_passes_bit_for_bit(pcm: bytes) -> None:
    take = write_wav(b"\x00\x40" + pcm.ljust(2 * SECOND - 2, b"\0"))
    assert process(take).wav == take


def test_the_same_recording_gives_the_same_bytes() -> None:
    raw = encode("opus in webm", tone(440, 48_000))
    assert process(raw) == process(raw)


def test_processing_a_clip_again_changes_nothing() -> None:
    clip = process(wav(said_after(0.9), 48_000))
    assert process(clip.wav).wav == clip.wav


@pytest.mark.parametrize("onset_s", [0.0, 0.5, 1.0, 1.9])
def test_the_word_lies_whole_in_the_clip(onset_s: float) -> None:
    clip = process(wav(said_after(onset_s), 48_000))
    waveform = from_pcm(read_wav(clip.wav).pcm, 1)
    assert np.sum(np.square(waveform)) == pytest.approx(np.sum(np.square(tone(300, SECOND, 0.6))), rel=0.01)


def test_the_window_is_where_the_sound_is_cut() -> None:
    take = said_after(1.2, rate_hz=SECOND)
    clip = process(wav(take, SECOND))
    start = round(clip.measures.window_start_ms * SECOND / 1000)
    assert clip.wav == wav(take[start : start + SECOND], SECOND)


def test_a_short_take_is_centred_in_silence() -> None:
    clip = process(wav(tone(440, SECOND, 0.5), SECOND))
    waveform = from_pcm(read_wav(clip.wav).pcm, 1)
    assert clip.measures.window_start_ms == -250.0
    assert rms(waveform[:4_000]) == rms(waveform[12_000:]) == 0.0
    assert rms(waveform) == pytest.approx(rms(tone(440, SECOND, 0.5)) / np.sqrt(2), rel=1e-3)


def test_the_level_is_left_as_it_was() -> None:
    assert process(wav(tone(440, 48_000, amplitude=0.01), 48_000)).measures.peak_dbfs == pytest.approx(-40, abs=0.1)


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (b"", "empty"),
        (write_wav(b""), "empty"),
        (b"hello, this is no sound", "unsupported_format"),
        (wav(tone(440, 48_000, 0.099), 48_000), "too_short"),
        (wav(tone(440, 48_000, 0.1), 48_000), "processed"),
        (wav(np.zeros(SECOND, np.float32), SECOND), "silent"),
        (wav(np.full(SECOND, 0.3, np.float32), SECOND), "silent"),
        (wav(tone(440, SECOND, amplitude=0.0009), SECOND), "silent"),
        (wav(tone(20_000, 48_000), 48_000), "processed"),
        (wav(tone(440, SECOND, amplitude=0.0012), SECOND), "processed"),
        (wav(tone(440, SECOND, 10.0), SECOND), "processed"),
        (wav(tone(440, SECOND, 10.001), SECOND), "too_long"),
    ],
)
def test_what_is_no_clip_is_refused_for_its_reason(raw: bytes, result: str) -> None:
    assert outcome(raw) == result
