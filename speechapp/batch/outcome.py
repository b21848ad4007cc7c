"""What a run over many recordings gives back, and what it tells meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike, fspath

from speechapp.batch.aligning import Job
from speechapp.batch.result import Result, failed
from speechapp.batch.sources import Found

Inputs = Sequence[str | PathLike[str]] | str | PathLike[str]
Progress = Callable[[int, int], None]  # how many recordings are through, of how many


@dataclass(frozen=True)
class Outcome:
    """What became of every recording, in the order they were found.

    jobs           what would be done, of a dry run; empty otherwise
    n_not_reached  recordings that a full disk left undone
    """

    results: Sequence[Result]
    found: Found
    jobs: Sequence[Job] = ()
    n_not_reached: int = 0

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)

    @property
    def is_well(self) -> bool:
        """Tell whether no recording failed and none was left."""
        return not self.count("failed") and not self.n_not_reached


def as_paths(inputs: Inputs) -> list[str]:
    """Take one path or many."""
    return [fspath(each) for each in ([inputs] if isinstance(inputs, (str, PathLike)) else inputs)]


def unreadable(found: Found) -> list[Result]:
    """Tell of the folders that could not be searched."""
    return [
        failed(folder, None, "unreadable", f"The folder cannot be searched ({why}); mend its rights.")
        for folder, why in found.unreadable
    ]
