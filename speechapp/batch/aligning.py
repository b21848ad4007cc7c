"""From one recording to one clip on disk. Runs in each process of the pool."""

import errno
import os
import zlib
from dataclasses import dataclass
from typing import Literal

from speechapp.audio.clip import Processing
from speechapp.batch import whole_file
from speechapp.batch.picture import picture
from speechapp.batch.recording import AS_IN_THE_SERVICE, judge, open_and_align, read, unreadable, unusable
from speechapp.batch.result import Result, Stamp, failed, stamp

# make: nothing is there yet. check: something is there that may be the very clip. replace: whatever is there goes.
Mode = Literal["make", "check", "replace"]

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@dataclass(frozen=True)
class Settings:
    """How clips are made: `processing` decides their bytes, the rest what is done beside."""

    processing: Processing = AS_IN_THE_SERVICE
    with_measures: bool = False
    with_pictures: bool = False
    fsync: bool = False


@dataclass(frozen=True)
class Job:
    """A recording, its size, and the clip to make of it."""

    input: str
    output: str
    mode: Mode
    n_bytes: int = 0


def align_file(job: Job, settings: Settings) -> Result:
    """Make one clip. Whatever is wrong with the recording or the disk becomes a failed result."""
    try:
        raw, input_stamp = read(job.input)
    except OSError as error:
        return unreadable(job.input, job.output, error)
    try:
        recording, clip, place = open_and_align(raw, settings.processing)
        measures, faults = judge(recording, clip) if settings.with_measures else ({}, ())
        drawn = picture(clip.take) if settings.with_pictures else ""
    except Exception as error:  # the decoder answers damaged files with many kinds
        return unusable(job.input, job.output, error)
    try:
        was_there = _put(job, clip.wav, settings.fsync)
        output_stamp = _stamp_of(job.output, clip.wav)
    except OSError as error:
        return _not_written(job, error)
    return Result(
        "done" if was_there else "made",
        job.input,
        job.output,
        clip=place,
        faults=faults,
        measures=measures,
        picture=drawn,
        stamps=(input_stamp, output_stamp),
    )


def _put(job: Job, wav: bytes, fsync: bool) -> bool:
    """Write the clip as its mode allows; True where the very same was there. Raises OSError."""
    if job.mode == "replace":
        whole_file.replace(job.output, wav, fsync=fsync)
        return False
    if job.mode == "check" and _holds(job.output, wav):
        return True
    whole_file.write_new(job.output, wav, fsync=fsync)
    return False


def _holds(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(content) + 1) == content
    except FileNotFoundError:
        return False


def _stamp_of(path: str, content: bytes) -> Stamp:
    return stamp(os.stat(path), zlib.crc32(content))


def _not_written(job: Job, error: OSError) -> Result:
    if isinstance(error, FileExistsError):
        message = "Something else is there already; --overwrite replaces it, --skip-existing keeps it."
        return failed(job.input, job.output, "exists", message)
    if error.errno in _NO_ROOM:
        message = f"The clip cannot be written ({error.strerror}); free some space, then run the same command again."
        return failed(job.input, job.output, "disk_full", message)
    message = f"The clip cannot be written ({error.strerror or error}); check the folder and its rights."
    return failed(job.input, job.output, "unwritable", message)
