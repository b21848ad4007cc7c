"""Room noises: what becomes of them, and that their objects go when nobody will use them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from speechapp import noise_reviews, noises, withdrawals
from speechapp.db import Database
from speechapp.errors import Conflict, NotFound
from speechapp.models import RoomNoise, Speaker
from speechapp.noises import REJECTED_KEPT
from speechapp.services import Services
from speechapp.storage.contract import Storage
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_noise, add_speaker, add_user

LATER = NOON + REJECTED_KEPT + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def speakers(database: Database) -> None:
    add_speaker(database, ADA)
    add_speaker(database, BEN)


@pytest.fixture
def storage(services: Services) -> Storage:
    return services.storage


def add_stored(services: Services, noise_id: str, **changed: Any) -> str:
    """A processed noise of Ada whose objects lie in the storage."""
    keys = {"raw_key": f"rooms/{noise_id}", "processed_key": f"noises/{noise_id}"}
    values = {"state": "processed"} | keys | changed
    add_noise(services.database, noise_id, **values)
    for key in filter(None, (values["raw_key"], values["processed_key"])):
        services.storage.put_if_absent(str(key), b"bytes")
    return noise_id


def the_noise(services: Services, noise_id: str) -> RoomNoise:
    with services.database.read() as session:
        return session.get_one(RoomNoise, noise_id)


def purge(services: Services, now: Any = NOON) -> int:
    return noises.purge(services.database, services.storage, now)


@on_every_database
def test_withdrawing_everything_takes_back_one_s_own_noises_and_no_others(services: Services, storage: Storage) -> None:
    add_stored(services, "a1")
    add_stored(services, "b1", speaker_id=BEN)
    with services.database.write() as session:
        withdrawals.withdraw(session, session.get_one(Speaker, ADA), NOON)
    assert (the_noise(services, "a1").withdrawn_at, the_noise(services, "b1").withdrawn_at) == (NOON, None)
    assert purge(services) == 1
    assert list(storage.list("")) == ["noises/b1", "rooms/b1"]
    assert the_noise(services, "a1").purged_at == NOON
    assert purge(services) == 0


@on_every_database
def test_what_the_worker_refused_is_deleted_at_once(services: Services, storage: Storage) -> None:
    add_stored(services, "a1", state="unusable", unusable_reason="voice", processed_key=None)
    assert purge(services) == 1
    assert list(storage.list("")) == []


@on_every_database
def test_what_a_reviewer_rejected_is_deleted_after_a_day(services: Services, storage: Storage) -> None:
    add_stored(services, "a1", decision="reject", decided_at=NOON)
    add_stored(services, "a2", decision="accept", decided_at=NOON)
    add_stored(services, "a3")
    assert purge(services, NOON + timedelta(hours=23)) == 0
    assert purge(services, LATER) == 1
    assert list(storage.list("")) == ["noises/a2", "noises/a3", "rooms/a2", "rooms/a3"]


@on_every_database
def test_a_noise_whose_rejection_is_undone_while_the_purge_comes_to_it_keeps_its_objects(
    services: Services, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_stored(services, "a1", decision="reject", decided_at=NOON)
    listed = noises._unpurged

    def undone_when_listed(database: Database, now: datetime) -> list[str]:
        found = listed(database, now)
        with database.write() as session:
            noise_reviews.undo(session, "a1")
        return found

    monkeypatch.setattr(noises, "_unpurged", undone_when_listed)
    assert purge(services, LATER) == 0
    assert the_noise(services, "a1").purged_at is None
    assert list(storage.list("")) == ["noises/a1", "rooms/a1"]


def test_objects_that_another_noise_shares_stay_until_it_goes_too(services: Services, storage: Storage) -> None:
    same = {"raw_key": "rooms/same", "processed_key": "noises/same"}
    add_stored(services, "a1", **same, withdrawn_at=NOON)
    add_stored(services, "b1", **same, speaker_id=BEN)
    assert purge(services) == 1
    assert list(storage.list("")) == ["noises/same", "rooms/same"]
    with services.database.write() as session:
        noises.withdraw(session.get_one(RoomNoise, "b1"), NOON)
    assert purge(services) == 1
    assert list(storage.list("")) == []


def test_more_than_one_batch_is_purged(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noises, "PURGE_LIMIT", 2)
    for number in range(5):
        add_stored(services, f"a{number}", withdrawn_at=NOON)
    assert purge(services) == 5


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"state": "pending"}, "waiting_processing"),
        ({"state": "processing"}, "waiting_processing"),
        ({"state": "unusable"}, "unusable"),
        ({"state": "processed"}, "waiting_review"),
        ({"state": "processed", "decision": "accept"}, "accepted"),
        ({"state": "processed", "decision": "reject"}, "rejected"),
    ],
)
def test_people_are_told_how_a_noise_stands(columns: dict[str, str], state: str) -> None:
    assert noises.standing(RoomNoise(**columns)) == state


@on_every_database
def test_reviewers_hear_what_may_hold_a_voice_first(services: Services) -> None:
    add_stored(services, "a1", voiced_ms=0.0)
    add_stored(services, "a2", voiced_ms=50.0)
    add_stored(services, "a3", voiced_ms=90.0, decision="reject", decided_at=NOON)
    add_stored(services, "a4", state="unusable")
    add_stored(services, "a5", withdrawn_at=NOON)
    with services.database.read() as session:
        assert [noise.id for noise in noise_reviews.waiting(session)] == ["a2", "a1"]
        assert noise_reviews.n_waiting(session) == 2


@on_every_database
def test_a_decision_is_of_the_user_who_made_it(services: Services) -> None:
    ada, ben = (add_user(services.database, name) for name in ("ada", "ben"))
    add_stored(services, "a1")
    with services.database.write() as session:
        noise_reviews.decide(session, ada, "a1", "reject", "voice", NOON)
    with services.database.read() as session:
        assert [noise.id for noise in noise_reviews.decided_by(session, ada)] == ["a1"]
        assert noise_reviews.decided_by(session, ben) == []


def test_what_was_purged_cannot_come_back(services: Services) -> None:
    user = add_user(services.database, "ada")
    add_stored(services, "a1", decision="reject", decided_at=NOON)
    purge(services, LATER)
    with services.database.write() as session:
        with pytest.raises(Conflict) as refused:
            noise_reviews.undo(session, "a1")
        assert refused.value.code == "noise_gone"
        with pytest.raises(NotFound):
            noise_reviews.decide(session, user, "never", "accept", None, NOON)
