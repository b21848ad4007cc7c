"""Faults planted into real takes, each at graded strengths; some begin where it is no fault yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import soxr

from bench.quality.recordings import Recordings, Take
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import FULL_SCALE, Waveform, to_pcm

FADE_S = 0.005
LEAD_S, TAIL_S = 0.4, 0.4
ROOM_DB = 45.0  # under the word: what fills the pauses that are put in
HUM_HARMONICS = (0.8, 0.5, 0.33, 0.2)
ROOM_DBFS = -65.0
BESIDE_S = 0.005
SOUND_DB = 20.0
N_TRIES = 100


@dataclass(frozen=True, eq=False)
class Scene:
    """What a plant may draw from, and the dice."""

    recordings: Recordings
    takes: Sequence[Take]
    dice: np.random.Generator


Plant = Callable[[Take, float, Scene], Take]


@dataclass(frozen=True)
class Planted:
    """One fault as it is planted: `code` of FAULTS, what the strengths measure, and they, from weak to strong."""

    code: str
    how: str
    axis: str
    unit: str
    strengths: tuple[float, ...]
    plant: Plant


def changed(take: Take, waveform: Waveform, sample_rate_hz: int | None = None) -> Take:
    """The same take with another sound, rounded to 16 bits as a recorder does."""
    rounded = (to_pcm(waveform.astype(np.float32)) / np.float32(FULL_SCALE)).astype(np.float32)
    return replace(take, waveform=rounded, sample_rate_hz=sample_rate_hz or take.sample_rate_hz)


def silent(take: Take, level_dbfs: float, scene: Scene) -> Take:
    """A room in which nobody speaks, and a key that is pressed."""
    room = _piece(scene, len(take.waveform) * SAMPLE_RATE_HZ // take.sample_rate_hz)
    room = room * np.float32(10 ** (level_dbfs / 20) / _rms(room))
    click = scene.recordings.clicks[scene.dice.integers(len(scene.recordings.clicks))][: len(room) // 2]
    start = scene.dice.integers(len(room) - len(click))
    room[start : start + len(click)] += click * np.float32(0.2 / max(np.abs(click).max(), 1e-6))
    return changed(take, room, SAMPLE_RATE_HZ)


def truncated(take: Take, missing_ms: float, _: Scene) -> Take:
    return replace(take, missing_ms=missing_ms)


def clipped_low(take: Take, over_db: float, scene: Scene) -> Take:
    driven = take.waveform * np.float32(10 ** (over_db / 20) / np.abs(take.waveform).max())
    return changed(take, np.clip(driven, -1, 1) * np.float32(scene.dice.uniform(0.1, 0.9)))


def clipped_full(take: Take, over_db: float, _: Scene) -> Take:
    return changed(take, take.waveform * np.float32(10 ** (over_db / 20) / np.abs(take.waveform).max()))


def zeros(take: Take, lost_ms: float, scene: Scene) -> Take:
    return _lost(take, lost_ms, scene, is_held=False)


def held(take: Take, lost_ms: float, scene: Scene) -> Take:
    return _lost(take, lost_ms, scene, is_held=True)


def _lost(take: Take, lost_ms: float, scene: Scene, is_held: bool) -> Take:
    """Lose one piece of the word."""
    start, stop = _word(take)
    n_lost = max(round(lost_ms * take.sample_rate_hz / 1000), 1)
    place = _place_in_sound(take, start, max(stop - n_lost, start + 1), n_lost, scene)
    waveform = take.waveform.copy()
    waveform[place : place + n_lost] = waveform[place] if is_held else 0
    return changed(take, waveform)


def _place_in_sound(take: Take, first: int, last: int, n_lost: int, scene: Scene) -> int:
    """Choose a place that is not in a stop: what is lost in silence is no loss."""
    n_beside = round(BESIDE_S * take.sample_rate_hz)
    least = _rms(_spoken(take)) / 10 ** (SOUND_DB / 20)
    for _ in range(N_TRIES):
        place = int(scene.dice.integers(first, last))
        before, behind = take.waveform[place - n_beside : place], take.waveform[place + n_lost :][:n_beside]
        if min(_rms(before), _rms(behind)) >= least:
            break
    return place


def cut_off_start(take: Take, lost_ms: float, _: Scene) -> Take:
    start = _word(take)[0]
    return changed(take, take.waveform[start + round(lost_ms * take.sample_rate_hz / 1000) :])


def cut_off_end(take: Take, lost_ms: float, _: Scene) -> Take:
    stop = _word(take)[1]
    return changed(take, take.waveform[: stop - round(lost_ms * take.sample_rate_hz / 1000)])


def two_words(take: Take, pause_ms: float, scene: Scene) -> Take:
    """Another word of the same collection behind this one, as loud."""
    first, second = _spoken(take), _another(take, scene)
    second = second * np.float32(_rms(first) / _rms(second))
    pause = np.zeros(round(pause_ms * take.sample_rate_hz / 1000), np.float32)
    return _in_a_room(take, np.concatenate((first, pause, second)), scene)


def too_long(take: Take, word_ms: float, scene: Scene) -> Take:
    """Words said without a pause until they are as long as asked for."""
    n_samples = round(word_ms * take.sample_rate_hz / 1000)
    said = _spoken(take)
    while len(said) < n_samples:
        other = _another(take, scene)
        said = np.concatenate((said, other * np.float32(_rms(said) / _rms(other))))
    return _in_a_room(take, faded(said[:n_samples].copy(), take.sample_rate_hz), scene)


def too_quiet(take: Take, peak_dbfs: float, _: Scene) -> Take:
    start, stop = _word(take)
    peak = np.abs(take.waveform[start:stop]).max()
    return changed(take, take.waveform * np.float32(10 ** (peak_dbfs / 20) / peak))


def too_noisy(take: Take, snr_db: float, scene: Scene) -> Take:
    start, stop = _word(take)
    n_samples = len(take.waveform) * SAMPLE_RATE_HZ // take.sample_rate_hz + 1
    noise = soxr.resample(_piece(scene, n_samples), SAMPLE_RATE_HZ, take.sample_rate_hz)[: len(take.waveform)]
    noise = noise * np.float32(_rms(take.waveform[start:stop]) / 10 ** (snr_db / 20) / _rms(noise))
    mixed = take.waveform.copy()
    mixed[: len(noise)] += noise
    return changed(take, mixed * np.float32(min(1.0, 0.99 / np.abs(mixed).max())))


def gated(take: Take, gated_ms: float, scene: Scene) -> Take:
    """Silence the pause behind the word for so long, in a room that is heard."""
    stop = _word(take)[1]
    n_gated = min(round(gated_ms * take.sample_rate_hz / 1000), len(take.waveform) - stop - take.sample_rate_hz // 50)
    noise = scene.dice.standard_normal(len(take.waveform)) * 10 ** (ROOM_DBFS / 20)
    waveform = take.waveform + noise.astype(np.float32)
    waveform[stop : stop + max(n_gated, 0)] = 0
    return changed(take, waveform)


def narrow_band(take: Take, edge_hz: float, _: Scene) -> Take:
    """Nothing above an edge: resampled down and up again, at the rate of a browser."""
    rate_hz = 2 * edge_hz
    low = soxr.resample(take.waveform, take.sample_rate_hz, rate_hz)
    return changed(take, soxr.resample(low, rate_hz, 48_000), 48_000)


def hum(take: Take, under_db: float, scene: Scene) -> Take:
    """Mains of 50 or 60 Hz with three harmonics, so far under the word."""
    start, stop = _word(take)
    t = np.arange(len(take.waveform)) / take.sample_rate_hz
    mains_hz = scene.dice.choice([50, 60]) + scene.dice.uniform(-0.1, 0.1)
    phases = scene.dice.uniform(0, 2 * np.pi, len(HUM_HARMONICS))
    lines = [
        amplitude * np.sin(2 * np.pi * mains_hz * (order + 1) * t + phase)
        for order, (amplitude, phase) in enumerate(zip(HUM_HARMONICS, phases, strict=True))
    ]
    humming = np.sum(lines, axis=0)
    scale = _rms(take.waveform[start:stop]) * 10 ** (-under_db / 20) / np.sqrt(np.mean(humming**2))
    return changed(take, take.waveform + (scale * humming).astype(np.float32))


def offset(take: Take, percent: float, scene: Scene) -> Take:
    room = take.waveform * np.float32(min(1.0, (0.99 - percent / 100) / np.abs(take.waveform).max()))
    return changed(take, room + np.float32(scene.dice.choice([-1, 1]) * percent / 100))


def faded(word: Waveform, sample_rate_hz: int) -> Waveform:
    n_samples = min(round(FADE_S * sample_rate_hz), len(word) // 2)
    fade = np.linspace(0, 1, n_samples, dtype=np.float32)
    word[:n_samples] *= fade
    word[-n_samples:] *= fade[::-1]
    return word


PLANTED = (
    Planted("silent", "a room and a key", "level", "dBFS", (-60, -45, -30, -20), silent),
    Planted("truncated", "declared, not there", "missing", "ms", (5, 20, 100, 500), truncated),
    Planted("clipped", "at full scale", "overdriven by", "dB", (0.5, 1, 3, 6, 12), clipped_full),
    Planted("clipped", "turned down afterwards", "overdriven by", "dB", (0.5, 1, 3, 6, 12), clipped_low),
    Planted("dropouts", "one piece of zeros", "length", "ms", (1, 2, 5, 10, 20), zeros),
    Planted("dropouts", "one sample held", "length", "ms", (1, 2, 5, 10, 20), held),
    Planted("cut_off_start", "", "lost of the word", "ms", (-40, 0, 20, 50, 100, 200), cut_off_start),
    Planted("cut_off_end", "", "lost of the word", "ms", (-40, 0, 20, 50, 100, 200), cut_off_end),
    Planted("two_words", "", "pause between them", "ms", (100, 200, 300, 500, 800), two_words),
    Planted("too_long", "", "length", "ms", (900, 1000, 1100, 1200, 1500), too_long),
    Planted("too_quiet", "", "peak", "dBFS", (-30, -36, -42, -48, -54), too_quiet),
    Planted("too_noisy", "real noise", "SNR", "dB", (20, 15, 10, 5, 0), too_noisy),
    Planted("gated", "zeros behind the word", "length", "ms", (20, 50, 100, 200), gated),
    Planted("narrow_band", "", "nothing above", "Hz", (6_000, 5_000, 4_000, 3_000), narrow_band),
    Planted("hum", "50 or 60 Hz", "under the word", "dB", (50, 40, 30, 20), hum),
    Planted("offset", "", "of full scale", "%", (0.5, 1, 2, 5, 10), offset),
)


def _word(take: Take) -> tuple[int, int]:
    assert take.word_s is not None
    start, stop = (round(edge_s * take.sample_rate_hz) for edge_s in take.word_s)
    return max(start, 0), min(stop, len(take.waveform))


def _spoken(take: Take) -> Waveform:
    start, stop = _word(take)
    return faded(take.waveform[start:stop].copy(), take.sample_rate_hz)


def _another(take: Take, scene: Scene) -> Waveform:
    """Another word of the same collection, at the rate of this take."""
    others = [other for other in scene.takes if other.source == take.source]
    other = others[scene.dice.integers(len(others))]
    return np.asarray(soxr.resample(_spoken(other), other.sample_rate_hz, take.sample_rate_hz), np.float32)


def _in_a_room(take: Take, said: Waveform, scene: Scene) -> Take:
    """Put what is said into faint noise, with room on both sides."""
    before, behind = (np.zeros(round(time_s * take.sample_rate_hz), np.float32) for time_s in (LEAD_S, TAIL_S))
    waveform = np.concatenate((before, said, behind))
    noise = scene.dice.standard_normal(len(waveform)) * _rms(said) * 10 ** (-ROOM_DB / 20)
    return changed(take, waveform + noise.astype(np.float32))


def _piece(scene: Scene, n_samples: int) -> Waveform:
    room = scene.recordings.rooms[scene.dice.integers(len(scene.recordings.rooms))]
    start = int(scene.dice.integers(len(room) - n_samples))
    return room[start : start + n_samples].copy()


def _rms(waveform: Waveform) -> float:
    return float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) + 1e-9
