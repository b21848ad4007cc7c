"""What the word finder hears: bands, floors, and what must not matter."""

import numpy as np
import pytest

from speechapp.audio.band_levels import FRAMES_PER_STEP, N_BANDS, N_FEATURES, band_levels
from tests.audio.recordings import tone
from tests.audio.words import room, take_with, word

SECOND = 16_000
LEVEL = N_BANDS  # the row that tells how far below the loudest frame a frame lies


def with_tone(frequency_hz: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    take = room(2 * SECOND)
    take[8_000:16_000] += tone(frequency_hz, SECOND, 0.5, amplitude=0.1)
    return take


@pytest.mark.parametrize(("frequency_hz", "band"), [(6_100, 0), (3_100, 1), (1_550, 2), (760, 3), (380, 4)])
def test_a_tone_stands_out_most_in_its_own_band(frequency_hz: float, band: int) -> None:
    heard = band_levels(with_tone(frequency_hz))
    levels = heard.features[:N_BANDS, 50:100].mean(axis=1)
    assert int(np.argmax(levels)) == band
    assert levels[band] > 2.5


def test_there_is_a_frame_for_every_10_ms_and_whole_steps_of_them() -> None:
    for n_samples in (1_600, 1_601, 38_399, 38_400):
        heard = band_levels(room(n_samples))
        assert heard.features.shape[0] == N_FEATURES
        assert heard.features.shape[1] % FRAMES_PER_STEP == 0
        assert -320 < heard.start_samples <= 0
        assert heard.features.shape[1] * 160 + heard.start_samples >= n_samples


def test_noise_alone_lies_at_its_floor() -> None:
    assert np.abs(band_levels(room(2 * SECOND)).features[:N_BANDS]).mean() < 0.3


def test_the_loudest_frame_is_the_measure_of_all_others() -> None:
    level = band_levels(take_with(word())).features[LEVEL]
    assert level.max() == pytest.approx(0, abs=0.2)
    assert level[:80].max() < -3


def test_neither_gain_nor_polarity_counts() -> None:
    take = take_with(word())
    assert np.array_equal(band_levels(-take).features, band_levels(take).features)
    assert band_levels(take * np.float32(0.13)).features == pytest.approx(band_levels(take).features, abs=1e-5)


def test_an_offset_does_not_count() -> None:
    offset = band_levels(room(2 * SECOND) + np.float32(0.25))
    assert np.abs(offset.features[:N_BANDS]).max() < 1.5


def test_a_delay_by_part_of_a_frame_moves_the_frames_along() -> None:
    take = take_with(word())
    early, late = band_levels(take), band_levels(np.pad(take, (77, 0), mode="edge"))
    n_frames = early.features.shape[1] - 4
    assert late.start_samples - early.start_samples in {77, 77 - 320}
    assert late.features[:, -n_frames:] == pytest.approx(early.features[:, -n_frames:], abs=0.03)


def test_digital_silence_around_a_take_does_not_lower_its_floor() -> None:
    take = take_with(word())
    padded = np.pad(take, (2 * SECOND, 0))
    assert band_levels(padded).features[:, -200:-20] == pytest.approx(band_levels(take).features[:, -200:-20], abs=0.1)


def test_silence_is_all_floor() -> None:
    assert np.array_equal(band_levels(np.zeros(3_200, np.float32)).features[:N_BANDS], np.zeros((N_BANDS, 20)))
