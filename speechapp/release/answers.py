"""The table of what speakers told of themselves: counts only, and so coarse that nobody can be picked out of them."""

from collections.abc import Mapping
from typing import Final

MIN_GROUP: Final = 5  # speakers; a smaller group is not shown
_ROUNDED_TO: Final = 5  # so that two releases, compared, seldom show what a speaker told who is in only one of them
_TITLES: Final = {
    "first_language": "first language",
    "accent": "accent, in their words",
    "age_band": "age",
    "gender": "gender",
    "device_kind": "device",
}
_REST: Final = "*other answers, or none*"
_NOTHING: Final = f"No answer was given by {MIN_GROUP} speakers or more."


def answers_table(told: Mapping[str, Mapping[str, int]], n_speakers: int) -> str:
    """Markdown. Who gave no answer stands with the small groups: else their size would follow from the total."""
    shown = {name: groups for name, answers in told.items() if (groups := _groups(answers))}
    if not shown:
        return _NOTHING
    lines = ["| detail | answer | speakers |", "| --- | --- | ---: |"]
    for name, groups in shown.items():
        counts = groups | {_REST: n_speakers - sum(groups.values())}
        lines += [f"| {_TITLES[name]} | {answer} | {n} |" for answer, n in counts.items()]
    return "\n".join(lines)


def _groups(answers: Mapping[str, int]) -> dict[str, int]:
    return {answer: n - n % _ROUNDED_TO for answer, n in answers.items() if n >= MIN_GROUP}
