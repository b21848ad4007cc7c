"""Reviews: the doubtful first, never twice to the same ears, and every decision can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from speechapp import reviews
from speechapp.db import Database
from speechapp.errors import SpeechappError
from speechapp.models import Clip, Review, User
from speechapp.reviews import Only
from tests.databases import on_every_database
from tests.rows import NOON, add_clip, add_speaker, add_user, the_clip
from tests.service import wait_until


@pytest.fixture
def ada(database: Database) -> User:
    """A reviewer; there is a speaker, too."""
    add_speaker(database)
    return add_user(database, "ada")


@pytest.fixture
def ben(database: Database) -> User:
    """Another reviewer."""
    return add_user(database, "ben")


def add_processed(database: Database, clip_id: str, utterance: int = 0, **changed: Any) -> str:
    values = {"state": "processed", "processed_key": f"clips/{clip_id}.wav", "snr_db": 30.0, "n_clipped_samples": 0}
    return add_clip(database, clip_id, utterance=utterance, **(values | changed))


def decide(
    database: Database, user: User | None, clip_id: str, decision: str = "accept", reason: str | None = None
) -> Review:
    with database.write() as session:
        return reviews.decide(session, user, clip_id, decision, reason, NOON)


def undo(database: Database, user: User, review_id: int) -> str | None:
    """The decision that the clip carries afterwards."""
    with database.write() as session:
        return reviews.undo(session, user, review_id, NOON).decision


def waiting_for(database: Database, user: User, n: int = 10, skip: frozenset[str] = frozenset()) -> list[str]:
    with database.read() as session:
        return [clip.id for clip in reviews.next_clips(session, user, n, skip)]


@on_every_database
def test_the_most_doubtful_clips_come_first_whether_nobody_heard_them_or_nobody_was_sure(
    database: Database, ada: User, ben: User
) -> None:
    add_processed(database, "clear", 0, doubt=0.1)
    add_processed(database, "clipped", 1, doubt=1.4)
    add_processed(database, "noisy", 2, doubt=0.8)
    decide(database, ben, "noisy", "unsure")
    assert waiting_for(database, ada) == ["clipped", "noisy", "clear"]
    assert waiting_for(database, ada, n=1) == ["clipped"]
    assert waiting_for(database, ada, skip=frozenset({"clipped", "clear"})) == ["noisy"]
    assert waiting_for(database, ben) == ["clipped", "clear"]


@on_every_database
def test_only_clips_with_a_fault_or_of_a_language_can_be_asked_for(database: Database, ada: User) -> None:
    add_processed(database, "both", 0, faults=["clipped", "hum"], language="de", doubt=2.5)
    add_processed(database, "clipped", 1, faults=["clipped"], language="en", doubt=1.5)
    add_processed(database, "fine", 2, language="en")
    add_processed(database, "of no language", 3)

    def ids(only: Only) -> list[str]:
        with database.read() as session:
            found = [clip.id for clip in reviews.next_clips(session, ada, 9, (), only)]
            assert reviews.n_waiting(session, ada, only) == len(found)
            return found

    assert ids(Only(fault="clipped")) == ["both", "clipped"]
    assert ids(Only(fault="hum")) == ["both"]
    assert ids(Only(fault="hu")) == []
    assert ids(Only(fault="%")) == []
    assert ids(Only(language="en")) == ["clipped", "fine"]
    assert ids(Only(fault="clipped", language="en")) == ["clipped"]
    with database.read() as session:
        assert reviews.languages_waiting(session) == ["de", "en"]


def test_a_decision_about_what_the_clip_was_before_is_refused(database: Database, ada: User) -> None:
    add_processed(database, "c1", processed_sha256="2" * 64)
    with pytest.raises(SpeechappError) as refused, database.write() as session:
        reviews.decide(session, ada, "c1", "accept", None, NOON, heard_sha256="1" * 64)
    assert refused.value.code == "clip_changed"
    with database.write() as session:
        assert reviews.decide(session, ada, "c1", "accept", None, NOON, heard_sha256="2" * 64).decision == "accept"


@pytest.mark.usefixtures("ada")
def test_the_queue_of_fifty_thousand_clips_is_an_index_in_its_order(database: Database, ben: User) -> None:
    with database.read() as session:
        for waiting in reviews._waiting(ben, Only()):
            ordered = waiting.order_by(Clip.doubt.desc(), Clip.id.desc()).limit(4).with_only_columns(Clip.id)
            sql = ordered.compile(database.engine, compile_kwargs={"literal_binds": True})
            plan = [str(row[-1]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
            assert "USING COVERING INDEX ix_clips_review (state=? AND decision=?" in plan[0]
            assert "TEMP B-TREE" not in " ".join(plan)


def test_only_processed_clips_that_still_count_are_shown(database: Database, ada: User) -> None:
    add_processed(database, "good", 0)
    add_clip(database, "pending", utterance=1)
    add_clip(database, "unusable", utterance=2, state="unusable")
    add_processed(database, "withdrawn", 3, withdrawn_at=NOON)
    add_processed(database, "redone", 4, replaced_by_id="good")
    assert waiting_for(database, ada) == ["good"]
    with database.read() as session:
        assert reviews.n_waiting(session, ada) == 1


@on_every_database
def test_a_decision_stands_on_the_clip_with_who_made_it(database: Database, ada: User) -> None:
    clip_id = add_processed(database, "c1")
    review = decide(database, ada, clip_id, "reject", "noise")
    assert (review.user_id, review.decision, review.reason, review.created_at) == (ada.id, "reject", "noise", NOON)
    assert the_clip(database, clip_id).decision == "reject"
    assert waiting_for(database, ada) == []
    with database.read() as session:
        assert (reviews.n_waiting(session, ada), reviews.n_reviewed(session, ada)) == (0, 1)


def test_a_clip_that_one_reviewer_is_unsure_about_goes_to_another(database: Database, ada: User, ben: User) -> None:
    clip_id = add_processed(database, "c1")
    decide(database, ada, clip_id, "unsure")
    assert waiting_for(database, ada) == []
    assert waiting_for(database, ben) == [clip_id]
    decide(database, ben, clip_id, "accept")
    assert waiting_for(database, ben) == []


@on_every_database
def test_an_undone_review_brings_the_clip_back(database: Database, ada: User) -> None:
    review = decide(database, ada, add_processed(database, "c1"))
    assert undo(database, ada, review.id) is None
    assert waiting_for(database, ada) == ["c1"]
    with database.read() as session:
        assert reviews.n_reviewed(session, ada) == 0


def test_an_undone_review_leaves_the_decision_before_it(database: Database, ada: User, ben: User) -> None:
    clip_id = add_processed(database, "c1")
    decide(database, ada, clip_id, "unsure")
    second = decide(database, ben, clip_id, "accept")
    third = decide(database, ada, clip_id, "reject", "noise")
    assert undo(database, ada, third.id) == "accept"
    assert undo(database, ben, second.id) == "unsure"


def test_undoing_an_older_review_leaves_the_newest_decision(database: Database, ada: User, ben: User) -> None:
    clip_id = add_processed(database, "c1")
    first = decide(database, ada, clip_id, "unsure")
    decide(database, ben, clip_id, "accept")
    assert undo(database, ada, first.id) == "accept"


def test_an_import_accepts_without_a_user(database: Database, ada: User) -> None:
    decide(database, None, add_processed(database, "c1"))
    with database.read() as session:
        assert list(session.scalars(select(Review.user_id))) == [None]
    assert waiting_for(database, ada) == []


@pytest.mark.parametrize(
    ("decision", "reason", "code"),
    [
        ("maybe", None, "decision_unknown"),
        ("", None, "decision_unknown"),
        ("reject", None, "reason_unknown"),
        ("reject", "boring", "reason_unknown"),
        ("accept", "noise", "reason_unknown"),
        ("unsure", "noise", "reason_unknown"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    database: Database, ada: User, decision: str, reason: str | None, code: str
) -> None:
    clip_id = add_processed(database, "c1")
    with pytest.raises(SpeechappError) as refused:
        decide(database, ada, clip_id, decision, reason)
    assert refused.value.code == code
    assert the_clip(database, clip_id).decision is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": "pending"}, "clip_unknown"),
        ({"state": "unusable"}, "clip_unknown"),
        ({"withdrawn_at": NOON}, "clip_unknown"),
        ({"replaced_by_id": "c1"}, "clip_replaced"),
    ],
)
def test_a_clip_that_counts_no_more_cannot_be_reviewed(
    database: Database, ada: User, changed: dict[str, Any], code: str
) -> None:
    clip_id = add_processed(database, "c1", **changed)
    with pytest.raises(SpeechappError) as refused:
        decide(database, ada, clip_id)
    assert refused.value.code == code


def test_a_clip_that_never_was_cannot_be_reviewed(database: Database, ada: User) -> None:
    with pytest.raises(SpeechappError) as refused:
        decide(database, ada, "never")
    assert refused.value.code == "clip_unknown"


@pytest.mark.servers
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_decision_waits_for_whoever_is_just_processing_the_clip_again(database: Database, ada: User) -> None:
    add_processed(database, "c1", processed_sha256="a" * 64)

    def decide_about_what_was_heard() -> None:
        with database.write() as session:
            reviews.decide(session, ada, "c1", "accept", None, NOON, "a" * 64)

    with ThreadPoolExecutor() as pool:
        with database.write() as session:
            session.get_one(Clip, "c1", with_for_update=True).processed_sha256 = "b" * 64
            session.flush()
            deciding = pool.submit(decide_about_what_was_heard)
            wait_until(lambda: n_waiting_for_locks(database), "the decision waits for the worker")
        with pytest.raises(SpeechappError) as refused:
            deciding.result()
    assert (refused.value.code, the_clip(database, "c1").decision) == ("clip_changed", None)


@pytest.mark.servers
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_processes_a_clip_again_while_a_review_of_it_is_undone(database: Database, ada: User) -> None:
    review = decide(database, ada, add_processed(database, "c1"))
    with database.write() as undoing:
        reviews.undo(undoing, ada, review.id, NOON)
        with pytest.raises(OperationalError, match="could not obtain lock"), database.write() as session:
            session.get_one(Clip, "c1", with_for_update={"nowait": True})
    assert the_clip(database, "c1").decision is None


def n_waiting_for_locks(database: Database) -> int:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0


def test_a_review_is_undone_once_and_only_by_who_made_it(database: Database, ada: User, ben: User) -> None:
    review = decide(database, ada, add_processed(database, "c1"))
    assert why_not_undone(database, ben, review.id) == "review_of_other_user"
    undo(database, ada, review.id)
    assert why_not_undone(database, ada, review.id) == "review_undone"
    assert why_not_undone(database, ada, review.id + 1) == "review_unknown"


def why_not_undone(database: Database, user: User, review_id: int) -> str:
    with pytest.raises(SpeechappError) as refused:
        undo(database, user, review_id)
    return refused.value.code
