"""Where each clip goes: one file per recording, none on another, none on a recording."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from speechapp.batch.sources import Source, identity_of, is_recording
from speechapp.errors import InvalidInput

SUFFIX = ".wav"
MOST_NAMED = 5  # of many that have the same fault


@dataclass(frozen=True)
class Target:
    """A recording, and the file that its clip becomes."""

    source: Source
    path: str


def is_single_file(inputs: Sequence[str], out: str) -> bool:
    """Tell whether OUT names the one clip of one file, rather than a folder for clips."""
    if len(inputs) != 1 or out.endswith(os.sep) or os.path.isdir(out) or not os.path.isfile(inputs[0]):
        return False
    return os.path.isfile(out) or is_recording(out)


def assign(sources: Sequence[Source], out: str, *, is_file: bool = False) -> list[Target]:
    """Give each recording its file: `out` itself, or below it the same path with the suffix .wav.

    Raises InvalidInput: out_not_wav, out_is_file, same_output, output_is_input.
    """
    if is_file:
        _require_wav(out)
        targets = [Target(sources[0], out)]
    else:
        _require_folder(out)
        targets = [Target(source, os.path.join(out, clip_name(source.below))) for source in sources]
    _require_one_each(targets)
    _require_no_input(targets)
    return targets


def clip_name(below: str) -> str:
    """Name the clip of a recording: `monday/yes.m4a` becomes `monday/yes.wav`."""
    return (os.path.splitext(below)[0] if is_recording(below) else below) + SUFFIX


def _require_wav(out: str) -> None:
    if os.path.splitext(out)[1].lower() != SUFFIX:
        raise InvalidInput("out_not_wav", "Clips are WAV files: call “%(out)s” something.wav.", out=out)


def _require_folder(out: str) -> None:
    if os.path.exists(out) and not os.path.isdir(out):
        raise InvalidInput("out_is_file", "“%(out)s” is a file; many clips need a folder as OUT.", out=out)


def _require_one_each(targets: Sequence[Target]) -> None:
    by_path: dict[str, list[str]] = {}
    for target in targets:
        by_path.setdefault(target.path, []).append(target.source.path)
    clashes = [f"{' and '.join(paths)} → {path}" for path, paths in by_path.items() if len(paths) > 1]
    if clashes:
        raise InvalidInput(
            "same_output",
            "More than one input would write each of these (%(n)d in all); nothing was written:\n%(clashes)s\n"
            "Files named one by one lie flat in OUT: name the folder above them, or quote a pattern such as "
            "'recordings/**/*.flac', and the folders below it are kept. Rename what has one name and two suffixes.",
            n=len(clashes),
            clashes=some(clashes),
        )


def _require_no_input(targets: Sequence[Target]) -> None:
    """Compare places, and the files in them: a recording may be a link to what lies in OUT."""
    real = _real_path()
    places = {real(target.source.path) for target in targets}
    files = {target.path: file for target in targets if (file := identity_of(target.path))}
    recordings = {identity_of(target.source.path) for target in targets} if files else set()
    taken = {path for path, file in files.items() if file in recordings}
    eaten = [target.path for target in targets if target.path in taken or real(target.path) in places]
    if eaten:
        raise InvalidInput(
            "output_is_input",
            "These outputs would replace a recording that is an input (%(n)d in all); nothing was written:\n%(eaten)s\n"
            "Choose another OUT: the recordings are never touched.",
            n=len(eaten),
            eaten=some(eaten),
        )


def _real_path() -> Callable[[str], str]:
    """Resolve the links of each folder once; 12,000 files lie in few."""
    real_folder = cache(os.path.realpath)
    return lambda path: os.path.join(real_folder(os.path.dirname(path) or "."), os.path.basename(path))


def some(lines: Sequence[str]) -> str:
    """The first few of many, one in a line."""
    shown = [f"  {line}" for line in lines[:MOST_NAMED]]
    more = len(lines) - MOST_NAMED
    return "\n".join([*shown, f"  ... and {more} more"] if more > 0 else shown)
