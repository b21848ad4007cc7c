"""`speechapp measure`: levels, noise and faults of recordings; nothing of the service is needed."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from speechapp.audio.quality import FAULTS
from speechapp.batch.measure_files import measure_files
from speechapp.batch.result import Result
from speechapp.commands.console import stderr
from speechapp.commands.files import (
    INTERRUPTED,
    jobs_option,
    print_failures,
    print_passed_over,
    progress,
    refusals_are_usage,
    report_option,
    table_option,
)

# What the summary shows of the measures; the table has all of them.
MAIN: Final = ("take_ms", "peak_dbfs", "active_dbfs", "noise_floor_dbfs", "snr_db", "bandwidth_hz", "window_start_ms")
_PERCENTILES: Final = (5, 25, 50, 75, 95)


@click.command("measure", no_args_is_help=True)
@click.argument("inputs", metavar="IN...", nargs=-1, required=True)
@table_option
@report_option
@click.option("--faults-only", is_flag=True, help="Leave recordings without a fault out of the table and the report.")
@jobs_option
@click.pass_context
def measure(
    context: click.Context,
    /,
    inputs: Sequence[str],
    table: str | None,
    report: str | None,
    faults_only: bool,
    jobs: int,
) -> None:
    """Measure each recording: levels, noise, clipping, bandwidth, and what is wrong with it.

    IN is a file, a folder with all below it, or a quoted pattern such as 'takes/**/*.m4a'. Nothing is written but the
    table and the report you ask for.

    \b
    Examples:
      speechapp measure recordings
      speechapp measure recordings --table measures.csv --report report.html
      speechapp measure recordings --faults-only --table - | column -ts,
      speechapp measure 'recordings/**/yes*.wav' --table measures.jsonl

    Exit status: 0 all could be measured (a fault is no failure), 1 some recording failed (each is named), 2 nothing
    was done since the command must be changed, 130 stopped by Ctrl-C.
    """
    try:
        with refusals_are_usage(), progress("Measuring") as on_progress:
            outcome = measure_files(
                inputs,
                jobs=jobs,
                faults_only=faults_only,
                table_path=table,
                report_path=report,
                progress=on_progress,
            )
    except KeyboardInterrupt:
        stderr.print("Stopped.")
        context.exit(INTERRUPTED)
    print_failures(outcome.results)
    print_passed_over(outcome.found)
    _print_summary([result for result in outcome.results if result.measures], is_on_stderr=table == "-")
    for path in (table, report):
        if path and path != "-":
            stderr.print(f"Wrote {path}", markup=False)
    context.exit(0 if outcome.is_well else 1)


def _print_summary(measured: Sequence[Result], *, is_on_stderr: bool) -> None:
    console = Console(stderr=is_on_stderr, highlight=False)
    if measured:
        console.print(_faults_table(measured))
        console.print(_measures_table(measured))


def _faults_table(measured: Sequence[Result]) -> Table:
    counts = Counter(code for result in measured for code in result.faults)
    n_well = sum(not result.faults for result in measured)
    made = Table(
        "fault", "recordings", "share", "what to do", title=f"{len(measured)} measured, {n_well} without a fault"
    )
    for code, n in counts.most_common():
        made.add_row(code, str(n), f"{100 * n / len(measured):.1f} %", str(FAULTS.get(code, "")))
    return made


def _measures_table(measured: Sequence[Result]) -> Table:
    made = Table("measure", *(f"{percent} %" for percent in _PERCENTILES), title="Percentiles")
    for name in MAIN:
        values = [result.measures[name] for result in measured if name in result.measures]
        if values:
            made.add_row(name, *(f"{_percentile(values, percent):.1f}" for percent in _PERCENTILES))
    return made


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
