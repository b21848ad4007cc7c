"""Takes with a word whose extent people labelled: random crops of telephone clips, and words mixed into real noise.

A raw clip of `wuw/` begins its word at about 0.56 s, so a fixed window would look good on it. Hence

crops   the clip cut at random on both sides: the word kept whole, at least 1.3 s left where the clip has it
mixes   the word cut out of its clip, at a uniform onset in 2 to 3 s of real noise at a given SNR, with or without
        real key clicks near the ends. The same word, noise and onset at every SNR, so that conditions can be compared.

SNR is the mean square of the labelled word over the mean square of its whole bed of noise, both without their mean.
All is decided by names: the same file, round and seed give the same take on every machine.
"""

import csv
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.recorder_words import Row, half_of, part_of, source_of
from bench.recorder_words import decode as decode_file
from speechapp.audio.align import Window
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform
from speechapp.audio.resample import resample

PARTS = ("all", "development", "reported")
CROPS = "crops"
SNRS_DB = (30, 20, 10, 5, 0)
CLICKS_SNR_DB = 20
SHORTEST_CROP_S = 1.3
N_TRIES = 1000
BED_S = (2.0, 3.0)
FADE_S = 0.005
CLICK_LEVELS = (0.7, 2.0)
CLICK_WITHIN_S = 0.3
N_MIXED = 480
PEAK = 0.99
FLAT = 1e-6  # mean square of a bed that holds nothing, -60 dBFS


@dataclass(frozen=True)
class Condition:
    """What is done to a word; crops where there is no SNR."""

    name: str
    snr_db: float | None = None
    has_clicks: bool = False


CONDITIONS = (
    Condition(CROPS),
    *(Condition(f"{snr_db} dB", snr_db) for snr_db in SNRS_DB),
    Condition(f"{CLICKS_SNR_DB} dB + clicks", CLICKS_SNR_DB, has_clicks=True),
)


@dataclass(frozen=True)
class Labelled:
    """A recording at SAMPLE_RATE_HZ in which people marked the word."""

    name: str
    speaker: str
    telephone: str
    waveform: Waveform
    word: Window


@dataclass(frozen=True)
class Take:
    """What a method is given: `waveform` at SAMPLE_RATE_HZ; and the truth: where the word lies, and it alone."""

    name: str
    speaker: str
    telephone: str
    condition: str
    waveform: Waveform
    word: Window
    spoken: Waveform


@dataclass(frozen=True)
class Surroundings:
    """Noises (each in one piece) and clicks at SAMPLE_RATE_HZ."""

    noises: tuple[Waveform, ...]
    clicks: tuple[Waveform, ...]


def takes(condition: Condition, part: str = "all", n_rounds: int = 1, seed: int = 0) -> Iterator[Take]:
    """Give the takes of one condition, one for each clip (crops) or sampled word (mixes) and round."""
    rows = labelled_rows(part)
    if condition.snr_db is None:
        for round_number in range(n_rounds):
            yield from (crop(labelled(row), generator(row["path"], round_number, seed)) for row in rows)
        return
    around = surroundings(part)
    for round_number in range(n_rounds):
        for row in sample_over_speakers(rows, N_MIXED, seed):
            yield mix(labelled(row), around, condition, generator(row["path"], round_number, seed))


def n_takes(condition: Condition, part: str = "all", n_rounds: int = 1) -> int:
    n_rows = len(labelled_rows(part))
    return n_rounds * (n_rows if condition.snr_db is None else min(N_MIXED, n_rows))


