"""Decodes real words and real noise for `bench/recorder_endpointing.mjs`, which cannot read FLAC.

Writes `samples.f32` (16 kHz, mono, float32) and `index.json` (where in it each word and each noise lies) to a folder.
The words are those of `wuw/`, cut at the boundaries that people labelled, with ends of 5 ms faded.
"""

import csv
import json
import os
import sys
from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray

RATE_HZ = 16_000
N_WORDS = 1150
FADE_SAMPLES = RATE_HZ // 200
SEED = 3

Waveform = NDArray[np.float32]


def main(folder: Path) -> None:
    speech = Path(os.environ.get("SPEECHAPP_REAL_SPEECH", "../shared/data"))
    rows = list(csv.DictReader((speech / "manifest.csv").open()))
    labelled = [row for row in rows if row["path"].startswith("wuw/") and row["word_start"]]
    noises = [row for row in rows if row["path"].startswith("noise/")]
    chosen = np.random.default_rng(SEED).permutation(len(labelled))[:N_WORDS]
    waveforms = [word_of(speech, labelled[index]) for index in chosen]
    waveforms += [decode(speech / row["path"]) for row in noises]
    np.concatenate(waveforms).astype("<f4").tofile(folder / "samples.f32")
    stops = np.cumsum([len(waveform) for waveform in waveforms]).tolist()
    spans = [{"start": start, "stop": stop} for start, stop in zip([0, *stops], stops, strict=False)]
    rooms = [{"name": Path(row["path"]).stem, **span} for row, span in zip(noises, spans[N_WORDS:], strict=True)]
    (folder / "index.json").write_text(json.dumps({"words": spans[:N_WORDS], "rooms": rooms}))


def word_of(speech: Path, row: dict[str, str]) -> Waveform:
    start, stop = (round(float(row[edge]) * RATE_HZ) for edge in ("word_start", "word_end"))
    word = decode(speech / row["path"])[start:stop].copy()
    fade = np.linspace(0, 1, FADE_SAMPLES, dtype=np.float32)
    word[:FADE_SAMPLES] *= fade
    word[-FADE_SAMPLES:] *= fade[::-1]
    return word


def decode(path: Path) -> Waveform:
    """Mono float32 at 16 kHz, in [-1, 1]."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().mean(axis=0) for frame in container.decode(stream)]
        rate_hz = stream.rate
    samples = np.concatenate(frames)
    waveform: Waveform = soxr.resample(samples.astype(np.float32) / 32768, rate_hz, RATE_HZ)
    return waveform


if __name__ == "__main__":
    main(Path(sys.argv[1]))
