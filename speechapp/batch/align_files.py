"""`align_files`: many recordings to one clip each, on disk; what `speechapp align` does, for Python."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from os import PathLike, fspath
from typing import Any

from speechapp.audio.clip import Processing
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.batch import journal, pool, whole_file
from speechapp.batch.aligning import Settings, align_file
from speechapp.batch.outcome import Inputs, Outcome, Progress, as_paths, unreadable
from speechapp.batch.planning import Existing, plan
from speechapp.batch.recording import AS_IN_THE_SERVICE
from speechapp.batch.report import about_aligning
from speechapp.batch.result import Result
from speechapp.batch.sources import Found, find
from speechapp.batch.targets import Target, assign, is_single_file
from speechapp.batch.written import Written
from speechapp.errors import InvalidInput


@dataclass(frozen=True)
class Request:
    """What `align_files` was asked for, its targets known."""

    out: str
    is_file: bool
    found: Found
    targets: Sequence[Target]
    settings: Settings
    existing: Existing
    known: Mapping[str, Any]

    @property
    def taken(self) -> list[str]:
        """Every recording and every clip."""
        return [path for target in self.targets for path in (target.source.path, target.path)]


def align_files(
    inputs: Inputs,
    out: str | PathLike[str],
    *,
    processing: Processing = AS_IN_THE_SERVICE,
    existing: Existing = "refuse",
    jobs: int = 1,
    with_measures: bool = False,
    table_path: str | None = None,
    report_path: str | None = None,
    fsync: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Align files, folders and patterns into the folder `out`, or one file into the file `out`; see docs/align-tool.md.

    What was done before, of the same bytes with the same settings, is not done again. A recording that fails is told
    in its result and stops no other. With `jobs` above 1 as many processes work. Raises InvalidInput and Conflict
    before anything is written, StorageError when the system ended a process or when the table or the report cannot be
    written, KeyboardInterrupt once what was under way is kept.
    """
    paths, written = as_paths(inputs), Written(table_path, report_path)
    settings = Settings(processing, with_measures, report_path is not None, fsync)
    request = _request(paths, fspath(out), settings, existing)
    written.require_free(request.taken, is_forced=existing == "overwrite")
    if dry_run:
        return _dry_run(request)
    outcome = _run(request, jobs, progress)
    written.write(outcome.results, about_aligning(paths, request.out, processing), with_measures=with_measures)
    return outcome


def _request(paths: Sequence[str], out: str, settings: Settings, existing: Existing) -> Request:
    is_file = is_single_file(paths, out)
    found = find(paths, None if is_file else out)
    targets = assign(found.sources, out, is_file=is_file)
    return Request(out, is_file, found, targets, settings, existing, _known(settings.processing))


def _known(processing: Processing) -> dict[str, Any]:
    """Tell all that decides the bytes of a clip, as the journal keeps it."""
    return {
        "method": processing.method,
        "seconds": processing.n_samples / SAMPLE_RATE_HZ,
        "level": processing.level_dbfs,
        "dither": processing.dither,
        "speechapp": version("speechapp"),
    }


def _dry_run(request: Request) -> Outcome:
    book = None if request.is_file else journal.read(request.out)
    planned = plan(request.targets, book, request.known, request.settings, request.existing)
    return Outcome([*unreadable(request.found), *planned.settled], request.found, planned.jobs)


def _run(request: Request, n_processes: int, progress: Progress | None) -> Outcome:
    with _journal(request) as book:
        planned = plan(request.targets, book, request.known, request.settings, request.existing)
        for folder in {os.path.dirname(job.output) for job in planned.jobs} if book else ():
            whole_file.remove_parts(folder)
        results = [*unreadable(request.found), *planned.settled]
        total = len(results) + len(planned.jobs)
        if progress:
            progress(len(results), total)
        for arrived in pool.run(align_file, planned.jobs, request.settings, n_processes):
            results += arrived
            if book and not _remembered(book, arrived, request.known):
                break
            if progress:
                progress(len(results), total)
    return Outcome(_in_order(results, request.targets), request.found, n_not_reached=total - len(results))


def _remembered(book: journal.Journal, results: Sequence[Result], known: Mapping[str, Any]) -> bool:
    """Write the results down; where the disk is full that ends the run, and the next one recognises the clips."""
    try:
        book.add(results, known)
    except OSError:
        return False
    return True


@contextmanager
def _journal(request: Request) -> Iterator[journal.Journal | None]:
    """Hold the journal of OUT, which is made if need be; a single clip has none."""
    if request.is_file:
        yield None
        return
    try:
        os.makedirs(request.out, exist_ok=True)
        holding = journal.held(request.out)
        book = holding.__enter__()
    except OSError as error:
        raise _unwritable(request.out, error) from error
    try:
        yield book
    finally:
        holding.__exit__(None, None, None)


def _unwritable(out: str, error: OSError) -> InvalidInput:
    sentence = "Nothing can be written to “%(out)s” (%(why)s); choose another OUT, or mend its rights."
    return InvalidInput("out_unwritable", sentence, out=out, why=error.strerror or error)


def _in_order(results: Sequence[Result], targets: Sequence[Target]) -> list[Result]:
    place = {target.path: index for index, target in enumerate(targets)}
    return sorted(results, key=lambda result: place.get(result.output or "", -1))
