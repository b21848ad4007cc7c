"""`measure_files`: the measures and faults of many recordings; what `speechapp measure` does, for Python."""

from collections.abc import Sequence

from speechapp.audio.clip import Processing
from speechapp.batch import pool
from speechapp.batch.measuring import Job, Settings, measure_file
from speechapp.batch.outcome import Inputs, Outcome, Progress, as_paths, unreadable
from speechapp.batch.planning import size_of
from speechapp.batch.recording import AS_IN_THE_SERVICE
from speechapp.batch.report import about_measuring
from speechapp.batch.result import Result
from speechapp.batch.sources import find
from speechapp.batch.written import Written


def measure_files(
    inputs: Inputs,
    *,
    processing: Processing = AS_IN_THE_SERVICE,
    jobs: int = 1,
    faults_only: bool = False,
    table_path: str | None = None,
    report_path: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Measure files, folders and patterns; a recording that fails is told in its result and stops no other.

    With `faults_only` the table and the report leave out recordings without a fault; the outcome has them all. Raises
    as `align_files` does.
    """
    paths, written = as_paths(inputs), Written(table_path, report_path)
    found = find(paths)
    written.require_free([source.path for source in found.sources])
    waiting = [Job(source.path, size_of(source.path)) for source in found.sources]
    results = unreadable(found)
    total = len(results) + len(waiting)
    for arrived in pool.run(measure_file, waiting, Settings(processing, report_path is not None), jobs):
        results += arrived
        if progress:
            progress(len(results), total)
    ordered = _in_order(results, waiting)
    shown = [result for result in ordered if result.faults or result.status == "failed" or not faults_only]
    written.write(shown, about_measuring(paths), with_measures=True)
    return Outcome(ordered, found)


def _in_order(results: Sequence[Result], jobs: Sequence[Job]) -> list[Result]:
    place = {job.input: index for index, job in enumerate(jobs)}
    return sorted(results, key=lambda result: place.get(result.input, -1))
