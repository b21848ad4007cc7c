"""Processing a clip again from its stored recording: what changes, what stays, and what became of decisions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from speechapp import leftovers, reviews, withdrawals
from speechapp.config import Config
from speechapp.db import Database, utc_now
from speechapp.models import Clip, Leftover, Release, Review, User
from speechapp.reprocessing import Change
from speechapp.services import Services
from speechapp.storage.local import LocalStorage
from tests import sounds
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rows import NOON, add_user, the_clip
from tests.worker.test_processing import EventfulStorage
from worker.processing import process_again, process_clip, would_change

BOTH_KINDS = ("clips/", "segments/")


@pytest.fixture
def clip_id(volunteer: Volunteer, services: Services) -> str:
    """A clip of a take of two seconds, processed as it is now."""
    made = str(volunteer.upload(0, sounds.word_like(seconds=2.0, onset_s=0.6)).json["clip"]["id"])
    process_clip(services, made)
    return made


@pytest.fixture
def ada(database: Database) -> User:
    return add_user(database, "ada")


@pytest.fixture
def softer(services: Services) -> Services:
    """The same service since its maintainer wants every clip at -40 dBFS."""
    return replace(services, config=with_level(services.config))


def with_level(config: Config) -> Config:
    return replace(config, clip_level_dbfs=-40.0)


def alter(database: Database, clip_id: str, **values: Any) -> None:
    """As if the clip had been processed otherwise before."""
    with database.write() as session:
        session.execute(update(Clip).where(Clip.id == clip_id).values(**values))


def moved(database: Database, clip_id: str, by_ms: float) -> None:
    """As if the window had been chosen elsewhere, and so other bytes kept."""
    window_start_ms = (the_clip(database, clip_id).window_start_ms or 0.0) - by_ms
    alter(database, clip_id, window_start_ms=window_start_ms, processed_sha256="f" * 64)


def decide(database: Database, user: User | None, clip_id: str, decision: str = "accept") -> None:
    with database.write() as session:
        reviews.decide(session, user, clip_id, decision, "cut_off" if decision == "reject" else None, NOON)


class Killed(BaseException):
    """Stands for a kill: nothing after it is done."""


@pytest.fixture
def killed(softer: Services, clip_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clip whose process was killed when it had stored the new bytes and no row named them."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("speechapp.reprocessing.finish", kill)
        with pytest.raises(Killed):
            process_again(softer, clip_id)
    return clip_id


class LateStorage(LocalStorage):
    """A local storage in which something happens just before the worker stores an object."""

    meanwhile: Callable[[], object]

    def put_if_absent(self, key: str, data: bytes) -> bool:
        self.meanwhile()
        return super().put_if_absent(key, data)


def stored(services: Services) -> list[str]:
    """What lies in the storage beside the raw bytes."""
    return sorted(key for key in services.storage.list("") if key.startswith(BOTH_KINDS))


@on_every_database
def test_by_the_same_rules_a_clip_stays_byte_for_byte_what_it_was(services: Services, clip_id: str) -> None:
    before, objects = the_clip(services.database, clip_id), stored(services)
    change = process_again(services, clip_id)
    after = the_clip(services.database, clip_id)
    assert (change.outcome, change.moved_ms, change.is_alike) == ("same", 0.0, True)
    assert (after.processed_sha256, after.segment_key) == (before.processed_sha256, before.segment_key)
    assert (after.state, after.claim, after.n_attempts) == ("processed", None, 1)
    assert stored(services) == objects


@on_every_database
def test_by_other_rules_the_clip_becomes_another_and_the_old_one_is_left_over(
    services: Services, softer: Services, clip_id: str
) -> None:
    before = the_clip(services.database, clip_id)
    change = process_again(softer, clip_id)
    after = the_clip(services.database, clip_id)
    assert (change.outcome, change.name, change.moved_ms) == ("changed", before.file_name, 0.0)
    assert after.processed_sha256 != before.processed_sha256
    assert after.rms_dbfs is not None
    assert len(stored(services)) == 4
    assert leftovers.remove(services.database, services.storage, NOON) == 2
    assert stored(services) == sorted([str(after.processed_key), str(after.segment_key)])
    assert leftovers.remove(services.database, services.storage, NOON) == 0


def test_going_back_to_the_old_rules_takes_the_old_bytes_back(
    services: Services, softer: Services, clip_id: str
) -> None:
    before = the_clip(services.database, clip_id)
    process_again(softer, clip_id)
    process_again(services, clip_id)
    leftovers.remove(services.database, services.storage, NOON)
    after = the_clip(services.database, clip_id)
    assert after.processed_key == before.processed_key
    assert stored(services) == sorted([str(after.processed_key), str(after.segment_key)])


def test_bytes_that_another_clip_shares_are_never_removed(
    volunteer: Volunteer, services: Services, softer: Services
) -> None:
    first, second = (str(volunteer.upload(n, sounds.word_like()).json["clip"]["id"]) for n in (0, 1))
    process_clip(services, first)
    process_clip(services, second)
    process_again(softer, first)
    leftovers.remove(services.database, services.storage, NOON)
    shared = the_clip(services.database, second)
    assert {shared.processed_key, shared.segment_key} <= set(stored(services))


@on_every_database
def test_nothing_is_removed_while_a_release_is_being_cut(services: Services, softer: Services, clip_id: str) -> None:
    with services.database.write() as session:
        cutting = Release(version="1", state="cutting", created_by="ada", created_at=NOON, counts={}, files={})
        cutting.lease_until = NOON.replace(hour=13)
        session.add(cutting)
    process_again(softer, clip_id)
    assert leftovers.remove(services.database, services.storage, NOON) == 0
    assert len(stored(services)) == 4
    assert leftovers.remove(services.database, services.storage, NOON.replace(hour=14)) == 2


@on_every_database
def test_what_a_killed_process_stored_goes_when_its_lease_has_run_out(services: Services, killed: str) -> None:
    clip = the_clip(services.database, killed)
    assert len(stored(services)) == 4
    assert leftovers.remove(services.database, services.storage, utc_now()) == 0
    assert len(stored(services)) == 4
    assert leftovers.remove(services.database, services.storage, utc_now() + timedelta(days=1)) == 2
    assert stored(services) == sorted([str(clip.processed_key), str(clip.segment_key)])


@on_every_database
def test_what_a_killed_process_stored_stays_when_the_clip_names_it_after_all(
    services: Services, softer: Services, killed: str
) -> None:
    alter(services.database, killed, lease_until=NOON.replace(year=2020))
    assert process_again(softer, killed).outcome == "changed"
    assert leftovers.remove(services.database, services.storage, NOON) == 2
    clip = the_clip(services.database, killed)
    assert stored(services) == sorted([str(clip.processed_key), str(clip.segment_key)])


def test_a_clip_withdrawn_after_a_kill_leaves_nothing_behind(services: Services, killed: str) -> None:
    with services.database.write() as session:
        withdrawals.withdraw_clip(session.get_one(Clip, killed), NOON)
    withdrawals.purge(services.database, services.storage, NOON)
    leftovers.remove(services.database, services.storage, utc_now() + timedelta(days=1))
    assert list(services.storage.list("")) == []


@on_every_database
def test_what_was_stored_after_the_lease_was_lost_goes(services: Services, softer: Services, clip_id: str) -> None:
    def lose_the_lease() -> None:
        alter(services.database, clip_id, claim="other", lease_until=NOON.replace(year=2020))
        leftovers.remove(services.database, services.storage, NOON)

    before = stored(services)
    storage = LateStorage(services.config.data_dir / "storage")
    storage.meanwhile = lose_the_lease
    assert process_again(replace(softer, storage=storage), clip_id).outcome == "busy"
    assert len(stored(services)) == 4
    assert leftovers.remove(services.database, services.storage, NOON) == 2
    assert stored(services) == before


@on_every_database
def test_an_error_that_nobody_foresaw_leaves_the_clip_as_it_was_and_free(
    services: Services, clip_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = the_clip(services.database, clip_id)
    failed = Change(clip_id, before.file_name, "failed")
    with monkeypatch.context() as patched:
        patched.setattr("worker.processing.process", lambda *_: 1 // 0)
        assert process_again(services, clip_id) == would_change(services, clip_id) == failed
    assert f"clip {clip_id} could not be processed again" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    after = the_clip(services.database, clip_id)
    assert (after.state, after.processed_sha256, after.claim) == ("processed", before.processed_sha256, None)
    assert process_again(services, clip_id).outcome == "same"


@on_every_database
@pytest.mark.parametrize(("by_ms", "decision"), [(20.0, "accept"), (-20.0, "accept"), (20.5, None), (-300.0, None)])
def test_a_decision_stays_where_the_window_moved_by_no_more_than_20_ms(
    services: Services, clip_id: str, ada: User, by_ms: float, decision: str | None
) -> None:
    decide(services.database, ada, clip_id)
    moved(services.database, clip_id, by_ms)
    change = process_again(services, clip_id)
    assert (change.moved_ms, change.is_reviewed_again) == (by_ms, decision is None)
    assert the_clip(services.database, clip_id).decision == decision


@on_every_database
def test_a_clip_that_sounds_otherwise_is_heard_again_also_by_who_heard_it_and_its_review_is_kept(
    services: Services, clip_id: str, ada: User
) -> None:
    decide(services.database, ada, clip_id, "reject")
    moved(services.database, clip_id, 100.0)
    process_again(services, clip_id)
    with services.database.read() as session:
        assert [clip.id for clip in reviews.next_clips(session, ada, 4, ())] == [clip_id]
        [review] = session.scalars(select(Review))
        assert (review.decision, review.reason, review.undone_at) == ("reject", "cut_off", None)
        assert review.outdated_at is not None
        assert reviews.n_reviewed(session, ada) == 1


def test_what_an_import_accepted_stays_accepted_since_nobody_had_heard_it(services: Services, clip_id: str) -> None:
    decide(services.database, None, clip_id)
    moved(services.database, clip_id, 100.0)
    assert process_again(services, clip_id).is_reviewed_again is False
    assert the_clip(services.database, clip_id).decision == "accept"


def test_decisions_can_be_kept(services: Services, clip_id: str, ada: User) -> None:
    decide(services.database, ada, clip_id)
    moved(services.database, clip_id, 100.0)
    assert process_again(services, clip_id, keep_decisions=True).is_reviewed_again is False
    assert the_clip(services.database, clip_id).decision == "accept"


@on_every_database
def test_an_unusable_clip_gets_a_second_chance(services: Services, clip_id: str) -> None:
    old = {"processed_key": None, "processed_sha256": None, "segment_key": None, "window_start_ms": None}
    alter(services.database, clip_id, state="unusable", unusable_reason="undecodable", **old)
    assert process_again(services, clip_id).outcome == "rescued"
    clip = the_clip(services.database, clip_id)
    assert (clip.state, clip.unusable_reason, clip.decision) == ("processed", None, None)
    assert {clip.processed_key, clip.segment_key} == set(stored(services))


def test_a_clip_that_is_still_unusable_says_why_it_is_now(volunteer: Volunteer, services: Services) -> None:
    clip_id = str(volunteer.upload(0, sounds.silence()).json["clip"]["id"])
    process_clip(services, clip_id)
    alter(services.database, clip_id, unusable_reason="undecodable")
    assert process_again(services, clip_id).outcome == "unusable"
    assert the_clip(services.database, clip_id).unusable_reason == "silent"


@on_every_database
def test_a_clip_that_would_be_refused_now_stays_as_it_was(services: Services, clip_id: str, ada: User) -> None:
    decide(services.database, ada, clip_id)
    before = the_clip(services.database, clip_id)
    services.storage.delete(before.raw_key)
    assert process_again(services, clip_id).outcome == "refused"
    after = the_clip(services.database, clip_id)
    assert (after.state, after.decision, after.claim) == ("processed", "accept", None)
    assert after.processed_key == before.processed_key
    assert process_again(services, clip_id).outcome == "refused"


def test_looking_at_what_would_change_changes_nothing(services: Services, softer: Services, clip_id: str) -> None:
    moved(services.database, clip_id, 35.0)
    before, objects = the_clip(services.database, clip_id), stored(services)
    change = would_change(softer, clip_id)
    after = the_clip(services.database, clip_id)
    assert change == Change(clip_id, before.file_name, "changed", 35.0)
    assert (after.processed_sha256, after.processed_at, after.claim) == (
        before.processed_sha256,
        before.processed_at,
        None,
    )
    assert stored(services) == objects


def test_a_clip_that_is_gone_is_left_alone(services: Services) -> None:
    assert process_again(services, "gone") == would_change(services, "gone") == Change("gone", "gone", "busy")


@on_every_database
def test_of_several_at_once_one_gets_the_clip(services: Services, softer: Services, clip_id: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = [change.outcome for change in pool.map(lambda _: process_again(softer, clip_id), range(8))]
    assert outcomes.count("changed") == 1
    assert set(outcomes) <= {"changed", "same", "busy"}
    clip = the_clip(services.database, clip_id)
    assert {clip.processed_key, clip.segment_key} <= set(stored(services))


def busy(services: Services, clip_id: str, **values: Any) -> str:
    alter(services.database, clip_id, **values)
    return process_again(services, clip_id).outcome


@on_every_database
def test_a_clip_that_somebody_holds_or_took_back_is_left_alone(services: Services, clip_id: str) -> None:
    later = NOON.replace(year=2999)
    assert busy(services, clip_id, claim="other", lease_until=later) == "busy"
    assert busy(services, clip_id, claim="killed", lease_until=NOON.replace(year=2020)) == "same"
    assert busy(services, clip_id, state="pending") == "busy"
    assert busy(services, clip_id, state="processed", withdrawn_at=NOON) == "busy"


@on_every_database
def test_a_clip_withdrawn_meanwhile_leaves_nothing_behind(services: Services, softer: Services, clip_id: str) -> None:
    def withdraw() -> None:
        with services.database.write() as session:
            withdrawals.withdraw_clip(session.get_one(Clip, clip_id), NOON)

    storage = EventfulStorage(services.config.data_dir / "storage")
    storage.meanwhile = withdraw
    process_again(replace(softer, storage=storage), clip_id)
    withdrawals.purge(services.database, services.storage, NOON)
    leftovers.remove(services.database, services.storage, NOON)
    assert list(services.storage.list("")) == []
    with services.database.read() as session:
        assert session.scalars(select(Leftover.key)).all() == []
