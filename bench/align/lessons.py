"""Takes to learn from: real and spoken words whose extent is known, in rooms, noise and clatter of every kind.

labelled  telephone clips in which people marked the word, cut at random
clean     words of other collections, where nothing else is in the clip and so their level tells where they lie
spoken    words by espeak-ng in seven languages
"""

import io
import subprocess
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.align import data
from bench.recorder_words import Row, source_of
from speechapp.audio.align import Window
from speechapp.audio.band_levels import FRAME_SAMPLES, Features, band_levels
from speechapp.audio.decode import decode
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import FULL_SCALE, Waveform, from_pcm, to_pcm
from speechapp.audio.resample import resample
from speechapp.training.noise import synthetic_noise

CLEAN_SOURCES = ("picovoice", "precise", "arabic", "gsc")
SHARE_LABELLED = 0.65
SHARE_IN_ITS_ROOM = 0.6  # of the labelled words; the others are cut out and put into noise
VOICES = ("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+croak")
N_SPOKEN_OF_WORD = 7
# Where people mark a word whose level rises and falls: chosen on the labelled clips, for clean words of others.
ONSET_DB, OFFSET_DB, CLEAN_DB = 29, 35, 42
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


@dataclass(frozen=True, eq=False)
class Source:
    """A sound with one word in it; `is_clip` where it has a room of its own around the word."""

    kind: str
    waveform: Waveform
    word: Window
    is_clip: bool


@dataclass(frozen=True, eq=False)
class Lesson:
    """`features` of a take, float16; the word's edges in frames."""

    features: Features
    begin: float
    end: float


