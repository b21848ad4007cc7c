"""What `align` and `measure` have in common: options, progress, refusals, and how failures are told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import click

from speechapp.batch.outcome import Progress
from speechapp.batch.pool import available_processes
from speechapp.batch.result import Result
from speechapp.batch.sources import Found
from speechapp.commands.console import progress_bar, stderr
from speechapp.errors import Conflict, InvalidInput

MOST_FAILURES: Final = 100  # on the terminal
INTERRUPTED: Final = 130  # as a shell tells of a program that Ctrl-C ended

report_option: Callable[[Any], Any] = click.option(
    "--report", "report", metavar="FILE.html", help="Write a page with the picture of every recording."
)
table_option: Callable[[Any], Any] = click.option(
    "--table", "table", metavar="FILE", help="Write a row for every recording: .csv, .jsonl, or - for CSV on stdout."
)
jobs_option: Callable[[Any], Any] = click.option(
    "--jobs", type=click.IntRange(1, 256), default=available_processes, show_default="all cores", help="Processes."
)


class Refused(click.ClickException):
    """Nothing was done, and the command must be changed."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"speechapp: {self.message}", err=True, file=file)


@contextmanager
def refusals_are_usage() -> Iterator[None]:
    """Tell what was refused before anything was written with exit status 2."""
    try:
        yield
    except (InvalidInput, Conflict) as error:
        raise Refused(error.message) from error


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Show a bar once there is something to do; it goes to stderr."""
    with ExitStack() as stack:
        bar = progress_bar()
        task = bar.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            if not bar.live.is_started:  # not before: a refusal stands alone
                stack.enter_context(bar)
            bar.update(task, completed=done, total=total)

        yield show


def print_failures(results: Sequence[Result]) -> None:
    """Name each recording that failed, with its reason and what to do."""
    failures = [result for result in results if result.status == "failed"]
    for result in failures[:MOST_FAILURES]:
        stderr.print(f"failed  {_printable(result.input)}: {result.message} [{result.reason}]", markup=False)
    if len(failures) > MOST_FAILURES:
        stderr.print(f"... and {len(failures) - MOST_FAILURES} more failed; --table names them all.", markup=False)


def print_passed_over(found: Found) -> None:
    """Tell what was not taken for a recording."""
    for note in found.notes:
        stderr.print(_printable(note), markup=False)
    if found.ignored:
        kinds = ", ".join(f"{n} {suffix}" for suffix, n in found.ignored.most_common(5))
        stderr.print(f"Passed over what is no recording: {kinds}.", markup=False)


def _printable(text: str) -> str:
    """Show a name in one line, whatever it holds."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
