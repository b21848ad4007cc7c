"""From a waveform to 16 bits: no offset, no padding touched, nothing clipped, one rounding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from speechapp.audio.active_level import active_level
from speechapp.audio.normalise import normalise
from speechapp.audio.pcm import FULL_SCALE, Waveform, from_pcm
from tests.audio.recordings import noise, tone

SECOND = 16_000
ONE_BIT = 1 / FULL_SCALE
PEAK_LIMIT = FULL_SCALE * 10 ** (-1 / 20)

ANY_PCM = arrays(np.dtype("<i2"), st.integers(1, 400))
ANY_WAVEFORM = arrays(np.dtype("f4"), st.integers(1, 400), elements=st.floats(-1, 1, width=32))
SEEDS = st.sampled_from([None, b"a clip", b"another clip"])


def waveform_of(pcm: NDArray[np.int16]) -> Waveform:
    return from_pcm(pcm.astype("<i2").tobytes(), 1)


def word(amplitude: float, offset: float = 0.0) -> Waveform:
    """A second of faint noise with a tone of 0.4 s in it, around an offset."""
    clip = noise(SECOND, amplitude / 300) + np.float32(offset)
    clip[5_000:11_400] += tone(300, SECOND, 0.4, amplitude)
    return clip


def level_dbfs(pcm: NDArray[np.int16]) -> float:
    return active_level(pcm / FULL_SCALE).dbfs


@given(pcm=ANY_PCM)
def test_what_is_left_of_the_mean_of_16_bit_samples_is_half_a_bit_at_most(pcm: NDArray[np.int16]) -> None:
    assert abs(np.mean(normalise(waveform_of(pcm)))) <= 0.5


@given(clip=ANY_WAVEFORM)
def test_what_is_left_of_the_mean_of_a_waveform_is_half_a_bit_at_most(clip: Waveform) -> None:
    assert abs(np.mean(normalise(clip))) <= 0.5 + 2**-16


@given(pcm=ANY_PCM, seed=SEEDS)
def test_16_bit_samples_pass_again_bit_for_bit(pcm: NDArray[np.int16], seed: bytes | None) -> None:
    once = normalise(waveform_of(pcm))
    assert np.array_equal(normalise(waveform_of(once), dither_seed=seed), once)


@given(clip=ANY_WAVEFORM)
def test_a_waveform_passes_again_bit_for_bit(clip: Waveform) -> None:
    once = normalise(clip)
    assert np.array_equal(normalise(waveform_of(once), dither_seed=b"again"), once)


@pytest.mark.parametrize("offset", [-0.2, -0.01, 0.0, 0.01, 0.2])
def test_an_offset_goes_and_the_sound_stays(offset: float) -> None:
    without, with_offset = normalise(word(0.5)), normalise(word(0.5, offset))
    assert np.max(np.abs(without.astype(int) - with_offset)) <= 1


@pytest.mark.parametrize("seed", [None, b"a clip"])
def test_16_bit_samples_without_offset_are_left_alone(seed: bytes | None) -> None:
    pcm = np.array([-32_768, 32_767, 5, -4, 0], np.int16)
    assert normalise(waveform_of(pcm), dither_seed=seed).tolist() == pcm.tolist()


def test_samples_move_by_whole_bits_where_they_have_16() -> None:
    assert normalise(waveform_of(np.array([10, 11, 11, 11], np.int16))).tolist() == [-1, 0, 0, 0]


def test_what_lies_between_two_bits_is_rounded_once() -> None:
    clip = np.array([0.4, -0.4, 0.6, -0.6, 100.49, -100.49], np.float32) * np.float32(ONE_BIT)
    assert normalise(clip).tolist() == [0, 0, 1, -1, 100, -100]


@pytest.mark.parametrize("level", [None, -30.0])
@pytest.mark.parametrize("seed", [None, b"a clip"])
def test_the_silence_around_a_short_take_stays_silence(level: float | None, seed: bytes | None) -> None:
    clip = np.pad(word(0.3, offset=0.1)[:8_001], (4_000, 3_999))
    pcm = normalise(clip, slice(4_000, 12_001), level_dbfs=level, dither_seed=seed)
    assert np.count_nonzero(pcm[:4_000]) == np.count_nonzero(pcm[12_001:]) == 0
    assert abs(np.mean(pcm[4_000:12_001])) <= 0.5


def test_what_full_scale_does_not_hold_becomes_softer_and_not_clipped() -> None:
    clip = np.minimum(tone(200, SECOND, 1.0, 0.9) + np.float32(0.1), np.float32(ONE_BIT * 32_767))
    clip[8_000:] = -0.9
    expected = clip - np.mean(clip, dtype=np.float64)
    pcm = normalise(clip)
    assert pcm.max() in {32_765, 32_766}
    np.testing.assert_allclose(pcm, expected * 32_766 / expected.max(), atol=1.1)


def test_not_even_a_little_is_clipped() -> None:
    pcm = np.full(1_000, -71, np.int16)  # so that the loudest sample lies 5 bits beyond full scale without its offset
    pcm[:2] = (32_767, 32_760)
    loudest, next_loudest = normalise(waveform_of(pcm))[:2]
    assert loudest - next_loudest == 7


def test_a_resampled_waveform_beyond_full_scale_is_not_clipped() -> None:
    pcm = normalise(tone(200, SECOND, 1.0, amplitude=1.2))
    assert (pcm.min(), pcm.max()) == (-32_765, 32_765)
    assert np.count_nonzero(np.abs(pcm) > 32_000) < 0.3 * SECOND


@pytest.mark.parametrize("amplitude", [0.003, 0.05, 0.3, 0.9])
@pytest.mark.parametrize("target_dbfs", [-35.0, -26.0, -20.0])
@pytest.mark.parametrize("seed", [None, b"a clip"])
def test_a_word_is_brought_to_the_level(amplitude: float, target_dbfs: float, seed: bytes | None) -> None:
    pcm = normalise(word(amplitude, offset=0.02), level_dbfs=target_dbfs, dither_seed=seed)
    assert level_dbfs(pcm) == pytest.approx(target_dbfs, abs=0.11)


def test_the_level_is_left_alone_by_default() -> None:
    clip = word(0.1)
    assert level_dbfs(normalise(clip)) == pytest.approx(active_level(clip.astype(float)).dbfs, abs=0.01)


@pytest.mark.parametrize("amplitude", [0.001, 0.1, 0.9])
@pytest.mark.parametrize("seed", [None, b"a clip"])
def test_the_peak_limits_the_level(amplitude: float, seed: bytes | None) -> None:
    clip = word(amplitude)
    clip[7_000] = 3 * amplitude  # one spike
    pcm = normalise(clip, level_dbfs=-3.0, dither_seed=seed)
    assert PEAK_LIMIT - 5 <= np.max(np.abs(pcm)) < PEAK_LIMIT


def test_the_peak_is_limited_where_the_level_is_right_already() -> None:
    clip = word(0.3)
    clip[7_000] = 29_300 * ONE_BIT
    pcm = normalise(clip, level_dbfs=active_level(clip.astype(float)).dbfs)
    assert PEAK_LIMIT - 5 <= np.max(np.abs(pcm)) < PEAK_LIMIT


@pytest.mark.parametrize("amplitude", [0.001, 0.1, 0.9])
@pytest.mark.parametrize("target_dbfs", [-40.0, -26.0, -3.0])
@pytest.mark.parametrize("seed", [None, b"a clip"])
def test_a_levelled_clip_passes_again_bit_for_bit(amplitude: float, target_dbfs: float, seed: bytes | None) -> None:
    once = normalise(word(amplitude, 0.01), level_dbfs=target_dbfs, dither_seed=seed)
    again = normalise(waveform_of(once), level_dbfs=target_dbfs, dither_seed=b"again")
    assert np.array_equal(again, once)


def test_silence_has_no_level_to_be_brought_to() -> None:
    assert not normalise(np.zeros(SECOND, np.float32), level_dbfs=-26.0).any()


def test_dither_is_triangular_and_rounding_leaves_no_distortion() -> None:
    clip = tone(100, SECOND, 1.0, amplitude=0.6 * ONE_BIT)
    dithered = normalise(clip, dither_seed=b"a clip")
    error = dithered - clip.astype(float) * FULL_SCALE
    assert np.mean(np.square(error)) == pytest.approx(1 / 4, rel=0.05)  # two uniform values and the rounding: 3 / 12
    assert np.max(np.abs(error)) <= 1.5
    harmonic = np.abs(np.fft.rfft(dithered))[[100, 300, 500]] / (SECOND / 2)
    assert harmonic[0] == pytest.approx(0.6, abs=0.03)
    assert harmonic[1:].max() < 0.03


def test_without_dither_a_faint_tone_is_distorted() -> None:
    harmonic = np.abs(np.fft.rfft(normalise(tone(100, SECOND, 1.0, amplitude=0.6 * ONE_BIT))))
    assert harmonic[300] / (SECOND / 2) > 0.2


def test_16_bit_samples_are_dithered_where_their_level_changes() -> None:
    clip = waveform_of(normalise(word(0.3)))
    plain, dithered = (normalise(clip, level_dbfs=-30.0, dither_seed=seed) for seed in (None, b"a clip"))
    assert 0.3 < np.mean(plain != dithered) < 0.8


def test_dither_is_of_the_seed_alone() -> None:
    clip = word(0.3)
    first, again, other = (normalise(clip, dither_seed=seed) for seed in (b"a clip", b"a clip", b"another clip"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@given(clip=ANY_WAVEFORM, seed=st.binary(max_size=40))
def test_dither_moves_no_sample_by_more_than_one_bit(clip: Waveform, seed: bytes) -> None:
    assert np.max(np.abs(normalise(clip, dither_seed=seed).astype(int) - normalise(clip))) <= 1
