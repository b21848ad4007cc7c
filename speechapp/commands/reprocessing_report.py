"""What `speechapp process-again` says of what it did, or would do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from speechapp.commands.console import console
from speechapp.reprocessing import ALIKE_MS, Change, Outcome

N_LARGEST: Final = 10
OUTCOMES: Final[tuple[tuple[Outcome, str], ...]] = (
    ("same", "are byte for byte what they were"),
    ("changed", "changed"),
    ("rescued", "were unusable, and are clips now"),
    ("unusable", "are unusable, as before"),
    ("refused", "would be unusable now: left as they were"),
    ("busy", "were held by a worker, or withdrawn: left alone"),
    ("failed", "failed: left as they were, and the log says why"),
)


def print_report(changes: Sequence[Change], *, is_dry_run: bool) -> None:
    for line in (*_outcomes(changes), *_moves(changes), *_decisions(changes)):
        console.print(line, markup=False)
    if is_dry_run:
        console.print("Nothing was changed: this was a dry run.")


def _outcomes(changes: Sequence[Change]) -> Iterator[str]:
    counts = Counter(change.outcome for change in changes)
    yield f"{len(changes)} clips"
    yield from (f"{counts[outcome]:>7} {words}" for outcome, words in OUTCOMES if counts[outcome])


def _moves(changes: Sequence[Change]) -> Iterator[str]:
    """How far the windows moved, and the largest moves by name."""
    moved = [change for change in changes if change.moved_ms]
    distances_ms = sorted(abs(change.moved_ms or 0.0) for change in moved)
    if not moved:
        return
    n_heard = sum(distance_ms > ALIKE_MS for distance_ms in distances_ms)
    p95_ms = distances_ms[(95 * len(distances_ms) - 1) // 100]
    yield (
        f"{len(moved)} windows moved, {n_heard} of them by more than {ALIKE_MS:.0f} ms: "
        f"median {median(distances_ms):.0f} ms, 95 % within {p95_ms:.0f} ms. The largest:"
    )
    largest = sorted(moved, key=lambda change: (-abs(change.moved_ms or 0.0), change.name))[:N_LARGEST]
    yield from (f"{change.moved_ms:>+7.0f} ms  {change.name}" for change in largest)


def _decisions(changes: Sequence[Change]) -> Iterator[str]:
    n_reviewed_again = sum(change.is_reviewed_again for change in changes)
    if n_reviewed_again:
        yield f"{n_reviewed_again} decided clips went back to review"
