"""The whole worker task beside pydub + ffmpeg doing the same conversion: clips a second, and CPU ms a clip.

Run `python -m bench.worker`. The takes are real, as a browser sends them: WebM/Opus, and WAV at 48 kHz. Compared are

task            `worker.processing.process_clip` on SQLite and local storage, as in production: the row is claimed, the
                bytes are read, decoded, measured, aligned, stored with their segment, the row is finished, all synced
task, no sync   the same without waiting for the disk (fsync does nothing, SQLite is not synchronous)
pydub + ffmpeg  AudioSegment.from_file, 16 kHz, mono, 16 bit, the loudest second by numpy, export; nothing else, no sync

CPU time includes that of ffprobe and ffmpeg. The rounds are interleaved and each has a fresh data directory, which
stays until the end: for minutes after files were deleted, ext4 looks at each of them again whenever it makes one, which
took up to 0.5 ms. Where others have just deleted many, let TMPDIR name a folder elsewhere. Shown are medians. pydub
does fewer takes a round where it starts processes.
"""

import argparse
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest import mock

from rich.progress import Progress
from sqlalchemy import event, func, select

from bench.align.data import all_rows, path_of
from bench.align.methods import loudest_rule
from bench.align.tables import plain_table, terminal
from bench.align.throughput import cpu_s
from speechapp import imports
from speechapp.audio.align import Window, cut
from speechapp.audio.decode import decode
from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ, write_wav
from speechapp.audio.heap import keep_freed_memory
from speechapp.audio.pcm import from_pcm, to_pcm
from speechapp.config import read_config
from speechapp.db import utc_now
from speechapp.imports import Recording
from speechapp.models import Clip
from speechapp.release.partition import partition_of_speaker
from speechapp.services import Services, migrated_services
from worker.processing import process_clip

with warnings.catch_warnings():  # pydub warns of the age of audioop, and where there is no ffmpeg
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

N_TAKES = 120
N_SPAWNED = 15
ROUNDS = 5
PEER = "pydub + ffmpeg"


@dataclass(frozen=True)
class Cost:
    """Of one take, on average over those of a round."""

    wall_ms: float
    cpu_ms: float


Contender = Callable[[Sequence[Path], Path], Cost]
"""Convert files in a folder that is empty, and say what it cost."""


def main() -> None:
    options = parser().parse_args()
    keep_freed_memory()  # as every worker does when it starts
    with tempfile.TemporaryDirectory() as name, Progress(console=terminal(), transient=True) as progress:
        takes = write_takes(Path(name))
        costs = measure(takes, Path(name), options.rounds, progress)
    show(costs)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m bench.worker", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    return made


def write_takes(folder: Path) -> dict[str, list[Path]]:
    """The WebM files are those of the data; the WAV files are what is in them, as a page records it."""
    rows = [row for row in all_rows() if row["path"].startswith("browser_like/webm/")]
    webm = [path_of(row) for row in islice(cycle(rows), N_TAKES)]
    (folder / "wav").mkdir()
    wav = [folder / "wav" / f"{number}.wav" for number in range(N_TAKES)]
    for source, path in zip(webm, wav, strict=True):
        recording = decode(source.read_bytes())
        path.write_bytes(write_wav(to_pcm(recording.waveform).astype("<i2").tobytes(), recording.sample_rate_hz))
    return {"WebM/Opus": webm, "WAV 48 kHz": wav}


def measure(
    takes: Mapping[str, Sequence[Path]], folder: Path, n_rounds: int, progress: Progress
) -> dict[tuple[str, str], list[Cost]]:
    """Costs by format and contender, one for each round; a round before them only warms up."""
    contenders: dict[str, Contender] = {
        "task": partial(task, is_synced=True),
        "task, no sync": partial(task, is_synced=False),
        PEER: pydub_and_ffmpeg,
    }
    costs: dict[tuple[str, str], list[Cost]] = {(kind, name): [] for kind in takes for name in contenders}
    for round_number in progress.track(range(n_rounds + 1), description="rounds"):
        for kind, name in costs:
            n_takes = N_SPAWNED if name == PEER and kind != "WAV 48 kHz" else N_TAKES
            cost = contenders[name](takes[kind][:n_takes], Path(tempfile.mkdtemp(dir=folder)))
            costs[kind, name] += [cost] if round_number else []
    return costs


