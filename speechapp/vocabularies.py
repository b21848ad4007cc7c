"""Vocabularies: those we ship, those a maintainer adds, and which of them volunteers are offered."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from speechapp.config import Config
from speechapp.errors import ConfigError, InvalidInput
from speechapp.prompts import Vocabulary
from speechapp.vocabulary_file import FILE_IN_FOLDER, read, vocabulary_id

SHIPPED_DIR: Final = Path(__file__).parent / "vocabulary"


def load_vocabulary(named: str, added: Path | None = None) -> Vocabulary:
    """The vocabulary of this name, or at this path; raises ConfigError. One that was added hides a shipped one."""
    if named.endswith(".json") or "/" in named:
        return read(Path(named))
    found = _by_id(added) if added else {}
    path = found.get(named) or _by_id(SHIPPED_DIR).get(named)
    if path is None:
        known = sorted(found | _by_id(SHIPPED_DIR))
        raise ConfigError(
            "vocabulary_unknown",
            f"SPEECHAPP_VOCABULARY: there is no vocabulary “{named}”. Name one of {', '.join(known)}, "
            "or give the path of a .json file; several with commas between them.",
        )
    return read(path)


def offered_vocabularies(config: Config) -> dict[str, Vocabulary]:
    """By id, those of the settings in their order, then the other ones that were added. Raises ConfigError."""
    added = added_dir(config)
    offered: dict[str, Vocabulary] = {}
    for named in config.vocabularies:
        _offer(offered, load_vocabulary(named, added), named)
    for name, path in _by_id(added).items():
        if name not in offered:
            offered[name] = read(path)
    return offered


def default_vocabulary(config: Config) -> Vocabulary:
    """The one that stands first in the settings: for whoever does not choose."""
    return load_vocabulary(config.vocabularies[0], added_dir(config))


def chosen_vocabulary(offered: Mapping[str, Vocabulary], named: str) -> Vocabulary:
    """The offered one with this id; raises InvalidInput."""
    if named not in offered:
        raise InvalidInput(
            "vocabulary_unknown",
            "This service offers %(offered)s, not %(named)s. Reload the page and choose.",
            offered=", ".join(offered),
            named=named,
        )
    return offered[named]


def vocabulary_of_language(offered: Mapping[str, Vocabulary], language: str) -> Vocabulary:
    """The first offered one of this language, which is what older pages ask for; raises InvalidInput."""
    for vocabulary in offered.values():
        if vocabulary.language == language:
            return vocabulary
    languages = dict.fromkeys(vocabulary.language for vocabulary in offered.values())
    raise InvalidInput(
        "language_unknown",
        "This service collects %(collected)s, not %(language)s.",
        collected=", ".join(languages),
        language=language,
    )


def added_dir(config: Config) -> Path:
    """Where a maintainer puts vocabularies, without code or settings."""
    return config.data_dir / "vocabularies"


def vocabulary_paths(folder: Path) -> Sequence[Path]:
    """Every vocabulary in this folder, in the order of their names; hidden files are none."""
    found = [*folder.glob("*.json"), *folder.glob(f"*/{FILE_IN_FOLDER}")]
    return sorted(_visible(folder, found), key=vocabulary_id)


def _visible(folder: Path, paths: Sequence[Path]) -> Iterator[Path]:
    return (path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _by_id(folder: Path) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for path in vocabulary_paths(folder):
        name = vocabulary_id(path)
        if name in paths:
            raise ConfigError(
                "vocabulary_twice", f"{paths[name]} and {path} are both the vocabulary “{name}”. Rename or remove one."
            )
        paths[name] = path
    return paths


def _offer(offered: dict[str, Vocabulary], vocabulary: Vocabulary, named: str) -> None:
    if vocabulary.id in offered:
        raise ConfigError(
            "vocabulary_twice",
            f"SPEECHAPP_VOCABULARY names “{vocabulary.id}” twice, again as {named}. Keep one of them.",
        )
    offered[vocabulary.id] = vocabulary
