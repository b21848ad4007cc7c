"""The noise of a room: what is steady passes, what holds a voice or was never heard does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speechapp.audio.decode import decode
from speechapp.audio.format import SAMPLE_RATE_HZ, read_wav
from speechapp.audio.pcm import Waveform
from speechapp.audio.resample import resample
from speechapp.audio.room import LIMITS, RoomMeasures, faults, measure_room, process_room
from speechapp.errors import Unusable
from tests import sounds

N_SAMPLES = 5 * SAMPLE_RATE_HZ
RATES_HZ = (16_000, 44_100, 48_000)
GOOD = RoomMeasures(5, 48_000, -50.0, -38.0, 4.0, 0.0, 0.0)
TIME_S = np.arange(N_SAMPLES) / SAMPLE_RATE_HZ


def noise(dbfs: float = -50.0, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0.0, 10 ** (dbfs / 20), N_SAMPLES)


def voice(start_s: float, seconds: float, dbfs: float) -> NDArray[np.float64]:
    """Harmonics of 140 Hz that swell and fade."""
    inside = (start_s <= TIME_S) & (start_s + seconds > TIME_S)
    swell = np.where(inside, np.sin(np.pi * (TIME_S - start_s) / seconds) ** 2, 0.0)
    tones = sum((np.sin(2 * np.pi * 140 * n * TIME_S) for n in (1, 2, 3, 5, 8)), np.zeros(N_SAMPLES))
    return np.asarray(10 ** (dbfs / 20) * swell * tones)


def faults_of(waveform: NDArray[np.float64]) -> tuple[str, ...]:
    return faults(measure_room(waveform.astype(np.float32)))


@pytest.mark.parametrize("dbfs", [-80.0, -60.0, -40.0, -20.0])
def test_steady_noise_of_any_level_has_no_fault(dbfs: float) -> None:
    assert faults_of(noise(dbfs)) == ()


@pytest.mark.parametrize("hum_hz", [50, 60, 100, 120, 150, 300])
def test_a_steady_hum_is_no_voice(hum_hz: int) -> None:
    assert faults_of(noise() + 0.05 * np.sin(2 * np.pi * hum_hz * TIME_S)) == ()


def test_a_tap_on_the_table_is_no_voice() -> None:
    tap = np.zeros(N_SAMPLES)
    tap[20_000:20_080] = np.random.default_rng(1).normal(0.0, 0.02, 80)
    assert "voice" not in faults_of(noise() + tap)


@pytest.mark.parametrize("start_s", [0.1, 2.3, 4.5])
@pytest.mark.parametrize("above_db", [10, 20, 40])
def test_a_voice_is_found_wherever_it_sounds(start_s: float, above_db: int) -> None:
    assert "voice" in faults_of(noise(-60.0) + voice(start_s, 0.4, -60.0 + above_db))


def test_a_voice_that_speaks_all_the_time_is_found_by_its_pauses() -> None:
    words = sum((voice(start, 0.6, -25.0) for start in (0.0, 0.8, 1.6, 2.4, 3.2, 4.0)), noise())
    assert "voice" in faults_of(words)


def test_what_begins_to_roar_half_way_is_not_steady() -> None:
    assert faults_of(noise(-70.0) * np.where(TIME_S < 3, 1.0, 30.0)) == ("unsteady",)


@pytest.mark.parametrize("waveform", [np.zeros(N_SAMPLES), np.full(N_SAMPLES, 0.25)], ids=["zero", "offset"])
def test_what_no_microphone_heard_is_silent(waveform: NDArray[np.float64]) -> None:
    assert "silent" in faults_of(waveform)


def test_a_gap_of_digital_silence_betrays_a_noise_gate() -> None:
    gated = np.where((TIME_S > 1) & (TIME_S < 1.1), 0.0, noise())
    assert "silent" in faults_of(gated)
    assert measure_room(gated.astype(np.float32)).silent_ms == pytest.approx(100.0, abs=0.2)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"seconds": LIMITS.shortest_s}, ()),
        ({"seconds": LIMITS.shortest_s - 1}, ("too_short",)),
        ({"level_dbfs": LIMITS.quietest_dbfs}, ()),
        ({"level_dbfs": LIMITS.quietest_dbfs - 0.1}, ("silent",)),
        ({"silent_ms": LIMITS.silent_ms + 0.1}, ("silent",)),
        ({"voiced_ms": LIMITS.voiced_ms - 10}, ()),
        ({"voiced_ms": LIMITS.voiced_ms, "swell_db": LIMITS.swell_db + 0.1}, ("voice", "unsteady")),
        ({"swell_db": LIMITS.swell_db}, ()),
    ],
)
def test_each_limit_holds_on_its_own_side(changed: dict[str, float], found: tuple[str, ...]) -> None:
    assert faults(replace(GOOD, **changed)) == found  # type: ignore[arg-type]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_noise_becomes_whole_seconds_at_its_own_level(rate_hz: int) -> None:
    sound = process_room(sounds.room_noise(seconds=5.3, dbfs=-50.0, rate_hz=rate_hz))
    wav = read_wav(sound.wav)
    assert (wav.sample_rate_hz, wav.n_channels, len(wav.pcm)) == (SAMPLE_RATE_HZ, 1, 2 * N_SAMPLES)
    assert (sound.measures.seconds, sound.measures.source_rate_hz, sound.faults) == (5, rate_hz, ())
    lost_db = 10 * np.log10(rate_hz / SAMPLE_RATE_HZ)  # white noise above 8 kHz is gone
    assert sound.measures.level_dbfs == pytest.approx(-50.0 - lost_db, abs=0.3)


def test_an_offset_is_taken_out_and_nothing_else() -> None:
    heard = np.round(noise() * 32768)
    plain, shifted = (process_room(sounds.wav((heard + shift) / 32767, SAMPLE_RATE_HZ)) for shift in (0, 900))
    assert np.abs(samples(plain.wav) - heard).max() <= 1
    assert np.abs(samples(shifted.wav) - heard).max() <= 1


def test_the_same_bytes_give_the_same_bytes() -> None:
    raw = sounds.room_noise()
    assert process_room(raw) == process_room(raw)


def test_nothing_at_all_is_too_short_and_not_a_crash() -> None:
    assert "too_short" in process_room(sounds.room_noise(seconds=0.4)).faults


@pytest.mark.parametrize(("raw", "code"), [(b"", "empty"), (b"RIFF\0\0\0\0WAVE and nothing else", "undecodable")])
def test_what_is_no_recording_is_unusable(raw: bytes, code: str) -> None:
    with pytest.raises(Unusable) as refused:
        process_room(raw)
    assert refused.value.code == code


@pytest.mark.real_speech
def test_machines_pass_and_spoken_words_do_not(real_speech: Path) -> None:
    tap = recorded(real_speech / "noise" / "gsc_running_tap.flac")
    bike = recorded(real_speech / "noise" / "gsc_exercise_bike.flac")
    pieces = [whole[start : start + N_SAMPLES] for whole in (tap, bike) for start in range(0, 45 * 16_000, N_SAMPLES)]
    assert {faults(measure_room(piece)) for piece in pieces} == {()}
    spoken = sorted((real_speech / "picovoice").rglob("*.flac"))[:30]
    assert len(spoken) == 30
    assert all(faults(measure_room(whole_seconds(recorded(path)))) for path in spoken)


def recorded(path: Path) -> Waveform:
    recording = decode(path.read_bytes(), longest_ms=None)
    return resample(recording.waveform, recording.sample_rate_hz)


def whole_seconds(waveform: Waveform) -> Waveform:
    return waveform[: len(waveform) // SAMPLE_RATE_HZ * SAMPLE_RATE_HZ]


def samples(wav: bytes) -> NDArray[np.int64]:
    return np.frombuffer(wav[44:], "<i2").astype(np.int64)
