"""Measures of takes whose measures are known, and what holds for every take."""

import dataclasses
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.audio.align import Alignment, Window, align
from speechapp.audio.decode import Recording
from speechapp.audio.measure import Measures, measure
from speechapp.audio.pcm import Waveform
from tests.audio.recordings import noise, tone
from tests.audio.voices import rounded, take_of, vowel

SECOND = 16_000
SPOKEN = take_of((0.7, vowel(0.5)), (1.2, vowel(0.2, -24, 150)))
LEVELS = ("peak_dbfs", "rms_dbfs", "active_dbfs", "noise_floor_dbfs", "offset_dbfs", "hum_dbfs")
RATIOS = (
    "activity",
    "snr_db",
    "hum_db",
    "bandwidth_hz",
    "voiced_ms",
    "word_ms",
    "lead_ms",
    "tail_ms",
    "longest_gap_ms",
)
COUNTS = ("n_clipped_samples", "clipped_run_samples", "n_dropouts", "dropout_ms", "gated_ms")


def measured(take: Waveform, start_samples: int = 0, rate_hz: int = SECOND) -> Measures:
    return measure(Recording(take, rate_hz, "wav"), take, window_at(start_samples))


def window_at(start_samples: int, word: Window | None = None) -> Alignment:
    return Alignment(Window(start_samples, SECOND), word, None, "word")


def assert_in_range(measures: Measures) -> None:
    values = dataclasses.asdict(measures)
    assert all(map(math.isfinite, values.values()))
    assert all(-120 <= values[name] <= 0 for name in LEVELS)
    assert all(0 <= values[name] <= 120 for name in ("snr_db", "hum_db"))
    assert all(0 <= values[name] <= measures.take_ms for name in RATIOS if name.endswith("_ms"))
    assert all(values[name] >= 0 for name in COUNTS)
    assert 0 <= measures.activity <= 1
    assert 0 <= measures.bandwidth_hz <= 8_000
    assert 0 <= measures.outside_ms <= measures.word_ms
    assert measures.rms_dbfs <= measures.peak_dbfs
    assert measures.clipped_run_samples <= measures.n_clipped_samples
    assert measures.dropout_ms + measures.gated_ms <= measures.take_ms


def test_digital_silence_measures_the_lowest_levels_and_nothing_else() -> None:
    silence = dataclasses.asdict(measured(np.zeros(SECOND, np.float32)))
    assert {silence[name] for name in LEVELS} == {-120.0}
    assert {silence[name] for name in (*COUNTS, "activity", "snr_db", "hum_db", "bandwidth_hz", "voiced_ms")} == {0}
    assert (silence["lead_ms"], silence["tail_ms"], silence["word_ms"]) == (1000, 1000, 0)


def test_a_word_is_measured_where_it_is() -> None:
    measures = measured(SPOKEN, start_samples=8_000)
    assert measures.lead_ms == pytest.approx(700, abs=30)
    assert measures.tail_ms == pytest.approx(600, abs=30)
    assert measures.word_ms == pytest.approx(700, abs=50)
    assert measures.voiced_ms == pytest.approx(650, abs=70)
    assert measures.longest_gap_ms <= 20
    assert measures.outside_ms == 0


def test_what_the_window_leaves_of_the_word_is_outside() -> None:
    assert measured(SPOKEN, start_samples=16_000).outside_ms == pytest.approx(300, abs=30)
    assert measured(SPOKEN, start_samples=32_000).outside_ms == measured(SPOKEN, start_samples=32_000).word_ms


def test_a_pause_between_two_words_is_measured() -> None:
    take = take_of((0.2, vowel(0.4)), (1.2, vowel(0.4)))
    assert measured(take).longest_gap_ms == pytest.approx(600, abs=60)


def test_the_noise_is_that_outside_the_word_that_was_found() -> None:
    take = take_of((0.7, vowel(0.5)))
    take[24_000:] += noise(8_000, 0.01)  # louder behind
    recording = Recording(take, SECOND, "wav")
    all_of_it = measure(recording, take, window_at(8_000, Window(11_000, 8_500)))
    without = measure(recording, take, window_at(8_000, Window(11_000, 21_000)))
    assert without.snr_db > all_of_it.snr_db + 10


def test_an_offset_is_not_taken_for_noise() -> None:
    offset = measured(SPOKEN + np.float32(0.02))
    assert offset.noise_floor_dbfs == pytest.approx(measured(SPOKEN).noise_floor_dbfs, abs=0.1)
    assert offset.snr_db == pytest.approx(measured(SPOKEN).snr_db, abs=0.1)
    assert offset.offset_dbfs == pytest.approx(-33.98, abs=0.1)


def test_clipping_is_counted_in_the_whole_take_at_its_own_rate() -> None:
    recording = Recording(np.ones(96_000, np.float32), 48_000, "wav")
    measures = measure(recording, np.zeros(32_000, np.float32), window_at(0))
    assert (measures.n_clipped_samples, measures.take_ms, measures.source_rate_hz) == (96_000, 2_000.0, 48_000)


