"""`speechapp vocabulary`: check, list and add the word lists that volunteers choose from."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import click
from rich.table import Table

from speechapp.audio.clip import process
from speechapp.commands.console import console
from speechapp.config import read_config
from speechapp.errors import Conflict, InvalidInput, Unusable
from speechapp.prompts import Vocabulary
from speechapp.vocabularies import SHIPPED_DIR, added_dir, offered_vocabularies, vocabulary_paths
from speechapp.vocabulary_file import FILE_IN_FOLDER, Checked, check, read

FILE = click.Path(exists=True, path_type=Path)
FORMAT_EPILOG = """\
\b
The format, in short (docs/vocabulary.md has all of it):
  {
    "language": "de", "name": "Deutsch", "version": "1", "core_repetitions": 5,
    "core": ["ja", "nein", {"word": "fuenf", "text": "fünf"}],
    "auxiliary": [{"word": "hund", "text": "Hund", "picture": "hund.svg", "sound": "hund.mp3"}]
  }
Pictures and sounds lie beside the file. Name it de.json; or, with pictures and sounds, make a
folder de with vocabulary.json in it.
"""


@click.group(epilog=FORMAT_EPILOG)
def vocabulary() -> None:
    """Check, list and add word lists: the words that volunteers are asked for, as text, picture or sound.

    \b
    Write one:          is.json
    See what is wrong:  speechapp vocabulary check is.json
    Offer it:           speechapp vocabulary add is.json     and start the service again
    """


@vocabulary.command("check", epilog=FORMAT_EPILOG)
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
def check_command(files: tuple[Path, ...]) -> None:
    """Say everything that is wrong with each FILE: a .json file, or the folder of one.

    Looks at each word and text, and opens each picture and each sound. Ends with status 1 where anything is wrong.
    """
    checked = [_checked(file) for file in files]
    for one in checked:
        _print_checked(one)
    n_wrong = sum(bool(one.problems) for one in checked)
    if n_wrong:
        raise InvalidInput(
            "vocabulary_invalid", f"{n_wrong} of {len(checked)} cannot be used; mend what is said above."
        )


@vocabulary.command("list")
def list_command() -> None:
    """List the vocabularies that are shipped or were added, and say which are offered."""
    config = read_config()
    offered = offered_vocabularies(config)
    table = Table("", "name", "language", "version", "words", "prompts", "with", "", box=None)
    for one in (*offered.values(), *_not_offered(offered)):
        numbers = (str(len(one.words)), str(one.n_prompts))
        table.add_row(one.id, one.name, one.language, one.version, *numbers, _media(one), _standing(one, offered))
    console.print(table)
    console.print("SPEECHAPP_VOCABULARY chooses among those that are shipped; all that were added are offered.")


@vocabulary.command("add", epilog=FORMAT_EPILOG)
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Put it in the place of one with the same name.")
def add_command(file: Path, replace: bool) -> None:
    """Check FILE, and copy it with its pictures and sounds into the data directory, where it is offered.

    The name of the file (or of the folder) becomes the name of the vocabulary. Visits that have begun keep their words.
    """
    one = _sound(file)
    folder = added_dir(read_config())
    standing = [path for path in (folder / one.id, folder / f"{one.id}.json") if path.exists()]
    if standing and not replace:
        raise Conflict("vocabulary_exists", f"{standing[0]} is there already. Rename yours, or say --replace.")
    _require_newer(one, standing)
    _install(one, check(file).path, folder, standing)
    console.print(
        f"“{one.name}” is added: {_summary(one)}. It is offered when the service is started again.", markup=False
    )


def _checked(file: Path) -> Checked:
    """Everything the start of the service checks, and every sound heard as the worker hears a take."""
    found = check(file)
    return found if found.vocabulary is None else _with_sounds(found, found.vocabulary)


def _with_sounds(found: Checked, one: Vocabulary) -> Checked:
    problems = tuple(_sound_problems(one))
    return Checked(found.path, None if problems else one, problems)


def _sound_problems(one: Vocabulary) -> Iterator[str]:
    for name in sorted({prompt.sound for prompt in one.prompts if prompt.sound}):
        try:
            process(one.media[name].read_bytes())
        except Unusable as error:
            yield f"{name}: {error.message.rstrip('.')}"


def _sound(file: Path) -> Vocabulary:
    found = _checked(file)
    if found.vocabulary is None:
        _print_checked(found)
        raise InvalidInput("vocabulary_invalid", f"{found.path} cannot be used; mend what is said above.")
    return found.vocabulary


def _print_checked(found: Checked) -> None:
    for problem in found.problems:
        console.print(f"{found.path}: {problem}.", markup=False)
    if found.vocabulary:
        console.print(f"{found.path}: all is well. {_summary(found.vocabulary)}.", markup=False)


def _summary(one: Vocabulary) -> str:
    shown_with = f" with {_media(one)}" if one.media else ""
    language = f"language {one.language}, version {one.version}"
    return f"{len(one.words)} words{shown_with}, {one.n_prompts} prompts a visit, {language}"


def _media(one: Vocabulary) -> str:
    n_pictures = sum(prompt.picture is not None for prompt in one.prompts)
    n_sounds = sum(prompt.sound is not None for prompt in one.prompts)
    return ", ".join(f"{n} {kind}" for n, kind in ((n_pictures, "pictures"), (n_sounds, "sounds")) if n)


def _standing(one: Vocabulary, offered: Mapping[str, Vocabulary]) -> str:
    if one.id not in offered:
        return "shipped"
    return "by default" if next(iter(offered)) == one.id else "offered"


def _not_offered(offered: Mapping[str, Vocabulary]) -> Iterator[Vocabulary]:
    shipped = (read(path) for path in vocabulary_paths(SHIPPED_DIR))
    return (one for one in shipped if one.id not in offered)


def _require_newer(one: Vocabulary, standing: list[Path]) -> None:
    """Visits keep the version of their words: two lists of words must not have the same."""
    for old in (check(path).vocabulary for path in standing):
        if old and old.version == one.version and old.words != one.words:
            raise Conflict(
                "vocabulary_version_taken",
                f"Version {one.version} of “{one.id}” has other words. Count “version” up in your file.",
            )


def _install(one: Vocabulary, file: Path, folder: Path, standing: list[Path]) -> None:
    """Copied beside and renamed, so that a service which starts meanwhile finds the old one, the new one, or none."""
    staged = folder / f".{one.id}-{secrets.token_hex(4)}"
    staged.mkdir(parents=True)
    try:
        for path in one.media.values():
            shutil.copyfile(path, staged / path.name)
        shutil.copyfile(file, staged / FILE_IN_FOLDER)
        for old in standing:
            _remove(old)
        if one.media:
            staged.rename(folder / one.id)
        else:
            (staged / FILE_IN_FOLDER).rename(folder / f"{one.id}.json")
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(staged)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
