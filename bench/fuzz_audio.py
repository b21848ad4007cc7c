"""Damaged recordings through decode, align and measure: none may crash, hang, or fail as nobody foresaw.

    .venv/bin/python -m bench.fuzz_audio                                # 100,000 files
    .venv/bin/python -m bench.fuzz_audio --first-seed 60000             # goes on behind the first 60,000
    .venv/bin/python -m bench.fuzz_audio --first-seed 4711 --files 1    # one of them again

Each file is made from its seed: bits flipped, parts lost or repeated, sizes and header fields overwritten; from small
recordings of every container and dialect of WAV, and from real ones where SPEECHAPP_REAL_SPEECH says. A finding is a
process that died, of a crash or of ten seconds of CPU time; an exception that is not Unusable; a second of CPU time; or
300 MB of memory, the whole process counted. It is kept in a folder with its seed, and the exit status is then 1.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from rich.console import Console
from rich.progress import Progress

from bench.audio_mutations import corpus, mutate
from bench.audio_trials import Trial

N_FILES = 100_000
SLICE = 2_000  # files that one process tries


def main() -> int:
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.files)
    started_s = time.monotonic()
    trials: list[Trial] = []
    try:
        for trial in _shown(run(seeds, arguments.processes, arguments.decode_only), len(seeds)):
            trials.append(trial)  # one by one: those before an interruption count
    except KeyboardInterrupt:
        print(f"stopped; go on with --first-seed {seeds.start + len(trials)}")
    findings = [trial for trial in trials if trial.fault]
    _keep(findings, arguments.findings)
    _report(trials, time.monotonic() - started_s)
    print(f"{len(findings)} findings{f', kept in {arguments.findings}' if findings else ''}")
    return 1 if findings else 0


def run(seeds: range, n_processes: int, decode_only: bool = False) -> Iterator[Trial]:
    """Try all seeds in order, in as many processes at once. When nobody asks for more, what goes on is ended."""
    stop = Event()
    pool = ThreadPoolExecutor(n_processes)
    try:
        slices = [seeds[start : start + SLICE] for start in range(0, len(seeds), SLICE)]
        for trials in pool.map(lambda some: _try(some, decode_only, stop), slices):
            yield from trials
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _try(seeds: range, decode_only: bool, stop: Event) -> list[Trial]:
    """Try seeds in a process, and in another from the next one on when it ends before it has tried them all."""
    trials: list[Trial] = []
    while (left := seeds[len(trials) :]) and not stop.is_set():
        command = [sys.executable, "-m", "bench.audio_trials", str(left.start), str(left.stop)]
        ended = subprocess.run(command + ["--decode-only"] * decode_only, capture_output=True, text=True, check=False)
        trials += [Trial(**json.loads(line)) for line in ended.stdout.splitlines()]
        if ended.returncode > 0 and not stop.is_set():
            raise RuntimeError(f"The fuzzing itself failed; mend it.\n{ended.stderr}")
        if ended.returncode < 0 and not stop.is_set():
            died = f"the process ended by signal {-ended.returncode}"
            trials.append(Trial(seeds[len(trials)], "", "died", "died", died))
    return trials


def _report(trials: Sequence[Trial], wall_s: float) -> None:
    for (container, end), n_files in sorted(Counter((trial.container, trial.end) for trial in trials).items()):
        print(f"{n_files:8d} {container:5s} {end}")
    for trial in trials:
        if trial.fault:
            print(f"seed {trial.seed}, {trial.container}: {trial.fault}: {_last_line(trial)}")
    slowest_s, largest_mb = (
        max((getattr(trial, name) for trial in trials), default=0) for name in ("cpu_s", "memory_mb")
    )
    print(f"{len(trials)} files in {wall_s:.0f} s; the slowest took {slowest_s:.2f} s of CPU time,", end=" ")
    print(f"the largest process {largest_mb:.0f} MB")


def _last_line(trial: Trial) -> str:
    return (trial.detail or f"{trial.cpu_s:.1f} s, {trial.memory_mb:.0f} MB").strip().splitlines()[-1]


def _shown(trials: Iterator[Trial], n_files: int) -> Iterator[Trial]:
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("damaged files", total=n_files)
        for trial in trials:
            progress.advance(bar)
            yield trial


def _keep(findings: list[Trial], folder: Path) -> None:
    recordings = tuple(corpus().values()) if findings else ()
    for trial in findings:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{trial.seed}-{trial.fault}.{trial.container or 'bin'}").write_bytes(mutate(recordings, trial.seed))
        (folder / f"{trial.seed}-{trial.fault}.txt").write_text(f"{trial}\n{trial.detail}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=N_FILES, help="how many damaged files to try; default %(default)s")
    parser.add_argument("--first-seed", type=int, default=0, help="the seed of the first one; default %(default)s")
    parser.add_argument("--processes", type=int, default=2, help="how many at once; default %(default)s")
    parser.add_argument("--decode-only", action="store_true", help="neither align nor measure")
    findings = Path(tempfile.gettempdir()) / "speechapp-fuzzing"
    parser.add_argument("--findings", type=Path, default=findings, help="folder for them; default %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