def generator(name: str, round_number: int, seed: int = 0) -> np.random.Generator:
    """Seed by a name and a round, the same on every machine."""
    digest = hashlib.sha256(f"{name} {round_number} {seed}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def crop(clip: Labelled, rng: np.random.Generator) -> Take:
    """Cut a clip at a uniform place before the word and one after it, of all pairs that leave SHORTEST_CROP_S."""
    n_samples, word = len(clip.waveform), clip.word
    starts = rng.integers(0, word.start_samples + 1, N_TRIES)
    stops = rng.integers(word.stop_samples, n_samples + 1, N_TRIES)
    fitting = np.flatnonzero(stops - starts >= SHORTEST_CROP_S * SAMPLE_RATE_HZ)
    start, stop = (int(starts[fitting[0]]), int(stops[fitting[0]])) if len(fitting) else (0, n_samples)
    moved = Window(word.start_samples - start, word.n_samples)
    spoken = clip.waveform[word.start_samples : word.stop_samples]
    return Take(clip.name, clip.speaker, clip.telephone, CROPS, clip.waveform[start:stop], moved, spoken)


def mix(clip: Labelled, around: Surroundings, condition: Condition, rng: np.random.Generator) -> Take:
    """Put a word at a uniform onset into noise. What would not fit into [-1, 1] is scaled down as a whole."""
    spoken, n_fade = without_room(clip)
    bed = bed_of(around.noises, max(len(spoken), round(rng.uniform(*BED_S) * SAMPLE_RATE_HZ)), rng)
    start = int(rng.integers(0, len(bed) - len(spoken) + 1))
    word = Window(start + n_fade, clip.word.n_samples)
    alone = spoken[n_fade : n_fade + word.n_samples]
    waveform = bed * noise_gain(alone, bed, condition.snr_db or 0.0)
    waveform[start : start + len(spoken)] += spoken
    if condition.has_clicks:
        add_clicks(waveform, around.clicks, word, float(np.abs(alone).max()), rng)
    gain = min(1.0, PEAK / float(np.abs(waveform).max()))
    waveform = (gain * waveform).astype(np.float32)
    return Take(clip.name, clip.speaker, clip.telephone, condition.name, waveform, word, alone)


def without_room(clip: Labelled) -> tuple[Waveform, int]:
    """Give the word, without DC, with a fade outside each label where the clip has room, and the length of the first.

    A splice would click; a fade inside the labels would take from the word.
    """
    n_fade = round(FADE_S * SAMPLE_RATE_HZ)
    n_before = min(n_fade, clip.word.start_samples)
    n_after = min(n_fade, len(clip.waveform) - clip.word.stop_samples)
    spoken = clip.waveform[clip.word.start_samples - n_before : clip.word.stop_samples + n_after].copy()
    spoken -= spoken.mean()
    spoken[:n_before] *= np.linspace(0, 1, n_before, dtype=np.float32)
    spoken[len(spoken) - n_after :] *= np.linspace(1, 0, n_after, dtype=np.float32)
    return spoken, n_before


def bed_of(noises: Sequence[Waveform], n_samples: int, rng: np.random.Generator) -> Waveform:
    """Cut n_samples out of one of the noises, without their mean; again where there is nothing to hear."""
    while True:
        noise = noises[int(rng.integers(len(noises)))]
        start = int(rng.integers(0, len(noise) - n_samples + 1))
        bed: Waveform = noise[start : start + n_samples] - noise[start : start + n_samples].mean()
        if mean_square(bed) > FLAT:
            return bed


def noise_gain(word: Waveform, bed: Waveform, snr_db: float) -> np.float32:
    return np.float32(np.sqrt(mean_square(word) / mean_square(bed)) * 10 ** (-snr_db / 20))


def mean_square(waveform: Waveform) -> float:
    return float(np.var(waveform, dtype=np.float64))


def add_clicks(
    waveform: Waveform, clicks: Sequence[Waveform], word: Window, peak: float, rng: np.random.Generator
) -> None:
    """Add a click near each end, beside the word; none at an end where the word leaves no room for it."""
    n_near = round(CLICK_WITHIN_S * SAMPLE_RATE_HZ)
    for is_first in (True, False):
        click = clicks[int(rng.integers(len(clicks)))]
        level, where = rng.uniform(*CLICK_LEVELS), rng.uniform()
        room = word.start_samples if is_first else len(waveform) - word.stop_samples
        n_free = min(room - len(click), n_near)
        if n_free < 0:
            continue
        moved = round(where * n_free)
        start = moved if is_first else len(waveform) - len(click) - moved
        waveform[start : start + len(click)] += click * np.float32(level * peak)


def sample_over_speakers(rows: Sequence[Row], n_rows: int, seed: int = 0) -> list[Row]:
    """Choose rows in turns, each speaker's next by lot, so that no speaker weighs more than another."""
    of_speaker: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: generator(row["path"], -1, seed).random()):
        of_speaker.setdefault(row["speaker"], []).append(row)
    turns = sorted((turn, i) for i, said in enumerate(of_speaker.values()) for turn in range(len(said)))
    speakers = list(of_speaker.values())
    return [speakers[i][turn] for turn, i in turns[:n_rows]]


def real_speech() -> Path:
    folder = Path(os.environ.get("SPEECHAPP_REAL_SPEECH", "../shared/data"))
    if not (folder / "manifest.csv").is_file():
        raise SystemExit(f"No real speech at {folder}; set SPEECHAPP_REAL_SPEECH to the folder with manifest.csv.")
    return folder


@cache
def all_rows() -> tuple[Row, ...]:
    with (real_speech() / "manifest.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def labelled_rows(part: str) -> tuple[Row, ...]:
    rows = [row for row in all_rows() if source_of(row) == "wuw" and row["word_start"]]
    return tuple(row for row in rows if part == "all" or part_of(row["speaker"], set()) == part)


@cache
def surroundings(part: str) -> Surroundings:
    """Each part has its half of every noise, and its share of the clicks; `all` has all."""
    noises = [decode_file(path_of(row), SAMPLE_RATE_HZ) for row in all_rows() if source_of(row) == "noise"]
    clicks = [row for row in all_rows() if source_of(row) == "clicks"]
    if part != "all":
        noises = [half_of(noise, part) for noise in noises]
        clicks = [row for row in clicks if part_of(row["path"], set()) == part]
    return Surroundings(tuple(noises), tuple(unit_peak(path_of(row)) for row in clicks))


def unit_peak(path: Path) -> Waveform:
    click = decode_file(path, SAMPLE_RATE_HZ)
    click = click - click.mean()
    return np.asarray(click / np.abs(click).max(), dtype=np.float32)


def labelled(row: Row) -> Labelled:
    """Decode at the rate of the file, then resample as the worker does."""
    rate_hz = int(row["sample_rate"])
    waveform = resample(decode_file(path_of(row), rate_hz), rate_hz)
    start = round(float(row["word_start"]) * SAMPLE_RATE_HZ)
    stop = min(round(float(row["word_end"]) * SAMPLE_RATE_HZ), len(waveform))
    telephone = row["note"].split(";")[0].split()[-1].removesuffix("phone")
    return Labelled(row["path"], row["speaker"], telephone, waveform, Window(start, stop - start))


def path_of(row: Row) -> Path:
    return real_speech() / row["path"]
