"""SQLite and PostgreSQL behave alike: one transaction each time, dates that are UTC, writers that wait."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from speechapp.db import Database, utc_now
from speechapp.models import Speaker
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_clip, add_speaker

N_WRITERS, N_WRITES = 4, 10


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@on_every_database
def test_a_date_comes_back_in_utc_whatever_zone_it_went_in_with(database: Database) -> None:
    two_hours_east = datetime(2030, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.write() as session:
        session.add(Speaker(id=ADA, partition="training", origin="demo", created_at=two_hours_east))
    with database.read() as session:
        created_at = session.get_one(Speaker, ADA).created_at
    assert created_at == datetime(2030, 7, 1, 12, 0, tzinfo=UTC)
    assert created_at.utcoffset() == timedelta(0)


@on_every_database
def test_a_date_without_a_zone_never_reaches_the_database(database: Database) -> None:
    naive = datetime(2030, 7, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="a date without a zone"), database.write() as session:
        session.add(Speaker(id=ADA, partition="training", origin="demo", created_at=naive))


def test_now_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)


@on_every_database
def test_an_exception_takes_back_the_whole_transaction(database: Database) -> None:
    def fail_halfway() -> None:
        with database.write() as session:
            session.add(Speaker(id=ADA, partition="training", origin="demo", created_at=NOON))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with database.read() as session:
        assert session.get(Speaker, ADA) is None


@on_every_database
def test_what_a_reading_session_adds_is_not_kept(database: Database) -> None:
    with database.read() as session:
        session.add(Speaker(id=ADA, partition="training", origin="demo", created_at=NOON))
        session.flush()
    with database.read() as session:
        assert session.get(Speaker, ADA) is None


@on_every_database
def test_a_clip_of_a_speaker_who_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        add_clip(database, "c1", speaker_id=BEN)


@on_every_database
def test_two_clips_never_share_speaker_word_and_utterance(database: Database) -> None:
    add_speaker(database, ADA)
    add_clip(database, "c1", word="yes", utterance=0)
    with pytest.raises(IntegrityError):
        add_clip(database, "c2", word="yes", utterance=0)


@on_every_database
def test_many_writers_at_once_all_come_through(database: Database) -> None:
    add_speaker(database)

    def read_then_write(writer: int) -> None:
        for turn in range(N_WRITES):
            with database.write() as session:
                session.scalar(select(func.count()).select_from(Speaker))
                session.add(Speaker(id=f"{writer:04}{turn:04}", partition="training", origin="demo", created_at=NOON))

    with ThreadPoolExecutor(N_WRITERS) as pool:
        list(pool.map(read_then_write, range(N_WRITERS)))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Speaker)) == 41


def test_sqlite_is_set_up_to_survive_a_crash_and_to_wait_for_others(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA busy_timeout")) == 30_000
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as writing, database.read() as reading:
        writing.add(Speaker(id=ADA, partition="training", origin="demo", created_at=NOON))
        writing.flush()
        assert reading.get(Speaker, ADA) is None