def lessons(part: str, n_lessons: int, seed: int) -> Iterator[Lesson]:
    """Make takes of the labelled words of `part` and of all others; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    around = data.surroundings(part)
    labelled = [data.labelled(row) for row in data.labelled_rows(part)]
    own = [Source("labelled", clip.waveform, clip.word, is_clip=True) for clip in labelled]
    kinds = list(by_kind(other_sources()).values())
    for _ in range(n_lessons):
        if rng.random() < SHARE_LABELLED:
            source = faster_or_slower(own[rng.integers(len(own))], rng)
            is_at_home = rng.random() < SHARE_IN_ITS_ROOM
        else:
            sources = kinds[rng.integers(len(kinds))]
            source = over_a_telephone(sources[rng.integers(len(sources))], rng)
            is_at_home = source.is_clip and rng.random() < 0.4
        take, word = in_its_room(source, around, rng) if is_at_home else in_noise(source, around, rng)
        yield lesson(take, word)


def lesson(take: Waveform, word: Window) -> Lesson:
    heard = band_levels(take)
    edges = [(edge - heard.start_samples) / FRAME_SAMPLES for edge in (word.start_samples, word.stop_samples)]
    return Lesson(heard.features.astype(np.float16), *edges)


def in_its_room(source: Source, around: data.Surroundings, rng: np.random.Generator) -> tuple[Waveform, Window]:
    """Cut at random on both sides, now and then with noise added."""
    n_samples, word = len(source.waveform), source.word
    start, stop = 0, n_samples
    for _ in range(200):
        first, last = int(rng.uniform(0, word.start_samples)), int(rng.uniform(word.stop_samples, n_samples))
        if 1.05 * SAMPLE_RATE_HZ <= last - first <= 5 * SAMPLE_RATE_HZ:
            start, stop = first, last
            break
    take = source.waveform[start:stop].copy()
    moved = Window(word.start_samples - start, word.n_samples)
    if rng.random() < 0.35:
        take = take + noise_beside(active_rms(source), len(take), rng.uniform(5, 45), around, rng)
    return recorded(take, 10 ** rng.uniform(-1.0, 0.3)), moved


def in_noise(source: Source, around: data.Surroundings, rng: np.random.Generator) -> tuple[Waveform, Window]:
    """The word cut out, a little beyond its edges, at any place in 1.2 to 3.3 s of noise, with what can go wrong."""
    start = max(0, source.word.start_samples - int(rng.uniform(0, 0.04) * SAMPLE_RATE_HZ))
    stop = min(len(source.waveform), source.word.stop_samples + int(rng.uniform(0, 0.04) * SAMPLE_RATE_HZ))
    spoken = faded(source.waveform[start:stop])
    n_samples = max(int(rng.uniform(1.2, 3.3) * SAMPLE_RATE_HZ), len(spoken) + 800)
    onset = int(rng.integers(0, n_samples - len(spoken) + 1))
    take = noise_beside(active_rms(source), n_samples, rng.uniform(-2, 40), around, rng)
    take[onset : onset + len(spoken)] += spoken
    word = Window(onset + source.word.start_samples - start, source.word.n_samples)
    take = with_accidents(take, word, active_rms(source), around, rng)
    return recorded(take / max(float(np.abs(take).max()), 1e-6), 10 ** rng.uniform(-1.6, 0.2)), word


def with_accidents(
    take: Waveform, word: Window, rms: float, around: data.Surroundings, rng: np.random.Generator
) -> Waveform:
    """Clicks beside the word, an offset, hum, an echoing room: each now and then."""
    n_samples, time_s = len(take), np.arange(len(take)) / SAMPLE_RATE_HZ
    peak = float(np.abs(take[word.start_samples : word.stop_samples]).max())
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 4))):
            click = around.clicks[rng.integers(len(around.clicks))][: n_samples // 2]
            start = int(rng.integers(0, n_samples - len(click) + 1))
            loudest = start + int(np.argmax(np.abs(click)))
            if not word.start_samples - 800 < loudest < word.stop_samples + 800:
                take[start : start + len(click)] += click * np.float32(peak * rng.uniform(0.4, 2))
    if rng.random() < 0.1:
        take = take + np.float32(rng.uniform(-0.05, 0.05))
    if rng.random() < 0.1:
        hum = np.sin(2 * np.pi * rng.choice([50, 60, 100, 120]) * time_s + rng.uniform(0, 6))
        take = take + rms * rng.uniform(0.03, 0.5) * hum
    if rng.random() < 0.1:
        room = rng.standard_normal(4000) * np.exp(-np.arange(4000) / rng.uniform(150, 800))
        room[0] = rng.uniform(4, 20)
        n_fft = n_samples + len(room)
        echoing = np.fft.rfft(take, n_fft) * np.fft.rfft(room / np.linalg.norm(room), n_fft)
        take = np.fft.irfft(echoing, n_fft)[:n_samples].astype(np.float32)
    return take.astype(np.float32)


def noise_beside(
    rms: float, n_samples: int, snr_db: float, around: data.Surroundings, rng: np.random.Generator
) -> Waveform:
    if rng.random() < 0.6:
        noise = data.bed_of(around.noises, n_samples, rng)
    else:
        noise = synthetic_noise(n_samples, rng).astype(np.float32)
    gain = rms / np.sqrt(data.mean_square(noise) + 1e-18) * 10 ** (-snr_db / 20)
    return noise * np.float32(gain)


def faster_or_slower(source: Source, rng: np.random.Generator) -> Source:
    """Half of them are played 15 % slower to 18 % faster: other voices, other lengths."""
    speed = rng.uniform(0.85, 1.18)
    if rng.random() < 0.5:
        return source
    places = np.arange(int(len(source.waveform) / speed)) * speed
    waveform = np.interp(places, np.arange(len(source.waveform)), source.waveform).astype(np.float32)
    word = Window(round(source.word.start_samples / speed), round(source.word.n_samples / speed))
    return Source(source.kind, waveform, word, source.is_clip)


def over_a_telephone(source: Source, rng: np.random.Generator) -> Source:
    """Three in ten lose what lies above 4 kHz."""
    if rng.random() >= 0.3:
        return source
    return Source(source.kind, band_limited(source.waveform), source.word, source.is_clip)


def band_limited(waveform: Waveform) -> Waveform:
    spectrum = np.fft.rfft(waveform)
    spectrum[np.fft.rfftfreq(len(waveform), 1 / SAMPLE_RATE_HZ) > 3_900] = 0
    return np.fft.irfft(spectrum, len(waveform)).astype(np.float32)


def active_rms(source: Source) -> float:
    spoken = source.waveform[source.word.start_samples : source.word.stop_samples]
    return float(np.sqrt(data.mean_square(spoken)) + 1e-9)


def faded(spoken: Waveform) -> Waveform:
    ramp = np.linspace(0, 1, 48, dtype=np.float32)
    spoken = spoken.copy()
    spoken[:48] *= ramp
    spoken[-48:] *= ramp[::-1]
    return spoken


def recorded(take: Waveform, gain: float) -> Waveform:
    """As 16 bits keep it, clipped where it is too loud."""
    return (to_pcm((take * gain).astype(np.float32)) / np.float32(FULL_SCALE)).astype(np.float32)


def by_kind(sources: Sequence[Source]) -> dict[str, list[Source]]:
    kinds: dict[str, list[Source]] = {}
    for source in sources:
        kinds.setdefault(source.kind, []).append(source)
    return kinds


@cache
def other_sources() -> tuple[Source, ...]:
    return (*clean_sources(), *tight_sources(), *spoken_sources())


def clean_sources() -> Iterator[Source]:
    for row in data.all_rows():
        if source_of(row) in CLEAN_SOURCES:
            waveform = read(row)
            word = clean_word(waveform)
            is_whole = word and word.start_samples > 480 and word.stop_samples < len(waveform) - 480
            if word and is_whole and 0.25 < word.n_samples / SAMPLE_RATE_HZ < 1.1:
                yield Source(source_of(row), waveform, word, is_clip=True)


def tight_sources() -> Iterator[Source]:
    """Digits that were trimmed by their collectors."""
    for row in data.all_rows():
        if source_of(row) == "fsdd" and float(row["seconds"]) <= 1.0:
            waveform = read(row)
            yield Source("fsdd", waveform, Window(0, len(waveform)), is_clip=False)


def spoken_sources() -> Iterator[Source]:
    rng = np.random.default_rng(1)
    for line in (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines():
        language, *words = line.split()
        for word in words:
            for _ in range(N_SPOKEN_OF_WORD):
                voice = language + VOICES[rng.integers(len(VOICES))]
                waveform = speak(word, voice, int(rng.integers(110, 231)), int(rng.integers(20, 81)))
                extent = clean_word(waveform)
                if extent:
                    yield Source("spoken", waveform, extent, is_clip=False)


def speak(word: str, voice: str, words_a_minute: int, pitch: int) -> Waveform:
    command = ("espeak-ng", "-v", voice, "-s", str(words_a_minute), "-p", str(pitch), "--stdout", word)
    spoken = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        return resample(from_pcm(file.readframes(10**7), 1), file.getframerate())


def clean_word(waveform: Waveform) -> Window | None:
    """Find the word by its level alone, where it stands CLEAN_DB above the quiet frames; pauses to 200 ms are in it."""
    frames = waveform[: len(waveform) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    powers = np.convolve(np.var(frames, axis=1, dtype=np.float64), np.ones(3) / 3, "same")
    levels = 10 * np.log10(powers + 1e-10)
    loudest, quiet = levels.max(), np.percentile(levels, 15)
    if loudest - quiet < CLEAN_DB:
        return None
    began, ended = (np.flatnonzero(levels > loudest - below_db) for below_db in (ONSET_DB, OFFSET_DB))
    if max(np.diff(ended), default=0) > 20:
        return None
    start, stop = int(began[0]) * FRAME_SAMPLES, (int(ended[-1]) + 1) * FRAME_SAMPLES
    return Window(start, stop - start)


def read(row: Row) -> Waveform:
    recording = decode(data.path_of(row).read_bytes())
    return resample(recording.waveform, recording.sample_rate_hz)
