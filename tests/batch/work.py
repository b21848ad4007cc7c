"""Jobs for the pool, importable by its processes."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from speechapp.batch.result import Result


@dataclass(frozen=True)
class Job:
    name: str
    n_bytes: int = 0


def repeat(job: Job, settings: str) -> Result:
    return Result("made", job.name, settings, message=str(os.getpid()))


def fill_the_disk(job: Job, settings: str) -> Result:
    """From the job named in the settings on there is no room."""
    return Result("failed", job.name, reason="disk_full" if int(job.name) >= int(settings) else "")


def die(job: Job, settings: str) -> Result:
    """What the system does to a process that takes too much memory."""
    if job.name == settings:
        os.kill(os.getpid(), signal.SIGKILL)
    return Result("made", job.name)


def press_ctrl_c(job: Job, settings: str) -> Result:
    """Somebody presses Ctrl-C when the first job is done: it reaches every process of the terminal."""
    (Path(settings) / job.name).touch()
    if job.name == "0":
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getppid(), signal.SIGINT)
    return Result("made", job.name)
