"""`speechapp translations`: keep the texts of the interface in step with the source; begin a new language."""

from io import BytesIO
from pathlib import Path

import click
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from speechapp.commands.console import console
from speechapp.errors import Conflict, InvalidInput
from speechapp.languages import FOLDER

ROOT = FOLDER.parents[1]
METHODS = [  # the first that fits counts; what only a terminal or a log shows stays English
    *((f"{unseen}/**.py", "ignore") for unseen in ("batch", "commands", "demo", "export", "storage", "training")),
    *((unseen, "ignore") for unseen in ("config.py", "imports.py", "vocabulary_*.py")),
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
]
OPTIONS = {"**.html": {"newstyle_gettext": "true", "silent": "false"}}
ERRORS = ("InvalidInput", "Unauthenticated", "Forbidden", "NotFound", "Conflict", "TooLarge")  # people may meet these
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "plural": (1, 2),
    "Sentence": None,
    **dict.fromkeys(ERRORS, (2,)),  # the first argument is the code
}
HEADER = "# {name} texts of Speechapp's interface. See docs/languages.md."
UNSTEADY = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Generated-By", "Report-Msgid-Bugs-To")
UNSTEADY_LINES = tuple(f'"{name}:' for name in UNSTEADY)


@click.group()
def translations() -> None:
    """The languages of the interface: docs/languages.md."""


@translations.command("update")
def update_command() -> None:
    """Bring every translation in step with the texts in the source, and tell what is left to translate.

    New texts appear without a translation, changed ones too, and what nobody shows any more is dropped.

    Example: speechapp translations update
    """
    template = extract()
    for path in sorted(FOLDER.glob("*/messages.po")):
        catalog = _in_step(template, read(path))
        _write(path, catalog)
        n_open = sum(not is_translated(message) for message in catalog if message.id)
        console.print(f"{path.parent.name}: {len(catalog)} texts, {n_open} to translate")


@translations.command("add")
@click.argument("language")
def add_command(language: str) -> None:
    """Begin LANGUAGE, such as fr or pt_BR: makes its file, with every text still to translate.

    Example: speechapp translations add fr
    """
    path = FOLDER / language / "messages.po"
    if path.exists():
        raise Conflict("language_exists", f"{path} is there already; edit it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = _in_step(extract(), Catalog(_locale(language)))
    _write(path, catalog)
    console.print(f"{path} waits for its {len(catalog)} texts.")


def extract() -> Catalog:
    """Every text of the source that people may see: in templates, and in errors that become answers."""
    catalog = Catalog()
    for folder in ("speechapp", "templates"):
        for path, _line, message, _comments, context in extract_from_dir(ROOT / folder, METHODS, OPTIONS, KEYWORDS):
            catalog.add(message, locations=[(f"{folder}/{path}", 0)], context=context)
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name)


def is_translated(message: Message) -> bool:
    """Whether each form of the text has a translation that somebody stands for."""
    forms = [message.string] if isinstance(message.string, str) else message.string or [""]
    return not message.fuzzy and all(forms)


def _in_step(template: Catalog, known: Catalog) -> Catalog:
    """The texts of the template in its order, with the translations that are known."""
    catalog = Catalog(known.locale, project="Speechapp", version="1", language_team="Speechapp", fuzzy=False)
    for message in template:
        if message.id:
            old = known.get(message.id, message.context)
            translation = old.string if old and type(old.id) is type(message.id) else ""
            comments = old.user_comments if old else ()
            catalog.add(message.id, translation, message.locations, user_comments=comments, context=message.context)
    return catalog


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (ValueError, UnknownLocaleError) as error:
        raise InvalidInput("language_unknown", f"“{language}” names no language; see docs/languages.md.") from error


def _write(path: Path, catalog: Catalog) -> None:
    """File by file, and with nothing in it that changes by itself: a diff shows what somebody did."""
    assert catalog.locale
    catalog.header_comment = HEADER.format(name=catalog.locale.english_name)
    written = BytesIO()
    write_po(written, catalog, width=120, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(UNSTEADY_LINES)), encoding="utf-8")
