"""What speakers told appears in a release as coarse counts, and nowhere else in it."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp import details
from speechapp.details import Details
from speechapp.models import Speaker
from speechapp.release.answers import answers_table
from tests.release.collection import NOW, Collection

SPEAKERS = tuple(f"{number:08x}" for number in range(12))
TOLD = Details(first_language="gsw", accent="Walser", age_band="60-plus", gender="female", device_kind="headset")


def add_people(collection: Collection, n_telling: int, consent_version: str = "2", told: Details = TOLD) -> None:
    """Twelve speakers of one clip each; the first ones tell the same of themselves."""
    for number, speaker_id in enumerate(SPEAKERS):
        collection.add(speaker_id, "yes")
        with collection.database.write() as session:
            speaker = session.get_one(Speaker, speaker_id)
            speaker.consent_version = "2"
            details.replace(session, speaker, told if number < n_telling else details.NOTHING, NOW)
            speaker.consent_version = consent_version


def readme_of(collection: Collection, folder: Path) -> str:
    return (collection.download(collection.cut(), folder) / "README.md").read_text("utf-8")


def test_a_group_of_five_is_shown_and_all_others_are_put_together() -> None:
    told = {"gender": {"female": 11, "male": 5, "other": 4}, "accent": {"Walser": 4}}
    assert answers_table(told, 30).splitlines() == [
        "| detail | answer | speakers |",
        "| --- | --- | ---: |",
        "| gender | female | 10 |",
        "| gender | male | 5 |",
        "| gender | *other answers, or none* | 15 |",
    ]


@pytest.mark.parametrize("n_other", [0, 1, 4])
def test_the_size_of_a_small_group_does_not_follow_from_the_rest(n_other: int) -> None:
    told = {"gender": {"female": 10, "other": n_other}}
    assert answers_table(told, 15) == answers_table({"gender": {"female": 10}}, 15)


@pytest.mark.parametrize("n", [10, 13, 14])
def test_one_speaker_more_seldom_shows(n: int) -> None:
    assert "| gender | female | 10 |" in answers_table({"gender": {"female": n}}, 40)


@pytest.mark.parametrize("told", [{}, {"gender": {}}, {"gender": {"female": 4, "male": 1}}])
def test_where_every_group_is_small_no_number_is_given(told: dict[str, dict[str, int]]) -> None:
    assert answers_table(told, 5) == "No answer was given by 5 speakers or more."


@pytest.mark.slow
def test_a_release_counts_what_its_own_speakers_told(collection: Collection, tmp_path: Path) -> None:
    add_people(collection, n_telling=6)
    collection.add("0014e9fc", "yes", decision=None)  # not accepted: not in the release
    readme = readme_of(collection, tmp_path / "release")
    assert "| first language | gsw | 5 |\n| first language | *other answers, or none* | 7 |\n" in readme
    assert "| accent, in their words | walser | 5 |\n" in readme
    assert "| age | 60-plus | 5 |\n" in readme
    assert "| device | headset | 5 |\n" in readme


@pytest.mark.slow
@pytest.mark.parametrize(("n_telling", "consent_version"), [(4, "2"), (12, "1"), (0, "2")])
def test_a_release_tells_nothing_of_few_people_or_of_those_who_did_not_agree(
    collection: Collection, tmp_path: Path, n_telling: int, consent_version: str
) -> None:
    add_people(collection, n_telling, consent_version)
    assert "No answer was given by 5 speakers or more." in readme_of(collection, tmp_path / "release")


@pytest.mark.slow
def test_nothing_but_the_datasheet_changes_with_what_was_told(
    make_collection: Callable[[], Collection], tmp_path: Path
) -> None:
    silent, telling = make_collection(), make_collection()
    add_people(silent, n_telling=0)
    add_people(telling, n_telling=12)
    one = silent.download(silent.cut(), tmp_path / "silent")
    other = telling.download(telling.cut(), tmp_path / "telling")
    assert {path.name for path in one.iterdir() if path.read_bytes() != (other / path.name).read_bytes()} == {
        "README.md",
        "SHA256SUMS",
        "speechapp_0.1.tar.gz",
    }
    with tarfile.open(one / "speechapp_0.1.tar.gz") as before, tarfile.open(other / "speechapp_0.1.tar.gz") as after:
        assert before.getnames() == after.getnames()
        changed = [name for name in before.getnames() if content(before, name) != content(after, name)]
    assert changed == ["README.md"]
    beside = "".join(path.read_text("utf-8") for path in other.glob("*.csv"))
    assert [word for word in ("gsw", "walser", "Walser", "60-plus", "headset") if word in beside] == []
    readme = (other / "README.md").read_text("utf-8")
    assert [speaker for speaker in SPEAKERS if speaker in readme] == []


@pytest.mark.slow
def test_the_same_answers_give_the_same_bytes_in_two_stores(make_collection: Callable[[], Collection]) -> None:
    here, there = make_collection(), make_collection()
    add_people(here, n_telling=6)
    for speaker_id in reversed(SPEAKERS):
        there.add(speaker_id, "yes")
    add_answers_backwards(there)
    assert [(file.name, file.sha256) for file in here.cut().files] == [
        (file.name, file.sha256) for file in there.cut().files
    ]


def add_answers_backwards(collection: Collection) -> None:
    with collection.database.write() as session:
        for speaker_id in reversed(SPEAKERS[:6]):
            speaker = session.get_one(Speaker, speaker_id)
            speaker.consent_version = "2"
            details.replace(session, speaker, TOLD, NOW)


def content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()
