"""Speakers are minted unique and in balance, and only their token knows them again."""

from collections import Counter

import pytest
from sqlalchemy import select

from speechapp import speakers
from speechapp.db import Database
from speechapp.errors import Conflict, InvalidInput, Unauthenticated
from speechapp.models import Speaker
from speechapp.release.partition import partition_of_speaker
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_speaker


def mint(database: Database, **changed: object) -> tuple[Speaker, str]:
    arguments = {"origin": "recorder", "consent_version": "3", "now": NOON, "partition_of": partition_of_speaker}
    with database.write() as session:
        return speakers.mint(session, **(arguments | changed))  # type: ignore[arg-type]


@on_every_database
def test_a_new_speaker_has_8_hex_digits_and_a_secret_token(database: Database) -> None:
    speaker, token = mint(database)
    assert len(bytes.fromhex(speaker.id)) == 4
    assert (speaker.origin, speaker.consent_version, speaker.created_at) == ("recorder", "3", NOON)
    assert len(token) == 43
    with database.read() as session:
        assert speakers.known_by(session, token).id == speaker.id


def test_the_token_itself_is_not_kept(database: Database) -> None:
    speaker, token = mint(database)
    kept = [str(value) for value in vars(speaker).values()]
    assert token not in " ".join(kept)
    assert speaker.token_sha256 is not None


def test_200_speakers_are_spread_80_10_10_and_none_is_minted_twice(database: Database) -> None:
    minted = [mint(database)[0] for _ in range(200)]
    assert Counter(speaker.partition for speaker in minted) == {"training": 160, "validation": 20, "testing": 20}
    assert all(speaker.partition == partition_of_speaker(speaker.id) for speaker in minted)
    assert len({speaker.id for speaker in minted}) == 200


def test_an_id_that_is_taken_is_drawn_again(database: Database) -> None:
    add_speaker(database, ADA)
    draws = iter([ADA, ADA, BEN])
    speaker, _ = mint(database, partition_of=lambda _: "training", draw=lambda: next(draws))
    assert speaker.id == BEN


def test_an_id_in_a_partition_that_has_enough_is_drawn_again(database: Database) -> None:
    draws = iter([ADA, BEN])
    partition_of = {ADA: "testing", BEN: "training"}.__getitem__
    speaker, _ = mint(database, partition_of=partition_of, draw=lambda: next(draws))
    assert speaker.id == BEN


def test_imported_speakers_do_not_tilt_the_balance(database: Database) -> None:
    with database.write() as session:
        for number in range(5):
            speakers.imported(session, f"0000000{number}", now=NOON, partition_of=lambda _: "training")
    assert mint(database)[0].partition == "training"


def test_an_import_makes_a_speaker_once_and_keeps_the_id(database: Database) -> None:
    with database.write() as session:
        first = speakers.imported(session, ADA, now=NOON, partition_of=partition_of_speaker)
        second = speakers.imported(session, ADA, now=NOON, partition_of=partition_of_speaker)
        assert first is second
    with database.read() as session:
        assert [speaker.origin for speaker in session.scalars(select(Speaker))] == ["import"]


def test_a_consent_of_another_version_is_refused(database: Database) -> None:
    with pytest.raises(InvalidInput, match="The consent is now version 3") as refused:
        mint(database, consent_version="0")
    assert refused.value.code == "consent_outdated"


@pytest.mark.parametrize(
    ("token", "code"), [(None, "token_missing"), ("", "token_missing"), ("guess", "token_unknown")]
)
def test_nobody_is_known_without_the_right_token(database: Database, token: str | None, code: str) -> None:
    with database.read() as session, pytest.raises(Unauthenticated) as refused:
        speakers.known_by(session, token)
    assert refused.value.code == code


def test_a_speaker_who_has_withdrawn_is_told_so(database: Database) -> None:
    speaker, token = mint(database)
    with database.write() as session:
        session.get_one(Speaker, speaker.id).withdrawn_at = NOON
    with database.read() as session, pytest.raises(Conflict) as refused:
        speakers.known_by(session, token)
    assert refused.value.code == "speaker_withdrawn"
