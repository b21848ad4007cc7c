"""What speakers tell of themselves: never needed, kept apart, gone with a withdrawal, and counted only by consent."""

from typing import Any

import pytest
from sqlalchemy import func, inspect, select, update

from speechapp import details, withdrawals
from speechapp.db import Database
from speechapp.details import NOTHING, Details
from speechapp.errors import Forbidden, InvalidInput
from speechapp.models import Base, Speaker, SpeakerDetails
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_speaker

TOLD = Details(first_language="sv", accent="Scottish", age_band="30-44", gender="female", device_kind="phone")


@pytest.fixture(autouse=True)
def speakers(database: Database) -> None:
    """Ada and Ben, who agreed to the consent that speaks of details."""
    for speaker_id in (ADA, BEN):
        add_speaker(database, speaker_id)
    agree(database, "2", ADA, BEN)


def agree(database: Database, version: str | None, *speaker_ids: str) -> None:
    with database.write() as session:
        session.execute(update(Speaker).where(Speaker.id.in_(speaker_ids)).values(consent_version=version))


def tell(database: Database, told: Details, speaker_id: str = ADA) -> None:
    with database.write() as session:
        details.replace(session, session.get_one(Speaker, speaker_id), told, NOON)


def told_by(database: Database, speaker_id: str = ADA) -> Details:
    with database.read() as session:
        return details.of_speaker(session, session.get_one(Speaker, speaker_id))


def tallied(database: Database, *speaker_ids: str) -> dict[str, dict[str, int]]:
    with database.read() as session:
        return {name: answers for name, answers in details.tally(session, set(speaker_ids)).items() if answers}


def n_rows(database: Database) -> int | None:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SpeakerDetails))


# Telling


@on_every_database
def test_who_told_nothing_has_said_nothing(database: Database) -> None:
    assert told_by(database) == NOTHING
    assert n_rows(database) == 0


@on_every_database
def test_what_is_told_anew_replaces_what_was_told_before(database: Database) -> None:
    tell(database, TOLD)
    assert told_by(database) == TOLD
    tell(database, Details(gender="other"))
    assert told_by(database) == Details(gender="other")
    assert told_by(database, BEN) == NOTHING


def test_telling_nothing_leaves_no_row(database: Database) -> None:
    tell(database, TOLD)
    tell(database, NOTHING)
    assert n_rows(database) == 0


@on_every_database
def test_withdrawing_everything_deletes_the_details_outright(database: Database) -> None:
    tell(database, TOLD)
    tell(database, TOLD, BEN)
    with database.write() as session:
        withdrawals.withdraw(session, session.get_one(Speaker, ADA), NOON)
    assert (told_by(database), told_by(database, BEN)) == (NOTHING, TOLD)
    assert n_rows(database) == 1


@pytest.mark.parametrize("version", [None, "1"])
def test_without_the_consent_that_speaks_of_them_nothing_is_kept(database: Database, version: str | None) -> None:
    agree(database, version, ADA)
    with pytest.raises(Forbidden) as refused:
        tell(database, TOLD)
    assert refused.value.code == "consent_needed"
    tell(database, NOTHING)
    assert n_rows(database) == 0


def test_the_details_stand_apart_no_other_table_knows_of_them(database: Database) -> None:
    referring = {key.column.table.name for table in Base.metadata.tables.values() for key in table.foreign_keys}
    assert "speaker_details" not in referring
    holding = [
        table.name
        for table in Base.metadata.tables.values()
        if set(details.FIELDS) & {column.name for column in table.columns}
    ]
    assert holding == ["speaker_details"]
    assert {column["name"] for column in inspect(database.engine).get_columns("speaker_details")} == {
        "speaker_id",
        "updated_at",
        *details.FIELDS,
    }


# What may be told


def test_everything_missing_or_null_is_rather_not_say() -> None:
    assert details.parse({}) == details.parse(dict.fromkeys(details.FIELDS)) == NOTHING


def test_an_accent_is_told_in_own_words_and_tidied() -> None:
    told = details.parse({"accent": "  Québec, learnt\u00a0at  school (’90) "})
    assert told.accent == "Québec, learnt at school (’90)"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"gender": "woman"}, r"“gender” must be null \(rather not say\) or one of: female, male, other\."),
        ({"gender": ""}, "“gender” must be null"),
        ({"gender": ["female"]}, "“gender” must be null"),
        ({"age_band": 31}, "“age_band” must be .*: under-18, 18-29, 30-44, 45-59, 60-plus"),
        ({"device_kind": "fridge"}, "“device_kind” must be .*: phone, tablet, computer, headset"),
        ({"first_language": "Klingon"}, "“first_language” must be .*: aa, ab, af, .* …"),
        ({"first_language": "en-GB"}, "“first_language” must be"),
        ({"accent": ""}, "“accent” must be null .* 1 to 64 letters"),
        ({"accent": "x" * 65}, "“accent” must be null"),
        ({"accent": "a\x00b"}, "“accent” must be null"),
        ({"accent": "Bavarian\u202e"}, "“accent” must be null"),
        ({"accent": "<b>|*_`$["}, "“accent” must be null"),
        ({"accent": 7}, "“accent” must be null"),
        ({"shoe_size": "42"}, "“shoe_size” is no detail. Send any of: first_language, accent, age_band"),
    ],
)
def test_what_cannot_be_told_is_refused_with_field_and_allowed_values(told: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refused:
        details.parse(told)
    assert refused.value.code == "detail_unknown"


def test_every_code_that_is_offered_can_be_told_and_kept(database: Database) -> None:
    for name, codes in details.choices().items():
        for code in codes:
            tell(database, details.parse({name: code}))
            assert told_by(database) == Details(**{name: code})


def test_the_languages_of_the_world_are_on_offer() -> None:
    assert {"en", "de", "es", "ar", "zh", "sw", "gsw", "yue"} < set(details.choices()["first_language"])
    assert len(details.choices()["first_language"]) > 250


# Counting


@on_every_database
def test_the_tally_counts_answers_of_the_speakers_asked_for(database: Database) -> None:
    tell(database, TOLD)
    tell(database, Details(first_language="en", gender="female"), BEN)
    assert tallied(database, ADA, BEN)["gender"] == {"female": 2}
    assert tallied(database, ADA, BEN)["first_language"] == {"en": 1, "sv": 1}
    assert tallied(database, BEN) == {"first_language": {"en": 1}, "gender": {"female": 1}}
    assert tallied(database) == {}


def test_accents_that_differ_in_capitals_only_are_one(database: Database) -> None:
    tell(database, Details(accent="Scottish"))
    tell(database, Details(accent="scottish"), BEN)
    assert tallied(database, ADA, BEN) == {"accent": {"scottish": 2}}


def test_answers_stand_in_the_order_in_which_they_are_offered(database: Database) -> None:
    tell(database, Details(age_band="18-29"))
    tell(database, Details(age_band="under-18"), BEN)
    assert list(tallied(database, ADA, BEN)["age_band"]) == ["under-18", "18-29"]


@pytest.mark.parametrize("version", [None, "1"])
def test_what_no_consent_covers_is_not_counted(database: Database, version: str | None) -> None:
    tell(database, TOLD)
    agree(database, version, ADA)
    assert tallied(database, ADA, BEN) == {}


def test_a_later_consent_covers_them_too(database: Database) -> None:
    tell(database, Details(gender="male"))
    agree(database, "10", ADA)
    assert tallied(database, ADA) == {"gender": {"male": 1}}
