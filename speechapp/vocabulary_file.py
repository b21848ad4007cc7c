"""One vocabulary on disk: `NAME.json`, or a folder `NAME` with `vocabulary.json`, pictures and sounds beside it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from speechapp.errors import ConfigError
from speechapp.prompts import Prompt, Vocabulary
from speechapp.vocabulary_check import vocabulary_problems

FILE_IN_FOLDER: Final = "vocabulary.json"


@dataclass(frozen=True)
class Checked:
    """What a file holds: a vocabulary, or else why it is none."""

    path: Path
    vocabulary: Vocabulary | None
    problems: tuple[str, ...]


def vocabulary_id(path: Path) -> str:
    """What a vocabulary is known by: the name of its file without `.json`, or of its folder."""
    return path.resolve().parent.name if path.name == FILE_IN_FOLDER else path.stem


def check(named: Path) -> Checked:
    """Read a vocabulary, given as its file or as its folder, and find everything that is wrong with it."""
    path = named / FILE_IN_FOLDER if named.is_dir() else named
    try:
        table = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        return _unreadable(path, f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})")
    except UnicodeDecodeError as error:
        return _unreadable(path, f"byte {error.start}: this is not UTF-8; save the file in UTF-8")
    except (ValueError, RecursionError) as error:
        return _unreadable(path, f"the file: {error}")
    except OSError as error:
        return _unreadable(path, f"the file: it cannot be read ({error.strerror})")
    problems = tuple(vocabulary_problems(vocabulary_id(path), table, path.parent))
    return Checked(path, None if problems else _vocabulary(path, table), problems)


def read(named: Path) -> Vocabulary:
    """The vocabulary in this file or folder; raises ConfigError that names the file, what is wrong, and the fix."""
    checked = check(named)
    if checked.vocabulary is None:
        raise ConfigError("vocabulary_invalid", refusal(checked.path, checked.problems))
    return checked.vocabulary


def refusal(path: Path, problems: Sequence[str]) -> str:
    """The problems in one line: the first of them, and how to see the others."""
    more = f" And {len(problems) - 1} more: speechapp vocabulary check {path}" if len(problems) > 1 else ""
    return f"The vocabulary {path} cannot be used. {problems[0][0].upper()}{problems[0][1:]}.{more}"


def _unreadable(path: Path, problem: str) -> Checked:
    return Checked(path, None, (problem,))


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice}” stands twice in one object; keep one of them")
    return table


def _vocabulary(path: Path, table: Mapping[str, Any]) -> Vocabulary:
    core, auxiliary = (tuple(map(_prompt, table[name])) for name in ("core", "auxiliary"))
    named = {name for prompt in core + auxiliary for name in (prompt.picture, prompt.sound) if name}
    media = {name: path.parent / name for name in sorted(named)}
    return Vocabulary(
        id=vocabulary_id(path),
        name=table.get("name", vocabulary_id(path)),
        language=table["language"],
        version=str(table["version"]),
        core_repetitions=table["core_repetitions"],
        core=core,
        auxiliary=auxiliary,
        licence=table.get("licence"),
        credits=table.get("credits"),
        media=media,
        media_version=_content_version(media) if media else "",
    )


def _prompt(entry: str | Mapping[str, str]) -> Prompt:
    if isinstance(entry, str):
        return Prompt(entry, entry)
    return Prompt(entry["word"], entry.get("text", entry["word"]), entry.get("picture"), entry.get("sound"))


def _content_version(media: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in media.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
