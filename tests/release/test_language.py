"""A release has one language: the same letters are another word in the next."""

import pytest

from speechapp.errors import InvalidInput
from speechapp.models import Release
from speechapp.release.cut import begin
from speechapp.release.selection import ReleasePlan, Selection, plan, select_clips
from tests.release.collection import NOW, TESTER, TRAINER, VALIDATOR, Collection

SEVERAL = "The accepted clips are of several languages: en (2), es (1). A release has one; choose its language."


@pytest.fixture
def mixed(collection: Collection) -> Collection:
    """“no” in English and in Spanish, and “yes” in English."""
    collection.add(TRAINER, "no", language="en")
    collection.add(TRAINER, "yes", language="en")
    collection.add(TESTER, "no", language="es")
    return collection


def selected(collection: Collection, language: str | None = None) -> Selection:
    with collection.database.read() as session:
        return select_clips(session, language)


def planned(collection: Collection, language: str | None = None) -> ReleasePlan:
    with collection.database.read() as session:
        return plan(session, language)


def test_clips_of_several_languages_are_not_released_together(mixed: Collection) -> None:
    assert planned(mixed).problems == (SEVERAL,)
    assert planned(mixed).languages == ("en", "es")
    with pytest.raises(InvalidInput, match=r"several languages: en \(2\), es \(1\)"):
        mixed.cut()


@pytest.mark.parametrize(
    ("language", "files"),
    [
        ("en", ["no/00176480_nohash_0.wav", "yes/00176480_nohash_0.wav"]),
        ("es", ["no/bb05582b_nohash_0.wav"]),
    ],
)
def test_the_clips_of_the_language_that_was_chosen_are_released(
    mixed: Collection, language: str, files: list[str]
) -> None:
    found = selected(mixed, language)
    assert [row.file for row in found.rows] == files
    assert (found.language, found.problems) == (language, ())


def test_a_language_nobody_spoke_is_a_problem(mixed: Collection) -> None:
    assert planned(mixed, "de").problems == ("No accepted clip is in the language de; there is en (2), es (1).",)


def test_clips_of_one_language_need_no_choice(collection: Collection) -> None:
    collection.add(TRAINER, "si", language="es")
    found = selected(collection)
    assert (found.language, len(found.clips), found.problems) == ("es", 1, ())


def test_imports_that_do_not_say_their_language_go_along_with_one_language(collection: Collection) -> None:
    collection.add(TRAINER, "no", language="en")
    collection.add(VALIDATOR, "no")
    assert len(selected(collection).clips) == 2
    assert (selected(collection).language, selected(collection).problems) == ("en", ())


def test_imports_that_do_not_say_their_language_are_left_out_once_it_counts(mixed: Collection) -> None:
    mixed.add(VALIDATOR, "no")
    assert [row.speaker for row in selected(mixed, "es").rows] == [TESTER]
    assert planned(mixed, "es").warnings[0] == (
        "1 imported clips do not say their language and are left out; import them again with --language es if that "
        "is what they are."
    )


def test_a_collection_that_never_said_a_language_is_released_as_before(collection: Collection) -> None:
    collection.add_everybody()
    assert (selected(collection).language, len(selected(collection).clips)) == (None, 6)


@pytest.mark.slow
def test_a_release_tells_its_language(mixed: Collection) -> None:
    release = mixed.cut(language="es")
    readme = (mixed.download(release, mixed.root / "es") / "README.md").read_text(encoding="utf-8")
    assert "The words are of one language: `es` (BCP 47)." in readme
    assert (release.n_clips, release.n_words) == (1, 1)
    with mixed.database.read() as session:
        assert session.get_one(Release, "0.1").language == "es"


@pytest.mark.slow
def test_the_worker_cuts_the_language_that_the_maintainer_chose(mixed: Collection) -> None:
    begin(mixed.database, "0.1", NOW, "maintainer", language="en")
    assert mixed.cut().n_clips == 2
