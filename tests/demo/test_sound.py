"""The sound of a take: as long, as noisy and as flawed as planned, and processed as it should be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speechapp.audio.clip import process
from speechapp.audio.format import read_wav
from speechapp.audio.room import process_room
from speechapp.demo.plan import COLOURS, Colour, Flaw, Room, Take, Voice, plan_volunteers
from speechapp.demo.sound import ESPEAK_RATE_HZ, record, record_room, require_espeak, room_noise, speak
from speechapp.errors import ConfigError, Unusable

pytestmark = pytest.mark.usefixtures("espeak")

VOICE = Voice("en-us+f3", pitch=50, words_per_minute=150)
GOOD = Take(0, VOICE, Room("pink", -55.0), 500, 700, -24.0, flaw=None, waits_for_review=False, noise_seed=1)


def take_with(flaw: Flaw) -> Take:
    """The first take of a plan that has this flaw."""
    return next(take for volunteer in plan_volunteers(2, 6, seed=1) for take in volunteer.takes if take.flaw == flaw)


def waveform(wav: bytes) -> NDArray[np.float64]:
    return np.frombuffer(read_wav(wav).pcm, "<i2") / 32768


def rms_dbfs(part: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(part**2))))


def test_a_take_is_as_long_as_its_lead_its_word_and_its_tail() -> None:
    spoken_s = speak(VOICE, "marvin").duration_seconds
    wav = read_wav(record(GOOD, "marvin"))
    assert (wav.sample_rate_hz, wav.n_channels) == (ESPEAK_RATE_HZ, 1)
    assert len(wav.pcm) / 2 / ESPEAK_RATE_HZ == pytest.approx(0.5 + spoken_s + 0.7, abs=0.002)


def test_the_noise_before_the_word_has_the_level_of_the_room() -> None:
    lead = waveform(record(GOOD, "marvin"))[: ESPEAK_RATE_HZ // 2]
    assert rms_dbfs(lead) == pytest.approx(-55.0, abs=1.5)


def test_the_word_has_the_level_of_the_plan() -> None:
    spoken = waveform(record(GOOD, "marvin"))[ESPEAK_RATE_HZ // 2 : -ESPEAK_RATE_HZ * 7 // 10]
    assert rms_dbfs(spoken) == pytest.approx(-24.0, abs=0.5)


def test_the_same_take_gives_the_same_bytes() -> None:
    assert record(GOOD, "yes") == record(GOOD, "yes")


def test_another_voice_gives_another_sound() -> None:
    assert record(GOOD, "yes") != record(replace(GOOD, voice=Voice("en-gb+m2", 50, 150)), "yes")


@pytest.mark.parametrize(("colour", "fall_db"), [("white", 0.0), ("pink", -3.0), ("brown", -6.0)])
def test_noise_falls_by_its_colour_per_octave(colour: Colour, fall_db: float) -> None:
    noise = np.array(room_noise(Room(colour, -30.0), 10 * ESPEAK_RATE_HZ, seed=3).get_array_of_samples(), np.float64)
    power = np.abs(np.fft.rfft(noise)) ** 2
    low, high = power[5_000:10_000].mean(), power[10_000:20_000].mean()  # 500 to 1,000 Hz, 1,000 to 2,000 Hz
    assert 10 * np.log10(high / low) == pytest.approx(fall_db, abs=0.6)


def test_a_good_take_becomes_a_clean_clip() -> None:
    measures = process(record(GOOD, "seven")).measures
    assert measures.snr_db > 25
    assert measures.n_clipped_samples == 0


def test_a_silent_take_is_unusable_because_it_is_silent() -> None:
    with pytest.raises(Unusable) as refused:
        process(record(take_with("silent"), "seven"))
    assert refused.value.code == "silent"


def test_a_clipped_take_clips() -> None:
    assert process(record(take_with("clipped"), "seven")).measures.n_clipped_samples > 100


def test_a_quiet_take_is_quiet() -> None:
    assert process(record(take_with("quiet"), "seven")).measures.peak_dbfs < -35


def test_a_noisy_take_drowns_in_noise() -> None:
    assert "too_noisy" in process(record(take_with("noisy"), "seven")).faults


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("level_dbfs", [-72.0, -44.0])
def test_the_noise_of_every_room_can_be_given(colour: Colour, level_dbfs: float) -> None:
    room = process_room(record_room(Room(colour, level_dbfs)))
    assert (room.measures.seconds, room.faults) == (5, ())


def test_a_cut_off_take_begins_within_its_word() -> None:
    take = take_with("cut_off")
    beginning = waveform(record(take, "seven"))[: ESPEAK_RATE_HZ // 20]
    assert rms_dbfs(beginning) > take.room.level_dbfs + 10


def test_a_voice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="xx-none"):
        speak(Voice("xx-none", 50, 150), "yes")


def test_a_missing_espeak_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="apt install espeak-ng"):
        require_espeak()