def task(takes: Sequence[Path], folder: Path, *, is_synced: bool) -> Cost:
    config = read_config({"SPEECHAPP_DATA_DIR": str(folder)})
    with migrated_services(config) as services, syncing(services, is_synced):
        make_folders(folder / "storage")
        recordings = [Recording(path, "word", f"{number:08x}", 0) for number, path in enumerate(takes)]
        now, lease_s = utc_now(), services.config.lease_s
        kept = imports.register(services.database, services.storage, recordings, now, lease_s, partition_of_speaker)
        started_s, cpu_started_s = perf_counter(), cpu_s()
        for clip_id in kept.clip_ids:
            process_clip(services, clip_id)
        cost = cost_since(started_s, cpu_started_s, len(takes))
        require_processed(services, len(takes))
        return cost


def require_processed(services: Services, n_clips: int) -> None:
    with services.database.read() as session:
        n_processed = session.scalar(select(func.count()).where(Clip.state == "processed"))
    if n_processed != n_clips:
        raise RuntimeError(f"{n_processed} clips of {n_clips} were processed; the others are of no use")


def make_folders(storage: Path) -> None:
    """As where a service has run for a while: the folders that clips are spread over are there."""
    for kind in ("clips", "segments"):
        for number in range(256):
            (storage / kind / f"{number:02x}").mkdir(parents=True)


@contextmanager
def syncing(services: Services, is_synced: bool) -> Iterator[None]:
    if is_synced:
        yield
        return
    engine = services.database.engine
    engine.dispose()  # the connections that are open have their setting
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    with mock.patch.object(os, "fsync"):
        yield


def pydub_and_ffmpeg(takes: Sequence[Path], folder: Path) -> Cost:
    started_s, cpu_started_s = perf_counter(), cpu_s()
    for path in takes:
        take = AudioSegment.from_file(path).set_frame_rate(SAMPLE_RATE_HZ).set_channels(1).set_sample_width(2)
        waveform = from_pcm(take.raw_data, 1)
        clip = to_pcm(cut(waveform, Window(loudest_rule(waveform), CLIP_SAMPLES))).astype("<i2").tobytes()
        out = folder / f"{path.stem}.wav"
        AudioSegment(clip, frame_rate=SAMPLE_RATE_HZ, sample_width=2, channels=1).export(out, format="wav").close()
    return cost_since(started_s, cpu_started_s, len(takes))


def cost_since(started_s: float, cpu_started_s: float, n_takes: int) -> Cost:
    return Cost(1000 * (perf_counter() - started_s) / n_takes, 1000 * (cpu_s() - cpu_started_s) / n_takes)


def show(costs: Mapping[tuple[str, str], Sequence[Cost]]) -> None:
    typical = {
        key: Cost(median(cost.wall_ms for cost in found), median(cost.cpu_ms for cost in found))
        for key, found in costs.items()
    }
    headings = ("clips/s", "wall ms", "CPU ms", "wall, ratio", "CPU, ratio")
    table = plain_table(f"The whole worker task beside {PEER}, for one clip; medians of the rounds", headings)
    for (kind, name), cost in typical.items():
        peer = typical[kind, PEER]
        table.add_row(
            f"{kind}, {name}",
            f"{1000 / cost.wall_ms:.0f}",
            f"{cost.wall_ms:.2f}",
            f"{cost.cpu_ms:.2f}",
            f"{peer.wall_ms / cost.wall_ms:.1f}",
            f"{peer.cpu_ms / cost.cpu_ms:.1f}",
        )
    terminal().print(table)


if __name__ == "__main__":
    main()
