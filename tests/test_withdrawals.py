"""Withdrawals: at once a speaker's clips count no more; then their objects go, and only theirs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from speechapp import leases, withdrawals
from speechapp.db import Database
from speechapp.models import Clip, Speaker
from speechapp.services import Services
from speechapp.storage.contract import Storage
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_clip, add_speaker, the_clip
from tests.service import wait_until


@pytest.fixture(autouse=True)
def speakers(database: Database) -> None:
    add_speaker(database, ADA)
    add_speaker(database, BEN)


@pytest.fixture
def storage(services: Services) -> Storage:
    return services.storage


def add_stored(services: Services, clip_id: str, **changed: object) -> str:
    """A processed clip whose objects lie in the storage."""
    keys = {"raw_key": f"raw/{clip_id}", "processed_key": f"clips/{clip_id}", "segment_key": f"segments/{clip_id}"}
    add_clip(services.database, clip_id, **({"state": "processed"} | keys | changed))
    clip = the_clip(services.database, clip_id)
    for key in (clip.raw_key, clip.processed_key, clip.segment_key):
        services.storage.put_if_absent(str(key), b"bytes")
    return clip_id


def withdraw(database: Database, speaker_id: str = ADA) -> int:
    with database.write() as session:
        return withdrawals.withdraw(session, session.get_one(Speaker, speaker_id), NOON)


@on_every_database
def test_a_withdrawal_marks_the_speaker_and_their_clips_and_nobody_elses(database: Database) -> None:
    add_clip(database, "a1", utterance=0)
    add_clip(database, "a2", utterance=1, state="processed")
    add_clip(database, "b1", speaker_id=BEN)
    assert withdraw(database) == 2
    assert the_clip(database, "a1").withdrawn_at == NOON
    assert the_clip(database, "a2").withdrawn_at == NOON
    assert the_clip(database, "b1").withdrawn_at is None
    with database.read() as session:
        assert session.get_one(Speaker, ADA).withdrawn_at == NOON
        assert session.get_one(Speaker, BEN).withdrawn_at is None


@on_every_database
def test_one_clip_is_withdrawn_and_the_speaker_and_the_other_clips_stay(services: Services, storage: Storage) -> None:
    add_stored(services, "a1", utterance=0)
    add_stored(services, "a2", utterance=1)
    with services.database.write() as session:
        withdrawals.withdraw_clip(session.get_one(Clip, "a1"), NOON)
    assert withdrawals.purge(services.database, storage, NOON) == 1
    assert list(storage.list("")) == ["clips/a2", "raw/a2", "segments/a2"]
    assert the_clip(services.database, "a1").withdrawn_at == NOON
    with services.database.read() as session:
        assert session.get_one(Speaker, ADA).withdrawn_at is None


def test_a_speaker_without_clips_can_withdraw_too(database: Database) -> None:
    assert withdraw(database) == 0


@on_every_database
def test_purging_deletes_every_object_of_the_withdrawn_clips(services: Services, storage: Storage) -> None:
    add_stored(services, "a1")
    add_stored(services, "b1", speaker_id=BEN)
    withdraw(services.database)
    assert withdrawals.purge(services.database, storage, NOON) == 1
    assert list(storage.list("")) == ["clips/b1", "raw/b1", "segments/b1"]
    assert the_clip(services.database, "a1").purged_at == NOON


def test_purging_again_finds_nothing_left_to_do(services: Services, storage: Storage) -> None:
    add_stored(services, "a1")
    withdraw(services.database)
    withdrawals.purge(services.database, storage, NOON)
    assert withdrawals.purge(services.database, storage, NOON) == 0


def test_objects_that_another_speaker_shares_stay_until_they_withdraw_too(services: Services, storage: Storage) -> None:
    add_stored(services, "a1", raw_key="raw/same", processed_key="clips/same")
    add_stored(services, "b1", speaker_id=BEN, raw_key="raw/same", processed_key="clips/same")
    withdraw(services.database, ADA)
    withdrawals.purge(services.database, storage, NOON)
    assert list(storage.list("")) == ["clips/same", "raw/same", "segments/b1"]
    withdraw(services.database, BEN)
    withdrawals.purge(services.database, storage, NOON)
    assert list(storage.list("")) == []


def test_two_withdrawn_clips_with_the_same_bytes_take_them_along(services: Services, storage: Storage) -> None:
    add_stored(services, "a1", utterance=0, raw_key="raw/same", processed_key="clips/same")
    add_stored(services, "a2", utterance=1, raw_key="raw/same", processed_key="clips/same")
    withdraw(services.database)
    assert withdrawals.purge(services.database, storage, NOON) == 2
    assert list(storage.list("")) == []


@on_every_database
def test_a_clip_withdrawn_while_it_is_processed_ends_purged(services: Services, storage: Storage) -> None:
    add_clip(services.database, "a1", raw_key="raw/a1")
    storage.put_if_absent("raw/a1", b"bytes")
    with services.database.write() as session:
        held = leases.claim(session, "a1", NOON, 60)
    assert held is not None
    withdraw(services.database)
    withdrawals.purge(services.database, storage, NOON)

    storage.put_if_absent("clips/a1", b"bytes")
    with services.database.write() as session:
        leases.finish(session, held, {"state": "processed", "processed_key": "clips/a1"})
    assert withdrawals.purge(services.database, storage, NOON) == 1
    assert list(storage.list("")) == []
    assert the_clip(services.database, "a1").purged_at == NOON


@pytest.mark.servers
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_purge_waits_for_a_worker_that_is_just_finishing_the_clip(services: Services, storage: Storage) -> None:
    add_clip(services.database, "a1", raw_key="raw/a1", withdrawn_at=NOON, state="processing", claim="held")
    storage.put_if_absent("clips/a1", b"bytes")
    held = leases.Claim("a1", "held", "raw/a1", "yes/0a0a0a0a_nohash_0.wav")
    with ThreadPoolExecutor() as pool:
        with services.database.write() as session:
            leases.finish(session, held, {"state": "processed", "processed_key": "clips/a1"})
            purging = pool.submit(withdrawals.purge, services.database, storage, NOON)
            wait_until(lambda: n_waiting_for_locks(services.database), "the purge waits for the worker")
        purging.result()
    assert list(storage.list("")) == []


def n_waiting_for_locks(database: Database) -> int:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0


def test_more_clips_than_one_batch_are_all_purged(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawals, "PURGE_LIMIT", 2)
    for number in range(5):
        add_clip(services.database, f"a{number}", utterance=number, withdrawn_at=NOON)
    assert withdrawals.purge(services.database, services.storage, NOON) == 5
