"""`speechapp translations`: a translator gets the texts of today, and loses nothing that is still said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from click.testing import Result

from speechapp.commands import translations
from speechapp.commands.translations import extract, is_translated, read
from speechapp.errors import Conflict, InvalidInput

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
SAID = "Log in first."  # by an error
COUNTED = ("%(n)s word", "%(n)s words")  # by a template


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of translations that is not the real one."""
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def french(folder: Path, run: Run) -> Path:
    assert run("translations", "add", "fr").exit_code == 0
    return folder / "fr" / "messages.po"


def open_texts(catalog: Catalog) -> int:
    return sum(not is_translated(message) for message in catalog if message.id)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_new_language_has_every_text_still_to_translate(french: Path) -> None:
    catalog = read(french)
    assert len(catalog) == len(extract()) == open_texts(catalog)
    assert len(catalog[COUNTED].string or ()) == 2


def test_a_new_language_gets_as_many_forms_as_it_counts_with(folder: Path, run: Run) -> None:
    run("translations", "add", "pl")
    assert len(read(folder / "pl" / "messages.po")[COUNTED].string or ()) == 3


def test_an_update_keeps_translations_and_tells_what_is_left(french: Path, run: Run) -> None:
    change(french, f'msgid "{SAID}"\nmsgstr ""', f'msgid "{SAID}"\nmsgstr "Connecte-toi d’abord."')
    told = run("translations", "update").output
    assert read(french)[SAID].string == "Connecte-toi d’abord."
    assert told == f"fr: {len(extract())} texts, {len(extract()) - 1} to translate\n"


def test_an_update_drops_what_nobody_says_any_more(french: Path, run: Run) -> None:
    with french.open("a", encoding="utf-8") as file:
        file.write('\nmsgid "Nobody says this."\nmsgstr "Personne ne dit cela."\n')
    run("translations", "update")
    assert "Nobody says this." not in french.read_text(encoding="utf-8")


def test_a_second_update_changes_nothing(french: Path, run: Run) -> None:
    run("translations", "update")
    before = french.read_bytes()
    run("translations", "update")
    assert french.read_bytes() == before


def test_a_translation_that_is_only_guessed_is_still_to_do(french: Path) -> None:
    change(french, f'msgid "{SAID}"\nmsgstr ""', f'#, fuzzy\nmsgid "{SAID}"\nmsgstr "Connecte-toi."')
    assert not is_translated(read(french)[SAID])


def test_texts_are_found_in_templates_errors_and_code() -> None:
    found = {message.id: message.locations[0][0] for message in extract() if message.id}
    assert found[SAID] == "speechapp/web/security.py"
    assert found[COUNTED] == "templates/_macros.html"
    assert found["Nothing here"] == "speechapp/web/errors.py"
    assert {path for path in found.values() if path.startswith(("speechapp/commands", "speechapp/training"))} == set()


@pytest.mark.usefixtures("french")
def test_a_language_is_added_once(run: Run) -> None:
    with pytest.raises(Conflict, match="is there already"):
        run("translations", "add", "fr")


@pytest.mark.parametrize("language", ["xx", "not a language", "../de"])
@pytest.mark.usefixtures("folder")
def test_what_names_no_language_is_refused(run: Run, language: str) -> None:
    with pytest.raises(InvalidInput, match="names no language"):
        run("translations", "add", language)
