"""`speechapp vocabulary`: everything wrong at once, what there is, and adding one without code."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speechapp.commands.console import console
from speechapp.commands.vocabulary import vocabulary
from speechapp.config import read_config
from speechapp.errors import ConfigError, Conflict, InvalidInput
from speechapp.vocabularies import offered_vocabularies
from tests import sounds
from tests.vocabularies import SVG, write, write_pictured

Run = Callable[..., Result]


@pytest.fixture
def added(settings: dict[str, str]) -> Path:
    """Where vocabularies are added."""
    return Path(settings["SPEECHAPP_DATA_DIR"]) / "vocabularies"


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_help_teaches_the_format(run: Run) -> None:
    for arguments in (["--help"], ["check", "--help"], ["add", "--help"]):
        assert '{"word": "fuenf", "text": "fünf"}' in run("vocabulary", *arguments).output


def test_what_is_fine_is_told_so_with_what_it_asks_for(run: Run, tmp_path: Path) -> None:
    plain, pictured = write(tmp_path / "is.json"), write_pictured(tmp_path / "bilder")
    result = run("vocabulary", "check", str(plain), str(pictured))
    assert result.exit_code == 0
    assert result.output == (
        f"{plain}: all is well. 2 words, 10 prompts a visit, language is, version 3.\n"
        f"{pictured}/vocabulary.json: all is well. 3 words with 2 pictures, 1 sounds, 15 prompts a visit, "
        "language de, version 3.\n"
    )


def test_every_problem_of_every_file_is_told_and_the_check_fails(tmp_path: Path) -> None:
    bad = write(tmp_path / "is.json", language="?", core=["Nei", "ja"])
    fine = write(tmp_path / "fo.json")
    result = CliRunner().invoke(vocabulary, ["check", str(bad), str(fine)])
    assert result.output == (
        f"{bad}: language: “?” is no language tag; write it like en, de or pt-BR.\n"
        f"{bad}: core, entry 1 (Nei): “Nei” is not a word of a-z and 0-9 with at most 32 characters, beginning with a "
        'letter; write {"word": "nei", "text": "Nei"}.\n'
        f"{fine}: all is well. 2 words, 10 prompts a visit, language is, version 3.\n"
    )
    assert str(result.exception) == "1 of 2 cannot be used; mend what is said above."


@pytest.mark.parametrize(
    ("sound", "problem"),
    [
        (sounds.word_like()[:60], "The recording is shorter than 100 ms"),
        (sounds.word_like(seconds=11, rate_hz=16_000), "The recording is longer than 10 s"),
        (sounds.silence(), "Nothing can be heard in the recording"),
        (b"RIFF\x04\0\0\0WAVE", "The recording"),
    ],
)
def test_a_sound_that_says_nothing_is_found(tmp_path: Path, sound: bytes, problem: str) -> None:
    folder = write_pictured(tmp_path / "bilder")
    (folder / "fuenf.wav").write_bytes(sound)
    result = CliRunner().invoke(vocabulary, ["check", str(folder)])
    assert result.output.startswith(f"{folder}/vocabulary.json: fuenf.wav: {problem}")
    assert isinstance(result.exception, InvalidInput)


def test_those_that_are_shipped_are_listed_and_which_are_offered(
    run: Run, added: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 400)  # a row may hold a long path
    write(added / "is.json", name="Íslenska")
    listed = run("vocabulary", "list", SPEECHAPP_VOCABULARY="de,animals").output
    rows = {line.split()[0]: line.split() for line in listed.splitlines()[1:-1]}
    assert list(rows) == ["de", "animals", "is", "en", "es"]
    assert rows["de"] == ["de", "Deutsch", "de", "1", "35", "115", "by", "default"]
    assert rows["animals"][-3:] == ["10", "pictures", "offered"]
    assert rows["is"][1] == "Íslenska"
    assert (rows["en"][-1], rows["es"][-1]) == ("shipped", "shipped")


def test_one_without_media_is_added_as_one_file_and_then_offered(
    run: Run, tmp_path: Path, added: Path, settings: dict[str, str]
) -> None:
    result = run("vocabulary", "add", str(write(tmp_path / "is.json", name="Íslenska")))
    assert result.output == (
        "“Íslenska” is added: 2 words, 10 prompts a visit, language is, version 3. "
        "It is offered when the service is started again.\n"
    )
    assert files_in(added) == ["is.json"]
    assert list(offered_vocabularies(read_config(settings))) == ["en", "is"]


def test_one_with_media_is_added_as_a_folder_with_nothing_else_in_it(
    run: Run, tmp_path: Path, added: Path, settings: dict[str, str]
) -> None:
    folder = write_pictured(tmp_path / "bilder")
    (folder / "draft.svg").write_text("not used")
    run("vocabulary", "add", str(folder))
    assert files_in(added) == [
        "bilder/fuenf.svg",
        "bilder/fuenf.wav",
        "bilder/hund.svg",
        "bilder/vocabulary.json",
    ]
    assert offered_vocabularies(read_config(settings))["bilder"].n_prompts == 15


def test_a_bad_one_is_not_added(run: Run, tmp_path: Path, added: Path) -> None:
    with pytest.raises(InvalidInput, match=r"is\.json cannot be used; mend what is said above"):
        run("vocabulary", "add", str(write(tmp_path / "is.json", version="")))
    assert not added.exists()


def test_one_that_is_there_already_is_replaced_only_on_demand(run: Run, tmp_path: Path, added: Path) -> None:
    run("vocabulary", "add", str(write(tmp_path / "is.json")))
    newer = write_pictured(tmp_path / "newer" / "is", version="4")
    with pytest.raises(Conflict, match=r"is\.json is there already\. Rename yours, or say --replace\."):
        run("vocabulary", "add", str(newer))
    assert files_in(added) == ["is.json"]
    run("vocabulary", "add", "--replace", str(newer))
    assert files_in(added) == ["is/fuenf.svg", "is/fuenf.wav", "is/hund.svg", "is/vocabulary.json"]


def test_other_words_need_another_version_and_other_pictures_do_not(run: Run, tmp_path: Path, added: Path) -> None:
    folder = write_pictured(tmp_path / "bilder")
    run("vocabulary", "add", str(folder))
    (folder / "hund.svg").write_text(SVG)
    run("vocabulary", "add", "--replace", str(folder))
    assert (added / "bilder" / "hund.svg").read_text() == SVG
    with pytest.raises(Conflict, match=r"Version 3 of “bilder” has other words\. Count “version” up in your file\."):
        run("vocabulary", "add", "--replace", str(write_pictured(folder, auxiliary=["katze"])))


def test_one_that_is_added_already_can_be_added_again(run: Run, added: Path) -> None:
    folder = write_pictured(added / "bilder")
    run("vocabulary", "add", "--replace", str(folder))
    assert files_in(added) == ["bilder/fuenf.svg", "bilder/fuenf.wav", "bilder/hund.svg", "bilder/vocabulary.json"]


def test_the_service_does_not_start_with_a_bad_one(run: Run, added: Path) -> None:
    path = write(added / "is.json", core=["nei"])
    with pytest.raises(ConfigError) as refused:
        run("vocabulary", "list")
    assert refused.value.message == (f"The vocabulary {path} cannot be used. The file: it needs two words at least.")
