"""The tables of the bench."""

from collections.abc import Sequence
from math import sqrt

from rich.table import Table

from bench.quality.judging import Found, Judged
from bench.quality.recordings import SOURCES
from speechapp.audio.quality import FAULTS

Z95 = 1.96


def planted_table(found: Sequence[Found]) -> Table:
    table = Table(title="Found of what was planted", title_justify="left")
    for heading in ("fault", "planted", "strength", "n", "found", "95 %", "caught"):
        table.add_column(heading, justify="left" if heading in ("fault", "planted") else "right")
    for one in found:
        strength = f"{one.planted.axis} {one.strength:g} {one.planted.unit}"
        n = len(one.judged)
        table.add_row(
            one.planted.code, one.planted.how, strength, str(n), *share(one.n_found, n), share(one.n_caught, n)[0]
        )
    return table


def clean_table(clean: Sequence[Judged]) -> Table:
    table = Table(title="Blamed among real recordings as they are", title_justify="left")
    table.add_column("fault")
    by_source = {source: [one for one in clean if one.take.source == source] for source in SOURCES}
    for source, judged in by_source.items():
        table.add_column(f"{source}\nn={len(judged)}", justify="right")
    for code in FAULTS:
        table.add_row(code, *(_blamed(code, judged) for judged in by_source.values()))
    table.add_row(
        "any", *(_cell(sum(bool(one.faults) for one in judged), len(judged)) for judged in by_source.values())
    )
    return table


def share(n_found: int, n: int) -> tuple[str, str]:
    low, high = interval(n_found, n)
    return f"{100 * n_found / max(n, 1):.1f} %", f"{100 * low:.1f}-{100 * high:.1f}"


def interval(n_found: int, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share. Source: Wilson, Probable Inference (JASA 22, 1927)."""
    if not n:
        return 0.0, 1.0
    found = n_found / n
    centre = (found + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * sqrt(found * (1 - found) / n + Z95**2 / (4 * n * n)) / (1 + Z95**2 / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _blamed(code: str, judged: Sequence[Judged]) -> str:
    return _cell(sum(code in one.faults for one in judged), len(judged))


def _cell(n_found: int, n: int) -> str:
    percent, between = share(n_found, n)
    return f"{percent} ({between})"
