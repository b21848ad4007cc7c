"""Clips from a release directory into memory: every clip at once, 16-bit, one second each. Numpy and soundfile only."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.errors import DataError

Pcm = NDArray[np.int16]

_N_THREADS = 4


def load_clips(paths: Sequence[Path], console: Console) -> Pcm:
    """Every clip, (n_clips, CLIP_SAMPLES) int16: shorter ones centred in silence, of longer ones the middle second.

    Raises DataError naming the file that cannot be read, is not mono, or has another sample rate.
    """
    clips = np.empty((len(paths), CLIP_SAMPLES), np.int16)
    with ThreadPoolExecutor(_N_THREADS) as pool:
        progress = track(
            pool.map(read_clip, paths), "Reading clips", total=len(paths), console=console, disable=not paths
        )
        for row, clip in enumerate(progress):
            clips[row] = clip
    return clips


def read_clip(path: Path) -> Pcm:
    """One clip, exactly CLIP_SAMPLES; raises DataError as load_clips does."""
    sound = read_sound(path)
    surplus = len(sound) - CLIP_SAMPLES
    if surplus >= 0:
        return sound[surplus // 2 :][:CLIP_SAMPLES]
    before = -surplus // 2
    return np.pad(sound, (before, -surplus - before))


def read_sound(path: Path) -> Pcm:
    """A WAV or FLAC file of any length, (n_samples,) int16; raises DataError unless it is mono at SAMPLE_RATE_HZ."""
    try:
        sound, sample_rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise DataError("clip_unreadable", f"{path} cannot be read as WAV or FLAC; replace or remove it.") from error
    if sample_rate_hz != SAMPLE_RATE_HZ:
        raise DataError(
            "clip_sample_rate",
            f"{path} is at {sample_rate_hz} Hz, not {SAMPLE_RATE_HZ} Hz; bring it in with speechapp import.",
        )
    if sound.shape[1] != 1:
        raise DataError("clip_not_mono", f"{path} has {sound.shape[1]} channels; bring it in with speechapp import.")
    mono: Pcm = sound[:, 0]
    return mono
