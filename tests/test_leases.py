"""Leases: each clip is processed by one worker at a time, and never forgotten, whatever dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import chain

import pytest

from speechapp import leases
from speechapp.db import Database
from tests.databases import on_every_database
from tests.rows import NOON, add_clip, add_speaker, the_clip

LEASE_S = 60
pytestmark = on_every_database


@pytest.fixture(autouse=True)
def ada(database: Database) -> str:
    return add_speaker(database)


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def claim(database: Database, clip_id: str, now: datetime = NOON) -> leases.Claim | None:
    with database.write() as session:
        return leases.claim(session, clip_id, now, LEASE_S)


def claimed(database: Database, clip_id: str, now: datetime = NOON) -> leases.Claim:
    """The claim on a clip that is surely free."""
    held = claim(database, clip_id, now)
    assert held is not None
    return held


def finish(database: Database, held: leases.Claim, **values: object) -> bool:
    with database.write() as session:
        return leases.finish(session, held, {"state": "processed", **values})


def sweep(database: Database, now: datetime) -> list[str]:
    with database.write() as session:
        return leases.sweep(session, now, LEASE_S)


def test_a_claim_says_all_that_the_worker_needs(database: Database) -> None:
    clip_id = add_clip(database, "c1", word="yes", utterance=3, raw_key="raw/c1.wav")
    held = claimed(database, clip_id)
    assert (held.clip_id, held.raw_key, held.file_name) == ("c1", "raw/c1.wav", "yes/0a0a0a0a_nohash_3.wav")
    clip = the_clip(database, clip_id)
    assert (clip.state, clip.n_attempts, clip.lease_until) == ("processing", 1, at(60))


def test_a_clip_is_claimed_once(database: Database) -> None:
    clip_id = add_clip(database, "c1")
    assert claim(database, clip_id) is not None
    assert claim(database, clip_id) is None


def test_of_many_workers_at_once_one_gets_the_clip(database: Database) -> None:
    clip_id = add_clip(database, "c1")
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda _: claim(database, clip_id), range(8)))
    assert claims.count(None) == 7


def test_a_fresh_clip_is_free_although_the_sweep_must_wait(database: Database) -> None:
    clip_id = add_clip(database, "c1", lease_until=at(60))
    assert sweep(database, at(1)) == []
    assert claim(database, clip_id, at(1)) is not None


def test_a_clip_whose_lease_ran_out_is_claimed_anew(database: Database) -> None:
    clip_id = add_clip(database, "c1")
    claimed(database, clip_id)
    assert claim(database, clip_id, at(60)) is None
    assert claim(database, clip_id, at(61)) is not None
    assert the_clip(database, clip_id).n_attempts == 2


def test_a_lost_claim_cannot_finish(database: Database) -> None:
    clip_id = add_clip(database, "c1")
    slow = claimed(database, clip_id)
    quick = claimed(database, clip_id, at(61))
    assert finish(database, slow, processed_key="slow") is False
    assert finish(database, quick, processed_key="quick") is True
    assert the_clip(database, clip_id).processed_key == "quick"


def test_a_clip_is_finished_once(database: Database) -> None:
    held = claimed(database, add_clip(database, "c1"))
    assert finish(database, held) is True
    assert finish(database, held) is False


@pytest.mark.parametrize("state", ["processed", "unusable"])
def test_a_clip_that_is_done_is_neither_claimed_nor_swept(database: Database, state: str) -> None:
    clip_id = add_clip(database, "c1", state=state)
    assert claim(database, clip_id, at(1000)) is None
    assert sweep(database, at(1000)) == []


def test_a_withdrawn_clip_is_neither_claimed_nor_swept(database: Database) -> None:
    clip_id = add_clip(database, "c1", withdrawn_at=NOON)
    assert claim(database, clip_id, at(1000)) is None
    assert sweep(database, at(1000)) == []


def test_nothing_is_claimed_for_a_clip_that_never_was(database: Database) -> None:
    assert claim(database, "never") is None


def test_a_sweep_returns_what_is_overdue_oldest_first_and_only_once(database: Database) -> None:
    add_clip(database, "held", utterance=0, state="processing", claim="dead", lease_until=at(20))
    add_clip(database, "lost", utterance=1, state="pending", lease_until=at(10))
    add_clip(database, "fresh", utterance=2, state="pending", lease_until=at(90))
    assert sweep(database, at(30)) == ["lost", "held"]
    assert sweep(database, at(30)) == []
    assert sorted(sweep(database, at(91))) == ["fresh", "held", "lost"]


def test_a_worker_whose_clip_was_swept_cannot_finish_it(database: Database) -> None:
    held = claimed(database, add_clip(database, "c1"))
    sweep(database, at(61))
    assert finish(database, held) is False
    assert the_clip(database, "c1").state == "pending"


def test_two_sweeps_at_once_never_return_the_same_clip(database: Database) -> None:
    for utterance in range(20):
        add_clip(database, f"c{utterance:02}", utterance=utterance)
    with ThreadPoolExecutor(4) as pool:
        swept = list(pool.map(lambda _: sweep(database, at(1)), range(4)))
    assert sorted(chain.from_iterable(swept)) == [f"c{utterance:02}" for utterance in range(20)]


def test_a_clip_that_brings_five_workers_down_is_given_up(database: Database) -> None:
    clip_id = add_clip(database, "c1", state="processing", claim="dead", n_attempts=4)
    assert sweep(database, at(1)) == [clip_id]
    claimed(database, clip_id, at(2))
    assert sweep(database, at(100)) == []
    clip = the_clip(database, clip_id)
    assert (clip.state, clip.unusable_reason, clip.claim) == ("unusable", "worker_failed", None)


def test_a_clip_that_waited_long_for_its_fifth_worker_still_gets_it(database: Database) -> None:
    clip_id = add_clip(database, "c1", state="pending", n_attempts=4)
    assert sweep(database, at(1000)) == [clip_id]
    assert finish(database, claimed(database, clip_id, at(1001))) is True
