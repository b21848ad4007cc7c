"""Migrations and models describe the same tables, on both databases, upwards and downwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, inspect, select, table

from speechapp import reprocessing
from speechapp.db import Database
from speechapp.doubt import doubt
from speechapp.errors import ConfigError
from speechapp.migration import alembic_config, upgrade
from speechapp.models import Base, Clip, Visit
from speechapp.reprocessing import Wanted
from tests.databases import on_every_database
from tests.rows import ADA, NOON, add_clip, add_speaker

OLD_CLIP = {
    "speaker_id": ADA,
    "word": "yes",
    "created_at": NOON.isoformat(),
    "raw_key": "raw",
    "raw_sha256": "0" * 64,
    "raw_bytes": 1,
    "settings": "{}",
    "state": "processed",
    "lease_until": NOON.isoformat(),
    "n_attempts": 1,
}
TABLES = [
    "alembic_version",
    "clips",
    "leftovers",
    "releases",
    "reviews",
    "room_noises",
    "setup_links",
    "speaker_details",
    "speakers",
    "users",
    "visits",
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that had no table before all migrations ran."""
    is_sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path}/new.db" if is_sqlite else request.getfixturevalue("postgresql_url"))
    upgrade(database)
    yield database
    database.close()


def test_migrations_end_where_the_models_stand(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(migrated: Database) -> None:
    upgrade(migrated)
    assert sorted(inspect(migrated.engine).get_table_names()) == TABLES


def test_downgrading_to_the_base_leaves_no_table_and_upgrading_brings_them_back(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()
    assert inspect(migrated.engine).get_table_names() == ["alembic_version"]
    upgrade(migrated)
    assert sorted(inspect(migrated.engine).get_table_names()) == TABLES


def test_a_database_that_does_not_answer_is_one_clear_sentence(tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'no such folder' / 'speechapp.db'}")
    with pytest.raises(ConfigError, match="Check SPEECHAPP_DATABASE_URL") as refused:
        upgrade(nowhere)
    assert refused.value.code == "database_unreachable"


@on_every_database
def test_visits_and_clips_from_before_there_were_several_vocabularies_are_told_theirs(database_url: str) -> None:
    database = Database(database_url)
    add_speaker(database)
    with database.write() as session:
        session.add(
            Visit(
                id="v",
                speaker_id=ADA,
                vocabulary="words",
                language="is",
                vocabulary_version="1",
                words=["ja"],
                created_at=NOON,
            )
        )
    add_clip(database, "of a visit", visit_id="v", utterance=0, language="is")
    add_clip(database, "imported", utterance=1)
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0002")
        connection.commit()
    upgrade(database)
    with database.read() as session:
        assert session.get_one(Visit, "v").vocabulary == "is"
        assert (session.get_one(Clip, "of a visit").language, session.get_one(Clip, "imported").language) == (
            "is",
            None,
        )
    database.close()


@on_every_database
def test_clips_from_before_words_were_found_are_put_in_order_and_can_be_processed_again(database_url: str) -> None:
    database = Database(database_url)
    add_speaker(database)
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0003")
        connection.commit()
    measured = {"noisy": (10.0, 0), "clean": (60.0, 0), "clipped": (40.0, 9)}
    with database.engine.begin() as connection:
        for utterance, (clip_id, (snr_db, n_clipped_samples)) in enumerate(measured.items()):
            values = OLD_CLIP | {"id": clip_id, "utterance": utterance}
            values |= {"snr_db": snr_db, "n_clipped_samples": n_clipped_samples}
            connection.execute(table("clips", *map(column, values)).insert(), values)
    upgrade(database)
    with database.read() as session:
        clips = {clip.id: clip for clip in session.scalars(select(Clip))}
        assert reprocessing.wanted_clips(session, Wanted(not_method="word")) == ["clean", "clipped", "noisy"]
    assert {clip_id: clip.doubt for clip_id, clip in clips.items()} == {"noisy": 1.25, "clean": 0.5, "clipped": 1.5}
    assert {clip.doubt for clip in clips.values()} == {
        doubt(["clipped"] if clip.n_clipped_samples else [], None, clip.snr_db or 0.0) for clip in clips.values()
    }
    assert [(clip.faults, clip.measures, clip.word_start_ms) for clip in clips.values()] == [([], {}, None)] * 3
    database.close()
