"""Real recordings of five collections, as they are, split by speaker into those to develop on and those to report.

A speaker belongs to one part for ever, by the hash of `bench/recorder_words.py`; where a collection names no speakers,
each recording counts as one.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.recorder_words import Row, clean_word, half_of, part_of, source_of
from speechapp.audio.decode import decode
from speechapp.audio.format import MAX_TAKE_MS, SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform
from speechapp.audio.resample import resample

SOURCES = ("wuw", "picovoice", "precise", "arabic", "gsc")
UNKNOWN_SPEAKERS = ("", "unknown")
NOT_A_WORD = "_"
CAT = "miaowing"  # has a voice


@dataclass(frozen=True, eq=False)
class Take:
    """One recording at its own rate; `word_s` is the extent of its word, where people or its level tell it."""

    source: str
    name: str
    waveform: Waveform
    sample_rate_hz: int
    word_s: tuple[float, float] | None = None
    missing_ms: float = 0.0


@dataclass(frozen=True, eq=False)
class Recordings:
    takes: list[Take]
    rooms: list[Waveform]  # at SAMPLE_RATE_HZ
    clicks: list[Waveform]


def read_recordings(part: str) -> Recordings:
    """Read what belongs to one part, `development` or `reported`; of a room the first or the second half."""
    folder = Path(os.environ.get("SPEECHAPP_REAL_SPEECH", "../shared/data"))
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    testers = {row["speaker"] for row in rows if source_of(row) == "speech_commands_test"}
    mine = [row for row in rows if part_of(owner_of(row), testers) == part]
    rooms = [half_of(_read(folder, row), part) for row in rows if source_of(row) == "noise" and CAT not in row["path"]]
    clicks = [_read(folder, row) for row in mine if source_of(row) == "clicks"]
    return Recordings(list(_takes(folder, mine)), rooms, clicks)


def owner_of(row: Row) -> str:
    return row["path"] if row["speaker"] in UNKNOWN_SPEAKERS else row["speaker"]


def _takes(folder: Path, rows: list[Row]) -> Iterator[Take]:
    for row in rows:
        is_short = float(row["seconds"]) * 1000 <= MAX_TAKE_MS
        if source_of(row) in SOURCES and is_short and not row["word"].startswith(NOT_A_WORD):
            recording = decode((folder / row["path"]).read_bytes())
            sound = (recording.waveform, recording.sample_rate_hz)
            yield Take(source_of(row), row["path"], *sound, word_s=_extent(row, *sound))


def _extent(row: Row, waveform: Waveform, sample_rate_hz: int) -> tuple[float, float] | None:
    if row["word_start"]:
        return float(row["word_start"]), float(row["word_end"])
    return clean_word(waveform, sample_rate_hz)


def _read(folder: Path, row: Row) -> Waveform:
    recording = decode((folder / row["path"]).read_bytes(), longest_ms=None)
    return np.ascontiguousarray(resample(recording.waveform, recording.sample_rate_hz)[: 60 * SAMPLE_RATE_HZ])