def test_dropouts_are_found_in_the_recording_at_its_own_rate() -> None:
    recording = np.repeat(SPOKEN, 3)
    recording[48_000:48_128] = 0  # one block of a browser
    assert measure(Recording(recording, 48_000, "wav"), SPOKEN, window_at(0)).n_dropouts == 1


@pytest.mark.parametrize(("declared_samples", "missing_ms"), [(None, 0), (32_000, 0), (31_000, 0), (40_000, 500)])
def test_what_a_file_declares_and_has_not_is_missing(declared_samples: int | None, missing_ms: float) -> None:
    recording = Recording(SPOKEN, SECOND, "wav", declared_samples)
    assert measure(recording, SPOKEN, window_at(0)).missing_ms == missing_ms


def test_peak_and_rms_are_of_the_window_alone() -> None:
    take = np.concatenate((np.full(SECOND, 0.9), np.full(SECOND, 0.1))).astype(np.float32)
    measures = measured(take, start_samples=SECOND)
    assert measures.peak_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.rms_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.window_start_ms == 1_000.0


def test_padding_counts_into_the_rms_and_the_start_is_negative() -> None:
    measures = measured(np.full(4_000, 0.2, np.float32), start_samples=-6_000)
    assert measures.rms_dbfs == pytest.approx(-20, abs=0.01)
    assert measures.window_start_ms == -375.0


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_samples=st.integers(1_600, 40_000),
    amplitude=st.floats(0, 3),
    voice_dbfs=st.floats(-100, 0),
    start_samples=st.integers(-16_000, 40_000),
)
def test_every_number_is_finite_and_in_its_range(
    seed: int, n_samples: int, amplitude: float, voice_dbfs: float, start_samples: int
) -> None:
    take = noise(n_samples, amplitude, seed) + vowel(n_samples / SECOND, voice_dbfs, 80 + seed % 300)
    assert_in_range(measured(rounded(np.clip(take, -1, 1)), start_samples))


IMPULSE = np.zeros(32_000, np.float32)
IMPULSE[20_000] = 1


@pytest.mark.parametrize(
    "take",
    [
        np.zeros(1_600, np.float32),
        np.zeros(160_000, np.float32),
        np.ones(32_000, np.float32),
        np.full(32_000, -1, np.float32),
        np.full(32_000, 1e-30, np.float32),
        np.full(32_000, 1e-7, np.float32),
        IMPULSE,
        -IMPULSE,
        np.tile(np.array([1, -1], np.float32), 16_000),
        noise(1_600, 0.1),
        vowel(0.1),
        noise(159, 0.1),
        tone(50, SECOND, 10.0, 1.0),
    ],
    ids=lambda take: f"{len(take)} samples, mean {np.mean(take):g}",
)
def test_odd_takes_have_measures_in_range(take: Waveform) -> None:
    assert_in_range(measured(take))


@settings(max_examples=30)
@given(gain_db=st.floats(-20, 5))
def test_a_gain_shifts_the_levels_exactly_and_nothing_else(gain_db: float) -> None:
    take = SPOKEN + tone(50, SECOND, 2.0, 0.002) + np.float32(0.001)
    plain = dataclasses.asdict(measured(take))
    louder = dataclasses.asdict(measured(take * np.float32(10 ** (gain_db / 20))))
    assert [louder[name] for name in LEVELS] == pytest.approx([plain[name] + gain_db for name in LEVELS], abs=1e-3)
    assert [louder[name] for name in (*RATIOS, *COUNTS)] == pytest.approx(
        [plain[name] for name in (*RATIOS, *COUNTS)], rel=1e-5, abs=1e-3
    )


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), rail=st.floats(0.05, 1), start=st.integers(0, 30_000))
def test_the_polarity_changes_nothing(seed: int, rail: float, start: int) -> None:
    take = np.clip(SPOKEN + noise(32_000, 0.001, seed), -rail, rail * 0.7)
    take[start : start + 50] = 0
    upright, turned = dataclasses.asdict(measured(take)), dataclasses.asdict(measured(-take))
    assert list(turned.values()) == pytest.approx(list(upright.values()), rel=1e-9)


def test_measuring_again_gives_the_same() -> None:
    recording, alignment = Recording(SPOKEN, SECOND, "wav"), align(SPOKEN, "loudest")
    assert measure(recording, SPOKEN, alignment) == measure(recording, SPOKEN, alignment)


@pytest.mark.slow
def test_ten_minutes_take_no_more_than_six_times_their_own_memory() -> None:
    take = np.tile(take_of((0.7, vowel(0.5)), duration_s=6.0), 100)
    tracemalloc.start()
    measures = measured(take)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert measures.take_ms == 600_000
    assert peak_bytes <= 6 * take.nbytes
