"""From a recording to a clip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from speechapp.audio.active_level import active_level
from speechapp.audio.align import METHODS as ALL_METHODS
from speechapp.audio.align import Method
from speechapp.audio.clip import Processing, align_only, process
from speechapp.audio.format import read_wav, write_wav
from speechapp.audio.pcm import from_pcm
from tests.audio.recordings import encode, noise, outcome, rms, tone, wav

SECOND = 16_000
CLIP_BYTES = 44 + 2 * SECOND

METHODS = st.sampled_from(ALL_METHODS)
PROCESSINGS = st.builds(
    Processing,
    method=METHODS,
    n_samples=st.sampled_from([SECOND // 2, SECOND, 2 * SECOND]),
    level_dbfs=st.sampled_from([None, -26.0, -3.0]),
    dither=st.booleans(),
)


def said_after(onset_s: float, rate_hz: int = 48_000) -> np.ndarray:
    """A take of 2.5 s in faint noise with a word of 0.6 s in it."""
    take = noise(round(2.5 * rate_hz), 0.0005)
    start = round(onset_s * rate_hz)
    word = tone(300, rate_hz, 0.6)
    take[start : start + len(word)] += word
    return take


def loud_take(n_samples: int, seed: int, offset: float, rate_hz: int) -> bytes:
    """Noise that swells and falls, around an offset; in every part of it there is something to hear."""
    swell = 0.02 + 0.2 * np.sin(np.linspace(0, 7, n_samples)) ** 2
    return wav((noise(n_samples, 1.0, seed) * swell + offset).astype(np.float32), rate_hz)


@settings(max_examples=40, deadline=None)
@given(
    rate_hz=st.sampled_from([8_000, 16_000, 44_100, 48_000]),
    duration_s=st.floats(0.101, 9.99),
    method=METHODS,
    n_samples=st.integers(SECOND // 2, 3 * SECOND),
)
def test_a_clip_has_exactly_the_length_asked_for(
    rate_hz: int, duration_s: float, method: Method, n_samples: int
) -> None:
    clip = align_only(wav(tone(440, rate_hz, duration_s), rate_hz), Processing(method, n_samples))
    assert clip.wav[:44] == write_wav(bytes(2 * n_samples))[:44]
    assert len(clip.wav) == 44 + 2 * n_samples


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("duration_s", [0.1, 0.999, 1.0, 1.001, 10.0])
def test_a_clip_is_exactly_one_second_by_default(rate_hz: int, duration_s: float) -> None:
    assert len(process(wav(tone(440, rate_hz, duration_s), rate_hz)).wav) == CLIP_BYTES


@given(samples=arrays(np.dtype("<i2"), st.integers(1, 250), elements=st.integers(-32_767, 32_767)))
def test_a_take_of_one_second_at_16_khz_passes_bit_for_bit(samples: np.ndarray) -> None:
    heard = np.concatenate((samples, -samples, [20_000, -20_000])).astype("<i2").tobytes()
    take = write_wav(heard.ljust(2 * SECOND, b"\0"))
    assert process(take).wav == take


@settings(max_examples=60, deadline=None)
@given(
    n_samples=st.integers(1_600, 3 * SECOND),
    seed=st.integers(0, 2**32 - 1),
    offset=st.sampled_from([0.0, -0.003, 0.2]),
    rate_hz=st.sampled_from([8_000, 16_000, 48_000]),
    processing=PROCESSINGS,
)
def test_a_clip_that_is_processed_again_stays_as_it_is(
    n_samples: int, seed: int, offset: float, rate_hz: int, processing: Processing
) -> None:
    clip = align_only(loud_take(max(n_samples, rate_hz // 8), seed, offset, rate_hz), processing)
    assert align_only(clip.wav, processing).wav == clip.wav


@settings(deadline=None)
@given(n_samples=st.integers(1_600, 3 * SECOND), offset=st.floats(-0.3, 0.3), method=METHODS)
def test_no_offset_is_left(n_samples: int, offset: float, method: Method) -> None:
    clip = align_only(loud_take(n_samples, 1, offset, SECOND), Processing(method))
    assert abs(np.mean(np.frombuffer(clip.wav[44:], "<i2"))) <= 0.5


def test_the_same_recording_gives_the_same_bytes() -> None:
    raw = encode("opus in webm", tone(440, 48_000))
    assert process(raw) == process(raw)


@pytest.mark.parametrize("processing", [Processing(), Processing("loudest", level_dbfs=-26.0, dither=True)])
def test_without_measuring_it_is_the_same_clip(processing: Processing) -> None:
    raw = wav(said_after(0.9), 48_000)
    fast, whole = align_only(raw, processing), process(raw, processing)
    assert (fast.wav, fast.alignment) == (whole.wav, whole.alignment)
    assert fast.take.shape == (40_000,)


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
    clip = process(wav(tone(440, SECOND, 0.5), SECOND), Processing("loudest"))
    waveform = from_pcm(read_wav(clip.wav).pcm, 1)
    assert clip.measures.window_start_ms == -250.0
    assert rms(waveform[:4_000]) == rms(waveform[12_000:]) == 0.0


@pytest.mark.parametrize("method", ALL_METHODS)
def test_a_short_take_is_kept_whole(method: Method) -> None:
    waveform = from_pcm(read_wav(process(wav(tone(440, SECOND, 0.5), SECOND), Processing(method)).wav).pcm, 1)
    assert rms(waveform) == pytest.approx(rms(tone(440, SECOND, 0.5)) / np.sqrt(2), rel=1e-3)


def test_the_level_is_left_as_it_was() -> None:
    assert process(wav(tone(440, 48_000, amplitude=0.01), 48_000)).measures.peak_dbfs == pytest.approx(-40, abs=0.1)


def test_without_measuring_a_take_may_have_any_length() -> None:
    take = noise(60 * SECOND, 0.001)
    take[50 * SECOND : 50 * SECOND + 8_000] += tone(300, SECOND, 0.5)
    clip = align_only(wav(take, SECOND))
    assert 49.4 * SECOND <= clip.alignment.window.start_samples <= 50 * SECOND


def test_the_level_is_brought_to_where_it_is_asked_for() -> None:
    clip = process(wav(said_after(0.9) * np.float32(0.1), 48_000), Processing(level_dbfs=-26.0))
    assert active_level(from_pcm(read_wav(clip.wav).pcm, 1).astype(float)).dbfs == pytest.approx(-26, abs=0.11)


def test_dither_is_of_the_recording_alone() -> None:
    raw = wav(said_after(0.9), 48_000)
    dithered = process(raw, Processing(dither=True)).wav
    difference = from_pcm(dithered[44:], 1) - from_pcm(process(raw).wav[44:], 1)
    assert process(raw, Processing(dither=True)).wav == dithered
    assert np.max(np.abs(difference)) == 1 / 32_768


def test_the_silence_around_a_short_take_with_an_offset_is_silence() -> None:
    clip = process(wav(tone(440, SECOND, 0.5) + np.float32(0.1), SECOND), Processing("loudest"))
    assert clip.wav[44:].startswith(bytes(2 * 4_000))
    assert clip.wav.endswith(bytes(2 * 4_000))


def test_what_is_wrong_with_a_clip_is_told() -> None:
    assert "clipped" in process(wav(said_after(0.9) * np.float32(3), 48_000)).faults


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


def test_the_published_levels_are_those_of_the_clip_as_it_is_written() -> None:
    offset = wav(tone(440, SECOND, amplitude=0.01) + np.float32(0.06), SECOND)
    for processing in (Processing("loudest"), Processing("loudest", level_dbfs=-26)):
        clip = process(offset, processing)
        samples = np.frombuffer(read_wav(clip.wav).pcm, "<i2") / 32_768
        assert clip.measures.peak_dbfs == pytest.approx(20 * np.log10(np.abs(samples).max()), abs=0.01)
        assert clip.measures.rms_dbfs == pytest.approx(20 * np.log10(np.sqrt(np.mean(samples**2))), abs=0.01)
