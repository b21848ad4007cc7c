"""The sweep sends again what was lost, purges what was withdrawn, and never brings the timer down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update
from webtest import TestApp

from speechapp.config import Config, read_config
from speechapp.models import Clip, Release
from speechapp.queue import Queue
from speechapp.services import Services
from speechapp.web.app import create_app
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rabbitmq import free_port
from tests.rows import NOON, add_clip, add_speaker, the_clip
from worker.app import ServicesOfProcess, cut_release, sweep_once
from worker.processing import process_again, process_clip

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def queue(config: Config) -> Queue:
    return Queue(config)


@pytest.fixture
def sent(config: Config) -> Callable[[], list[str]]:
    """The clips that messages in the queue ask for, oldest first."""

    def read() -> list[str]:
        folder = config.data_dir / "queue" / "messages"
        return [clip_named_in(path) for path in sorted(folder.glob("*.msg"))]

    return read


def clip_named_in(message: Path) -> str:
    return message.read_text(encoding="utf-8").split("argsrepr")[1].split("'")[1]


def add_release(services: Services, version: str, state: str) -> None:
    with services.database.write() as session:
        session.add(
            Release(
                version=version,
                state=state,
                created_by="mia",
                created_at=NOON,
                lease_until=NOON,
                counts={},
                files={},
                n_total=0,
            )
        )


@on_every_database
def test_what_processing_again_left_over_is_removed(volunteer: Volunteer, services: Services, queue: Queue) -> None:
    clip_id = str(volunteer.upload(0).json["clip"]["id"])
    process_clip(services, clip_id)
    louder = replace(services, config=replace(services.config, clip_level_dbfs=-20.0))
    process_again(louder, clip_id)
    assert len(list(services.storage.list(""))) == 5
    sweep_once(services, queue)
    clip = the_clip(services.database, clip_id)
    assert set(services.storage.list("")) == {clip.raw_key, clip.processed_key, clip.segment_key}


@on_every_database
def test_overdue_clips_are_sent_again_once(services: Services, queue: Queue, sent: Callable[[], list[str]]) -> None:
    add_speaker(services.database)
    add_clip(services.database, "lost", utterance=0, lease_until=LONG_AGO)
    add_clip(services.database, "fresh", utterance=1, lease_until=NOON)
    sweep_once(services, queue)
    sweep_once(services, queue)
    assert sent() == ["lost"]


@on_every_database
def test_a_clip_whose_message_was_lost_with_the_broker_is_found_by_the_sweep(
    settings: dict[str, str], services: Services, queue: Queue, sent: Callable[[], list[str]]
) -> None:
    broker = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    app = create_app(read_config(settings | {"SPEECHAPP_BROKER_URL": broker}))
    volunteer = Volunteer(TestApp(app))
    volunteer.start_visit()
    clip_id = volunteer.upload(0, status=201).json["clip"]["id"]
    app.extensions["speechapp"].services.database.close()
    assert sent() == []

    with services.database.write() as session:
        session.execute(update(Clip).values(lease_until=LONG_AGO))
    sweep_once(services, queue)
    assert sent() == [clip_id]
    assert process_clip(services, clip_id) is True


def test_the_sweep_purges_what_was_withdrawn(services: Services, queue: Queue) -> None:
    add_speaker(services.database)
    add_clip(services.database, "gone", raw_key="raw/gone", withdrawn_at=NOON)
    services.storage.put_if_absent("raw/gone", b"bytes")
    sweep_once(services, queue)
    assert list(services.storage.list("")) == []
    assert the_clip(services.database, "gone").purged_at is not None


def test_a_sweep_that_fails_is_logged_and_comes_again(
    services: Services, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    with services.database.write() as session:
        session.execute(text("DROP TABLE reviews"))
        session.execute(text("DROP TABLE clips"))
    sweep_once(services, queue)
    assert "the sweep failed; it comes again in 10 s" in caplog.text


def test_a_release_that_cannot_be_cut_keeps_the_reason_in_its_row(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    add_release(services, "0.1", "cutting")
    cut_release(services, "0.1")
    with services.database.read() as session:
        release = session.get_one(Release, "0.1")
    assert (release.state, release.created_by) == ("failed", "mia")
    assert "No clip has been accepted yet" in str(release.error)
    assert "release 0.1 was not cut" in caplog.text


def test_a_message_that_came_twice_does_not_touch_a_published_release(services: Services) -> None:
    add_release(services, "0.1", "published")
    cut_release(services, "0.1")
    with services.database.read() as session:
        assert session.get_one(Release, "0.1").state == "published"


def test_one_process_opens_its_services_once(config: Config) -> None:
    own = ServicesOfProcess(config)
    assert own.services() is own.services()
    own.services().database.close()
