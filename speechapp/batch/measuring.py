"""From one recording to its measures and faults. Runs in each process of the pool."""

from dataclasses import dataclass

from speechapp.audio.clip import Processing
from speechapp.batch.picture import picture
from speechapp.batch.recording import AS_IN_THE_SERVICE, judge, open_and_align, read, unreadable, unusable
from speechapp.batch.result import Result


@dataclass(frozen=True)
class Settings:
    """`processing` says where the window lies that some measures are about."""

    processing: Processing = AS_IN_THE_SERVICE
    with_pictures: bool = False


@dataclass(frozen=True)
class Job:
    """A recording and its size."""

    input: str
    n_bytes: int = 0


def measure_file(job: Job, settings: Settings) -> Result:
    """Measure one recording. Whatever is wrong with it becomes a failed result."""
    try:
        raw, _ = read(job.input)
    except OSError as error:
        return unreadable(job.input, None, error)
    try:
        recording, clip, place = open_and_align(raw, settings.processing)
        measures, faults = judge(recording, clip)
        drawn = picture(clip.take) if settings.with_pictures else ""
    except Exception as error:  # the decoder answers damaged files with many kinds
        return unusable(job.input, None, error)
    return Result("measured", job.input, clip=place, faults=faults, measures=measures, picture=drawn)
