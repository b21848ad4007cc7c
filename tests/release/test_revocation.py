"""The revocation list: what was published and then taken back, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from speechapp.models import Clip, Release, Speaker
from speechapp.release.revocation import revoked_names
from speechapp.withdrawals import withdraw, withdraw_clip
from tests.release.collection import NOW, TESTER, TRAINER, VALIDATOR, Collection

pytestmark = pytest.mark.slow


@pytest.fixture
def published(collection: Collection) -> Collection:
    """Two words of three speakers, released as 0.1."""
    collection.add_everybody()
    collection.cut()
    return collection


def revoked(collection: Collection) -> list[str]:
    with collection.database.read() as session:
        return revoked_names(session, collection.storage)


def take_back(collection: Collection, clip_id: str) -> None:
    with collection.database.write() as session:
        withdraw_clip(session.get_one(Clip, clip_id), NOW)


def test_without_releases_the_list_is_empty(collection: Collection) -> None:
    take_back(collection, collection.add(TRAINER, "yes"))
    assert revoked(collection) == []


def test_while_nothing_is_taken_back_the_list_is_empty(published: Collection) -> None:
    assert revoked(published) == []


def test_a_published_clip_that_was_taken_back_is_named(published: Collection) -> None:
    take_back(published, f"{TRAINER}yes0")
    assert revoked(published) == [f"yes/{TRAINER}_nohash_0.wav"]


def test_all_clips_of_a_speaker_who_withdrew_are_named_in_order(published: Collection) -> None:
    with published.database.write() as session:
        withdraw(session, session.get_one(Speaker, TESTER), NOW)
    take_back(published, f"{VALIDATOR}no0")
    assert revoked(published) == [
        f"no/{VALIDATOR}_nohash_0.wav",
        f"no/{TESTER}_nohash_0.wav",
        f"yes/{TESTER}_nohash_0.wav",
    ]


def test_a_clip_that_was_in_no_release_is_not_named(published: Collection) -> None:
    take_back(published, published.add(TRAINER, "yes", 1))
    assert revoked(published) == []


def test_a_clip_of_two_releases_is_named_once(published: Collection) -> None:
    published.cut("0.2", NOW + timedelta(days=1))
    take_back(published, f"{TRAINER}yes0")
    assert revoked(published) == [f"yes/{TRAINER}_nohash_0.wav"]


def test_a_release_that_was_not_published_does_not_count(published: Collection) -> None:
    with published.database.write() as session:
        session.execute(update(Release).values(state="failed"))
    take_back(published, f"{TRAINER}yes0")
    assert revoked(published) == []
