"""A cut that nobody speaks for is handed out again; one that somebody holds is not."""

from datetime import UTC, datetime, timedelta

import pytest

from speechapp.models import Release
from speechapp.release import holding
from speechapp.release.cut import begin
from tests.release.collection import Collection
from tests.service import wait_until

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AFTER = NOON + holding.LEASE + timedelta(seconds=1)


def lease_until(collection: Collection, version: str = "0.1") -> datetime:
    with collection.database.read() as session:
        return session.get_one(Release, version).lease_until


def test_a_fresh_cut_is_not_overdue(collection: Collection) -> None:
    begin(collection.database, "0.1", NOON, "mia")
    assert holding.overdue_cuts(collection.database, NOON + holding.LEASE) == []


def test_a_cut_whose_lease_ran_out_is_handed_out_once(collection: Collection) -> None:
    begin(collection.database, "0.1", NOON, "mia")
    assert holding.overdue_cuts(collection.database, AFTER) == ["0.1"]
    assert holding.overdue_cuts(collection.database, AFTER) == []


def test_a_failed_cut_is_not_handed_out(collection: Collection) -> None:
    begin(collection.database, "0.1", NOON, "mia")
    with collection.database.write() as session:
        session.get_one(Release, "0.1").state = "failed"
    assert holding.overdue_cuts(collection.database, AFTER) == []


def test_a_held_cut_renews_its_lease(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "BEAT_S", 0.01)
    begin(collection.database, "0.1", NOON, "mia")
    with holding.held(collection.database, "0.1", NOON):
        wait_until(lambda: lease_until(collection) > AFTER, "the lease is renewed")
    assert holding.overdue_cuts(collection.database, AFTER) == []


def test_a_cut_that_was_taken_over_is_not_renewed(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "BEAT_S", 0.01)
    begin(collection.database, "0.1", NOON, "mia")
    begin(collection.database, "0.2", NOON, "mia")
    overtaken = holding.held(collection.database, "0.1", NOON - timedelta(hours=1))
    with overtaken, holding.held(collection.database, "0.2", NOON):
        wait_until(lambda: lease_until(collection, "0.2") > AFTER, "the cut that stands is renewed")
    assert lease_until(collection, "0.1") == NOON + holding.LEASE
