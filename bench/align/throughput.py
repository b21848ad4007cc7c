"""Clips a second, WAV in to WAV out: files on disk, one process, nothing synced.

The takes are real recordings of 2 to 3 s at 16 kHz, 16 bit. The rounds are interleaved: every way does its files once,
then all again, so that what else runs on the machine slows all of them alike; what is reported is the median over the
rounds. CPU time includes the system's, and the children's (the C++ tool, sox, ffmpeg). Freed memory is kept, as where
we process takes; what else runs in this process (the rule, librosa, WebRTC) gains as much by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter

from bench.align import data
from bench.align.ways import SPAWNING, Way
from speechapp.audio.format import SAMPLE_RATE_HZ, write_wav
from speechapp.audio.heap import keep_freed_memory
from speechapp.audio.pcm import to_pcm

TAKE_S = (2.0, 3.0)
N_FILES = 400
N_SPAWNED = 40  # files a round for a tool that starts a process for each
BASELINES = ("reference", "rule")  # the first that was measured


@dataclass(frozen=True)
class Speed:
    """Clips a second: of one way in one round, or the medians over all."""

    per_wall_s: float
    per_cpu_s: float


def measure(
    chosen: Mapping[str, Way], folder: Path, n_rounds: int, told: Callable[[str], object] = lambda _: None
) -> dict[str, Speed]:
    """Run every way over the takes n_rounds times, after once to warm up. `told` hears of each start."""
    keep_freed_memory()
    names = write_takes(folder / "takes", N_FILES)
    speeds: dict[str, list[Speed]] = {name: [] for name in chosen}
    for round_number in range(n_rounds + 1):
        for name, way in chosen.items():
            told(name)
            clips = folder / f"clips-{name}-{round_number}"
            speed = timed(way, folder / "takes", clips, names[:N_SPAWNED] if name in SPAWNING else names)
            speeds[name] += [speed] if round_number else []
    return {name: medians(found) for name, found in speeds.items()}


def write_takes(folder: Path, n_files: int) -> list[str]:
    """Write telephone recordings as WAV, again from the first where there are not enough."""
    folder.mkdir()
    rows = [row for row in data.labelled_rows("all") if TAKE_S[0] <= float(row["seconds"]) <= TAKE_S[1]]
    chosen = data.sample_over_speakers(rows, n_files)
    names = [f"{number:04d}.wav" for number in range(n_files)]
    for name, row in zip(names, islice(cycle(chosen), n_files), strict=True):
        pcm = to_pcm(data.labelled(row).waveform).astype("<i2").tobytes()
        (folder / name).write_bytes(write_wav(pcm, SAMPLE_RATE_HZ))
    return names


def timed(way: Way, takes: Path, clips: Path, names: Sequence[str]) -> Speed:
    """Time one way; raises RuntimeError when it made nothing of a file that holds a word.

    The clips stay until all is over: ext4 makes new files slowly where many were deleted just before.
    """
    clips.mkdir()
    started_s, cpu_started_s = perf_counter(), cpu_s()
    way(takes, clips, names)
    wall_s, used_s = perf_counter() - started_s, cpu_s() - cpu_started_s
    if not any(clips.iterdir()):
        raise RuntimeError("no clip was made; run the tool by hand on one file to see why")
    return Speed(len(names) / wall_s, len(names) / used_s)


def cpu_s() -> float:
    """CPU time of this process and of the children that it waited for, user and system."""
    used = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def medians(speeds: Sequence[Speed]) -> Speed:
    return Speed(median(speed.per_wall_s for speed in speeds), median(speed.per_cpu_s for speed in speeds))


def baseline(speeds: Mapping[str, Speed]) -> str:
    """What the ratios are to: the tool of 2017, else the plain rule, else the first."""
    return next((name for name in BASELINES if name in speeds), next(iter(speeds)))
