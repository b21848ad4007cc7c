"""Which recordings are meant: files, folders with all below them, and patterns."""

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Final

from speechapp.errors import InvalidInput

# What a folder is searched for. The second line we cannot decode: it is taken all the same, so that this is told.
SUFFIXES: Final = frozenset(
    (
        *(".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".webm", ".weba", ".mka", ".mp4", ".m4a", ".m4b", ".mp3"),
        *(
            ".aac",
            ".aif",
            ".aifc",
            ".aiff",
            ".amr",
            ".au",
            ".caf",
            ".gsm",
            ".snd",
            ".spx",
            ".voc",
            ".wma",
            ".wv",
            ".3gp",
        ),
    )
)
JOURNAL_NAME: Final = ".speechapp-align.jsonl"  # marks a folder as one that `speechapp align` writes into

_GLOBSTAR: Final = "**"


@dataclass(frozen=True)
class Source:
    """A recording: the path that opens it, and its path below the folder or the fixed part of the pattern named."""

    path: str
    below: str


@dataclass
class Found:
    """All that the arguments stand for, in order.

    unreadable  folders that could not be opened, each with the system's reason
    ignored     how many files of each suffix were passed over, since they are no recordings
    notes       what else was passed over, in sentences
    """

    sources: list[Source] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def find(arguments: Sequence[str], out: str | None = None) -> Found:
    """Find the recordings that files, folders and patterns stand for, each once and sorted, none of them in `out`.

    Hidden files and other kinds of files are passed over when a folder is searched, and with `out` so are the folders
    inside it that `speechapp align` made. A file that is named itself is taken whatever its name. Links are followed,
    no folder is searched twice for one argument.
    Raises InvalidInput: input_missing, in_is_out, nothing_found.
    """
    search = _Search(out)
    for argument in arguments:
        search.add(os.path.expanduser(argument))
    found = search.found
    if not found.sources and not found.unreadable:
        raise _nothing_found(arguments, found)
    return found


def is_recording(name: str) -> bool:
    """Tell by its suffix whether a file may hold a recording."""
    return os.path.splitext(name)[1].lower() in SUFFIXES


class _Search:
    def __init__(self, out: str | None) -> None:
        self.found = Found()
        self._has_out = out is not None
        self._out = identity_of(out) if out is not None else None
        self._named = ""
        self._taken: set[tuple[str, str]] = set()
        self._seen: set[tuple[int, int]] = set()

    def add(self, argument: str) -> None:
        self._seen = {self._out} if self._out else set()
        if os.path.isdir(argument):
            self._require_other_than_out(argument)
            self._add_folder(argument, argument)
        elif os.path.isfile(argument):
            self._add_file(argument, os.path.basename(argument), os.path.abspath(argument))
        elif glob.has_magic(argument):
            self._add_pattern(argument)
        else:
            raise _missing(argument)

    def _require_other_than_out(self, folder: str) -> None:
        if self._out is not None and identity_of(folder) == self._out:
            sentence = "“%(folder)s” is IN and OUT: choose another OUT, a new folder inside of it will do."
            raise InvalidInput("in_is_out", sentence, folder=folder)

    def _add_file(self, path: str, below: str, whole_path: str) -> None:
        if (whole_path, below) not in self._taken:
            self._taken.add((whole_path, below))
            self.found.sources.append(Source(path, below))

    def _add_folder(self, folder: str, base: str, wanted: re.Pattern[str] | None = None) -> None:
        """Add what is below a folder, by its path below `base`, which is the folder or one above it."""
        self._named = folder
        whole_folder = os.path.abspath(folder)
        ahead = "" if folder == base else os.path.relpath(folder, base)
        for path in self._walk(folder):
            inside = path[len(folder) :].lstrip(os.sep)
            if wanted is None or wanted.fullmatch(inside):
                self._add_if_recording(path, os.path.join(ahead, inside), os.path.join(whole_folder, inside))

    def _add_if_recording(self, path: str, below: str, whole_path: str) -> None:
        if is_recording(path):
            self._add_file(path, below, whole_path)
        else:
            self.found.ignored[os.path.splitext(path)[1].lower() or "without a suffix"] += 1

    def _add_pattern(self, pattern: str) -> None:
        """Expand what a shell left as it is; a folder that matches is searched, as if the shell had named it."""
        parts = pattern.split(os.sep)
        n_fixed = next(index for index, part in enumerate(parts) if glob.has_magic(part))
        base = os.sep.join(parts[:n_fixed]) or (os.sep if n_fixed else ".")
        n_plain = parts.index(_GLOBSTAR) if _GLOBSTAR in parts else len(parts)
        wanted = _wanted(parts[n_plain:])
        for match in sorted(glob.glob(os.sep.join(parts[:n_plain]))) if n_plain else ["."]:
            if os.path.isdir(match):
                self._add_folder(match, base, wanted)
            elif wanted is None:
                self._add_if_recording(match, os.path.relpath(match, base), os.path.abspath(match))

    def _walk(self, folder: str) -> Iterator[str]:
        """All files below a folder, sorted; each folder once, however links lead to it."""
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
            identity = identity_of(folder)
        except OSError as error:
            self.found.unreadable.append((folder, error.strerror or str(error)))
            return
        if identity in self._seen or self._is_ours(folder, entries):
            return
        if identity:
            self._seen.add(identity)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                yield from self._walk(entry.path)
            elif _is_file(entry):
                yield entry.path

    def _is_ours(self, folder: str, entries: Iterable[os.DirEntry[str]]) -> bool:
        if not self._has_out or folder == self._named:
            return False
        is_ours = any(entry.name == JOURNAL_NAME for entry in entries)
        if is_ours:
            self.found.notes.append(f"{folder} holds clips that were aligned before; it was not searched.")
        return is_ours


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Say yes to a link that leads nowhere, too: reading it tells why it has no sound; no to a pipe, which may hang."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir() and not os.path.exists(entry.path))
    except OSError:
        return True


def identity_of(path: str) -> tuple[int, int] | None:
    """Tell which file or folder a path leads to, through links of either kind; None where nothing is there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _wanted(parts: Sequence[str]) -> re.Pattern[str] | None:
    """What the path below a folder must look like for a pattern that goes on with `**`; None where it does not."""
    if not parts or all(part == _GLOBSTAR for part in parts):
        return re.compile(".*", re.DOTALL) if parts else None
    *folders, last = parts
    ahead = "".join("(?:[^/]+/)*" if part == _GLOBSTAR else f"{_segment(part)}/" for part in folders)
    return re.compile(ahead + ("(?:[^/]+/)*[^/]+" if last == _GLOBSTAR else _segment(last)), re.DOTALL)


def _segment(pattern: str) -> str:
    """The regular expression for one part of a path; a wildcard does not pass a slash."""
    inner = translate(pattern).removeprefix("(?s:").removesuffix(")\\Z").replace(".*", "[^/]*")
    return f"(?:{inner})"


def _missing(argument: str) -> InvalidInput:
    sentence = "There is no file or folder “%(path)s”, or it is not an ordinary one; check the name."
    return InvalidInput("input_missing", sentence, path=argument)


def _nothing_found(arguments: Sequence[str], found: Found) -> InvalidInput:
    passed = ", ".join(f"{n} {suffix}" for suffix, n in found.ignored.most_common(5))
    return InvalidInput(
        "nothing_found",
        "There are no recordings in %(places)s%(passed)s. Folders are searched for %(suffixes)s and the like.",
        places=" ".join(arguments[:5]),
        passed=f" (passed over: {passed})" if passed else "",
        suffixes=".wav, .flac, .ogg, .opus, .webm, .m4a, .mp3",
    )
