"""Decodes real words and real noise for the recorder's benches in node, which cannot read FLAC.

Writes `samples.f32` (mono, float32) and `index.json` (where in it each sound lies) to a folder:

words   said by people, cut at their ends, with 5 ms faded: `wuw/` at the boundaries that people labelled, Speech
        Commands and Arabic ones where a clean clip lets the level find them
natural whole recordings of `wuw/` with their own room, at least 400 ms of it in front of the labelled word
rooms   noise, minutes long
clicks  of keyboards

A speaker belongs to one part for ever, by a hash: limits are chosen on `development`, figures are given for `reported`.
So does a click, and each half of a noise.
"""

import csv
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray

N_WORDS_OF_SOURCE = {"wuw": 1278, "speech_commands_train": 500, "speech_commands_test": 500, "gsc": 500, "arabic": 100}
FADE_S = 0.005
ROOM_S = 0.4
LONGEST_NATURAL_S = 3.0
SEED = 3

FRAME_S = 0.01
CLEAN_DB = 35
WORD_RANGE_DB = 35
OVER_FLOOR_DB = 8
LONGEST_STOP_S = 0.25
EDGE_S = 0.04
WORD_S = (0.2, 0.95)

Waveform = NDArray[np.float32]
Row = dict[str, str]


@dataclass(frozen=True)
class Sound:
    kind: str
    row: Row
    waveform: Waveform


def main(folder: Path, part: str, rate_hz: int) -> None:
    speech = Path(os.environ.get("SPEECHAPP_REAL_SPEECH", "../shared/data"))
    rows = list(csv.DictReader((speech / "manifest.csv").open()))
    testers = {row["speaker"] for row in rows if source_of(row) == "speech_commands_test"}
    once = {row["sha256"]: row for row in rows}.values()
    chosen = [row for row in once if source_of(row) == "noise" or part_of(owner_of(row), testers) == part]
    sounds = list(sounds_of(speech, chosen, part, rate_hz))
    np.concatenate([sound.waveform for sound in sounds]).astype("<f4").tofile(folder / "samples.f32")
    stops = np.cumsum([len(sound.waveform) for sound in sounds]).tolist()
    index = [
        {"kind": sound.kind, "start": start, "stop": stop, "source": source_of(sound.row), **named(sound.row)}
        for sound, start, stop in zip(sounds, [0, *stops], stops, strict=False)
    ]
    (folder / "index.json").write_text(json.dumps(index))


def part_of(speaker: str, testers: set[str]) -> str:
    """Speakers of the Speech Commands test archive are never developed on."""
    digest = int(hashlib.sha256(speaker.encode()).hexdigest()[:8], 16)
    return "reported" if speaker in testers or digest % 2 else "development"


def source_of(row: Row) -> str:
    return row["path"].split("/")[0]


def owner_of(row: Row) -> str:
    return row["speaker"] or row["path"]


def is_said(row: Row) -> bool:
    return source_of(row) not in ("noise", "clicks")


def named(row: Row) -> Row:
    edges = {"word_start_s": row["word_start"], "word_end_s": row["word_end"]}
    return {"name": Path(row["path"]).stem, "word": row["word"], "speaker": row["speaker"], **edges}


def sounds_of(speech: Path, rows: list[Row], part: str, rate_hz: int) -> Iterator[Sound]:
    for row in rows:
        if source_of(row) == "noise":
            yield Sound("room", row, half_of(decode(speech / row["path"], rate_hz), part))
        elif source_of(row) == "clicks":
            yield Sound("click", row, decode(speech / row["path"], rate_hz))
    for row in shuffled(rows):
        waveform = decode(speech / row["path"], rate_hz)
        yield from words_of(row, waveform, rate_hz)


def half_of(noise: Waveform, part: str) -> Waveform:
    middle = len(noise) // 2
    return noise[:middle] if part == "development" else noise[middle:]


def shuffled(rows: list[Row]) -> list[Row]:
    chosen: list[Row] = []
    for source, n_words in N_WORDS_OF_SOURCE.items():
        of_source = [row for row in rows if source_of(row) == source and not row["word"].startswith("_")]
        order = np.random.default_rng(SEED).permutation(len(of_source))[:n_words]
        chosen += [of_source[index] for index in order]
    return [chosen[index] for index in np.random.default_rng(SEED).permutation(len(chosen))]


def words_of(row: Row, waveform: Waveform, rate_hz: int) -> Iterator[Sound]:
    if row["word_start"]:
        start_s, end_s = float(row["word_start"]), float(row["word_end"])
        if start_s >= ROOM_S and len(waveform) <= LONGEST_NATURAL_S * rate_hz:
            yield Sound("natural", row, waveform)
    else:
        found = clean_word(waveform, rate_hz)
        if not found:
            return
        start_s, end_s = found
    yield Sound("word", row, faded(between(waveform, start_s, end_s, rate_hz), rate_hz))


def between(waveform: Waveform, start_s: float, end_s: float, rate_hz: int) -> Waveform:
    return waveform[round(start_s * rate_hz) : round(end_s * rate_hz)].copy()


def faded(word: Waveform, rate_hz: int) -> Waveform:
    n_samples = round(FADE_S * rate_hz)
    fade = np.linspace(0, 1, n_samples, dtype=np.float32)
    word[:n_samples] *= fade
    word[-n_samples:] *= fade[::-1]
    return word


def clean_word(waveform: Waveform, rate_hz: int) -> tuple[float, float] | None:
    """Find the only sound of a clip, if nothing else is in it and it touches neither end; start and end in seconds."""
    n_samples = round(FRAME_S * rate_hz)
    frames = waveform[: len(waveform) // n_samples * n_samples].reshape(-1, n_samples)
    frames = frames - frames.mean(axis=1, keepdims=True)
    levels = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    floor, peak = np.percentile(levels, 10), levels.max()
    active = np.flatnonzero(levels >= max(peak - WORD_RANGE_DB, floor + OVER_FLOOR_DB))
    start_s, end_s = active[0] * FRAME_S, (active[-1] + 1) * FRAME_S
    gaps_s = np.diff(active, prepend=active[0]) * FRAME_S
    is_clean = peak - floor >= CLEAN_DB and gaps_s.max() <= LONGEST_STOP_S
    is_whole = start_s >= EDGE_S and end_s <= len(frames) * FRAME_S - EDGE_S
    return (start_s, end_s) if is_clean and is_whole and WORD_S[0] <= end_s - start_s <= WORD_S[1] else None


def decode(path: Path, rate_hz: int) -> Waveform:
    """Mono float32 in [-1, 1]."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
        source_hz, n_channels = stream.rate, stream.channels
    samples = np.concatenate(frames, axis=1).astype(np.float32) / 32768
    mono = samples.reshape(-1, n_channels).mean(axis=1) if len(samples) == 1 else samples.mean(axis=0)
    waveform: Waveform = soxr.resample(mono, source_hz, rate_hz)
    return waveform


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
