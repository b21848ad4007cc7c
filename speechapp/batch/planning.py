"""What is still to be done: which clips are there already, which are in the way, before anything is written."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from speechapp.batch.aligning import Job, Mode, Settings
from speechapp.batch.journal import Entry, Journal, is_same
from speechapp.batch.result import Result
from speechapp.batch.targets import Target, some
from speechapp.errors import InvalidInput

# What to do with a file that is in the way of a clip.
Existing = Literal["refuse", "overwrite", "skip"]
# Why a clip that is there is not the one asked for.
Obstacle = Literal["other_settings", "input_changed", "output_changed"]

OBSTACLES: Final[Mapping[Obstacle, str]] = {
    "other_settings": "made with other settings",
    "input_changed": "the recording has changed since",
    "output_changed": "the clip was changed by something else since",
}


@dataclass
class Plan:
    """The jobs to do, what is there already, and what is in the way."""

    jobs: list[Job] = field(default_factory=list)
    settled: list[Result] = field(default_factory=list)  # done or kept
    obstacles: dict[Obstacle, list[str]] = field(default_factory=lambda: defaultdict(list))


def plan(
    targets: Sequence[Target], journal: Journal | None, known: Mapping[str, Any], settings: Settings, existing: Existing
) -> Plan:
    """Compare what is asked for with what is there; `known` are the settings as the journal keeps them.

    A file that the journal does not know is compared with the clip when that is made: a run that was killed may have
    left it. Raises InvalidInput in_the_way when clips are there that must not be replaced unasked.
    """
    made = Plan()
    for target in targets:
        _place(made, target, journal.entry(target.path) if journal else None, known, settings, existing)
    if existing == "refuse" and made.obstacles:
        raise _in_the_way(made.obstacles, known, journal)
    return made


def size_of(path: str) -> int:
    """Tell how many bytes a recording has; 0 where that cannot be told, as opening it will."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _place(
    made: Plan,
    target: Target,
    entry: Entry | None,
    known: Mapping[str, Any],
    settings: Settings,
    existing: Existing,
) -> None:
    if not os.path.lexists(target.path):
        made.jobs.append(_job(target, "make"))
    elif entry is None:
        _place_unknown(made, target, existing)
    elif obstacle := _obstacle(target, entry, known):
        made.obstacles[obstacle].append(target.path)
        if existing == "overwrite":
            made.jobs.append(_job(target, "replace"))
        else:
            made.settled.append(_kept(target, OBSTACLES[obstacle]))
    elif _lacks(entry, settings):
        made.jobs.append(_job(target, "check"))
    else:
        made.settled.append(_done(target, entry))


def _place_unknown(made: Plan, target: Target, existing: Existing) -> None:
    if existing == "skip":
        made.settled.append(_kept(target, "it was there before"))
    else:
        made.jobs.append(_job(target, "replace" if existing == "overwrite" else "check"))


def _obstacle(target: Target, entry: Entry, known: Mapping[str, Any]) -> Obstacle | None:
    if dict(entry.settings) != known:
        return "other_settings"
    try:
        if not is_same(target.source.path, os.stat(target.source.path), entry.input_stamp):
            return "input_changed"
        if not is_same(target.path, os.stat(target.path), entry.output_stamp):
            return "output_changed"
    except OSError:
        return "output_changed" if os.path.exists(target.source.path) else "input_changed"
    return None


def _lacks(entry: Entry, settings: Settings) -> bool:
    return (settings.with_pictures and not entry.picture) or (settings.with_measures and not entry.measures)


def _job(target: Target, mode: Mode) -> Job:
    return Job(target.source.path, target.path, mode, size_of(target.source.path))


def _done(target: Target, entry: Entry) -> Result:
    return Result(
        "done",
        target.source.path,
        target.path,
        clip=entry.clip,
        faults=entry.faults,
        measures=entry.measures,
        picture=entry.picture,
    )


def _kept(target: Target, why: str) -> Result:
    return Result("kept", target.source.path, target.path, "kept", f"The file in its place was kept: {why}.")


def _in_the_way(
    obstacles: Mapping[Obstacle, Sequence[str]], known: Mapping[str, Any], journal: Journal | None
) -> InvalidInput:
    told = [
        f"{len(paths)} {_clips(paths)}: {OBSTACLES[each]}{_differences(each, paths, known, journal)}\n{some(paths)}"
        for each, paths in obstacles.items()
    ]
    return InvalidInput(
        "in_the_way",
        "Clips are there already that are not what would be made now; nothing was written.\n%(told)s\n"
        "--overwrite makes these again, --skip-existing leaves them and makes the others; or choose another OUT.",
        told="\n".join(told),
    )


def _clips(paths: Sequence[str]) -> str:
    return "clip" if len(paths) == 1 else "clips"


def _differences(obstacle: Obstacle, paths: Sequence[str], known: Mapping[str, Any], journal: Journal | None) -> str:
    """Name the settings in which the first of the clips differs."""
    entry = journal.entry(paths[0]) if journal and obstacle == "other_settings" else None
    if entry is None:
        return ""
    names = sorted(entry.settings.keys() | known.keys())
    changed = [
        f"{name} {entry.settings.get(name)}, now {known.get(name)}"
        for name in names
        if entry.settings.get(name) != known.get(name)
    ]
    return f" ({'; '.join(changed)})"
