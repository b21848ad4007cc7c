"""The language of a release. It has one: the same letters are another word elsewhere, as “no” and “once” are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speechapp.errors import Sentence


@dataclass(frozen=True)
class Spoken:
    """Which of the clips go together, what language that is (none: nobody said), and what must be put right."""

    records: Sequence[Any]
    language: str | None
    n_clips: Mapping[str, int]  # by language, of all that were found
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def of_one_language(records: Sequence[Any], wanted: str | None) -> Spoken:
    """The clips of the language that is wanted; without one, all of them, if they are of one.

    Imported clips need not say a language. They go along as long as there is one language only.
    """
    counts = Counter(record.language for record in records)
    n_untold = counts.pop(None, 0)
    n_clips = dict(sorted(counts.items()))
    if wanted is None:
        language = next(iter(n_clips)) if len(n_clips) == 1 else None
        return Spoken(records, language, n_clips, problems=tuple(_which_one(n_clips)))
    kept = [record for record in records if record.language == wanted]
    problems = () if kept else (_nobody_spoke(wanted, n_clips),)
    return Spoken(kept, wanted, n_clips, problems, tuple(_left_out(n_untold, wanted)))


def _nobody_spoke(wanted: str, n_clips: Mapping[str, int]) -> Sentence:
    there = _listed(n_clips) or "–"
    return Sentence("No accepted clip is in the language %(wanted)s; there is %(there)s.", wanted=wanted, there=there)


def _which_one(n_clips: Mapping[str, int]) -> list[str]:
    if len(n_clips) < 2:
        return []
    return [
        Sentence(
            "The accepted clips are of several languages: %(languages)s. A release has one; choose its language.",
            languages=_listed(n_clips),
        )
    ]


def _left_out(n_untold: int, wanted: str) -> list[str]:
    if not n_untold:
        return []
    return [
        Sentence(
            "%(n)d imported clips do not say their language and are left out; import them again with "
            "--language %(wanted)s if that is what they are.",
            n=n_untold,
            wanted=wanted,
        )
    ]


def _listed(n_clips: Mapping[str, int]) -> str:
    return ", ".join(f"{language} ({n})" for language, n in n_clips.items())
