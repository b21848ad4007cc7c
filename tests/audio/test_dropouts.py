"""Sound that was lost."""

import numpy as np
import pytest

from speechapp.audio.dropouts import Dropouts, dropouts
from speechapp.audio.pcm import Waveform
from tests.audio.recordings import noise
from tests.audio.voices import rounded, take_of, vowel

SECOND = 16_000
ACTIVE_DBFS = -20.0
NONE = Dropouts(0, 0.0, 0.0)
TAKE = rounded(take_of((0.5, vowel(0.8)), room=0.001))


def without(start_s: float, lost_ms: float, is_held: bool = False) -> Waveform:
    take = TAKE.copy()
    start = round(start_s * SECOND)
    take[start : start + round(lost_ms * SECOND / 1000)] = take[start] if is_held else 0
    return take


def test_a_whole_take_lost_nothing() -> None:
    assert dropouts(TAKE, SECOND, ACTIVE_DBFS) == NONE


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("lost_ms", [2.0, 2.667, 10.0, 128.0])
def test_what_was_lost_in_the_vowel_is_found(lost_ms: float, is_held: bool) -> None:
    found = dropouts(without(0.9, lost_ms, is_held), SECOND, ACTIVE_DBFS)
    assert found.n == 1
    assert found.lost_ms == pytest.approx(lost_ms, abs=0.2)
    assert found.gated_ms == 0


def test_every_piece_counts() -> None:
    take = without(0.7, 5)
    take[16_000:16_080] = 0
    found = dropouts(take, SECOND, ACTIVE_DBFS)
    assert found.n == 2
    assert found.lost_ms == pytest.approx(10, abs=0.3)


def test_less_than_a_millisecond_is_not_told_from_chance() -> None:
    assert dropouts(without(0.9, 0.9), SECOND, ACTIVE_DBFS) == NONE


def test_silence_put_into_the_room_was_gated() -> None:
    found = dropouts(without(1.5, 300), SECOND, ACTIVE_DBFS)
    assert found.n == 0
    assert found.gated_ms == pytest.approx(300, abs=0.2)


def test_silence_at_the_ends_is_no_fault() -> None:
    take = TAKE.copy()
    take[:3_000] = 0
    take[-3_000:] = 0
    assert dropouts(take, SECOND, ACTIVE_DBFS) == NONE


def test_a_room_too_quiet_for_its_bits_is_not_gated() -> None:
    line = noise(2 * SECOND, 0.12)  # in steps of a telephone line
    line[8_000:12_000] += vowel(0.25) * 4_096
    line = rounded(line / np.float32(4_096) * np.float32(1 / 8)) * np.float32(8)
    assert dropouts(line, SECOND, ACTIVE_DBFS) == NONE


def test_an_offset_is_no_sound_beside_silence() -> None:
    line = noise(2 * SECOND, 0.12) + np.float32(0.02 * 4_096)
    line[8_000:12_000] += vowel(0.25) * 4_096
    line = rounded(line / np.float32(4_096) * np.float32(1 / 8)) * np.float32(8)
    assert dropouts(line, SECOND, ACTIVE_DBFS) == NONE


def test_an_offset_of_the_word_alone_is_no_sound_beside_silence() -> None:
    take = np.zeros(2 * SECOND, np.float32)
    take[8_000:12_000] += rounded(vowel(0.25) + np.float32(0.2))
    take[2_000:4_000:40] = 1 / 32_768
    assert dropouts(take, SECOND, ACTIVE_DBFS) == NONE


def test_a_flat_top_was_not_lost() -> None:
    take = rounded(np.clip(8 * TAKE, -0.9, 0.9))
    assert dropouts(take, SECOND, ACTIVE_DBFS + 18).n == 0


def test_nothing_but_silence_lost_nothing() -> None:
    assert dropouts(np.zeros(SECOND, np.float32), SECOND, -120.0) == NONE
