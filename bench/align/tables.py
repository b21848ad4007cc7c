"""The tables of the bench, as people read them in a terminal."""

import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.align.data import CROPS
from bench.align.quality import Outcome, Share, Summary, summarise
from bench.align.throughput import Speed

Outcomes = Mapping[str, Mapping[str, Sequence[Outcome]]]
"""By condition, then by method, both in the order to show."""

LOG_WIDTH = 170
HEADINGS = (
    *("strict %", "+-20 ms %", "centre ms", "p95", "off ms", "p95"),
    *("energy lost %", "lost > 1 %, %", "cut > 20 ms, %", "dropped"),
)
EXPLANATION = """\
strict         the whole labelled word lies inside the second; +-20 ms: all but 20 ms at either end. (95 % intervals.)
centre, p95    how far the second is from the best one within the take, median and 95th percentile
off, p95       |centre of the second - centre of the word|; a word close to an end of the take cannot be centred within
energy lost    the word's energy outside the second, the mean; and the takes that lost more than 1 % of it
cut            words of at most a second that lost more than 20 ms at either end
Words longer than a second cannot be kept whole; they count as failures of `strict`."""


@cache
def terminal() -> Console:
    """Where tables and progress go; wide where nobody looks at it yet, as into a file."""
    return Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False)


def show_quality(console: Console, outcomes: Outcomes) -> None:
    for condition, of_method in outcomes.items():
        console.print(quality_table(condition, of_method))
    if CROPS in outcomes:
        for name, chosen in groups(next(iter(outcomes[CROPS].values()))).items():
            of_group = {
                method: [outcome for outcome in found if outcome.name in chosen]
                for method, found in outcomes[CROPS].items()
            }
            console.print(quality_table(f"{CROPS}, {name}", of_group))
    console.print(strict_table(outcomes))
    console.print(EXPLANATION, highlight=False)


def groups(outcomes: Sequence[Outcome]) -> dict[str, set[str]]:
    """Name the files of each kind of telephone, and those with a word longer than the second."""
    named: dict[str, set[str]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.telephone):
        named.setdefault(f"{outcome.telephone} phone", set()).add(outcome.name)
    return named | {"words longer than 1 s": {outcome.name for outcome in outcomes if outcome.is_longer_than_clip}}


def quality_table(title: str, of_method: Mapping[str, Sequence[Outcome]]) -> Table:
    judged = next(iter(of_method.values()))
    n_longer = sum(outcome.is_longer_than_clip for outcome in judged)
    table = plain_table(f"{title}: {len(judged)} takes, {n_longer} with a word longer than the second", HEADINGS)
    for method, outcomes in of_method.items():
        table.add_row(method, *quality_cells(summarise(outcomes)))
    return table


def quality_cells(summary: Summary) -> tuple[str, ...]:
    return (
        with_interval(summary.strict),
        with_interval(summary.tolerant),
        number(summary.centre_ms_median),
        number(summary.centre_ms_p95),
        number(summary.off_ms_median),
        number(summary.off_ms_p95),
        number(summary.energy_lost_percent, 2),
        number(summary.lossy.percent),
        with_interval(summary.cut, 2),
        str(summary.n_dropped or ""),
    )


def strict_table(outcomes: Outcomes) -> Table:
    """Everything at a glance: strict per cent by condition."""
    table = plain_table("Whole word inside the second, strict %", list(outcomes))
    for method in next(iter(outcomes.values())):
        shares = [summarise(of_method[method]).strict for of_method in outcomes.values()]
        table.add_row(method, *(number(share.percent) for share in shares))
    return table


def speed_table(speeds: Mapping[str, Speed], baseline: str) -> Table:
    headings = ("clips/s", "clips/CPU s", f"CPU, against {baseline}")
    table = plain_table("WAV in to WAV out, one process, nothing synced; medians", headings)
    for method, speed in speeds.items():
        ratio = speed.per_cpu_s / speeds[baseline].per_cpu_s
        table.add_row(method, f"{speed.per_wall_s:,.0f}", f"{speed.per_cpu_s:,.0f}", f"{ratio:.2f}")
    return table


def plain_table(title: str, headings: Sequence[str]) -> Table:
    """Without lines between columns, so that it reads in a log as well."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("method", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def with_interval(share: Share, n_digits: int = 1) -> str:
    low, high = share.interval_percent
    return f"{number(share.percent, n_digits)} ({number(low, n_digits)}-{number(high, n_digits)})"


def number(value: float, n_digits: int = 1) -> str:
    return "-" if math.isnan(value) else f"{value:.{n_digits}f}"
