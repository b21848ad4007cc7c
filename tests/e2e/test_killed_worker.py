"""A worker that is killed in the middle of its work loses nothing and does nothing twice, on every broker."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from speechapp.config import read_config
from speechapp.migration import upgrade
from speechapp.models import Clip
from speechapp.services import Services, open_services
from speechapp.web.app import create_app
from tests import rabbitmq
from tests.cast import Volunteer
from tests.service import kill_group, speechapp_process, wait_until

N_CLIPS = 50
N_BEFORE_KILL = 10
CONCURRENCY = 2
HASTE = {"SPEECHAPP_LEASE_S": "3", "SPEECHAPP_SWEEP_S": "1", "SPEECHAPP_CONCURRENCY": str(CONCURRENCY)}


@pytest.fixture
def embedded(tmp_path: Path) -> dict[str, str]:
    """SQLite and a directory of messages."""
    return {"SPEECHAPP_DATA_DIR": str(tmp_path / "data"), **HASTE}


@pytest.fixture
def distributed(tmp_path: Path, postgresql_url: str) -> Iterator[dict[str, str]]:
    """PostgreSQL and RabbitMQ."""
    if reason := rabbitmq.why_not():
        pytest.skip(reason)
    with rabbitmq.running() as broker_url:
        yield {
            "SPEECHAPP_DATA_DIR": str(tmp_path / "data"),
            "SPEECHAPP_DATABASE_URL": postgresql_url,
            "SPEECHAPP_BROKER_URL": broker_url,
            **HASTE,
        }


@pytest.mark.slow
def test_embedded_worker_killed_among_50_clips(embedded: dict[str, str], tmp_path: Path) -> None:
    kill_and_restart(embedded, tmp_path / "worker.log")


@pytest.mark.servers
@pytest.mark.slow
def test_distributed_worker_killed_among_50_clips(distributed: dict[str, str], tmp_path: Path) -> None:
    kill_and_restart(distributed, tmp_path / "worker.log")


def kill_and_restart(settings: dict[str, str], log: Path) -> None:
    """Upload, kill the whole worker group once some clips are done, start it again, look at every row and object."""
    services = open_services(read_config(settings))
    upgrade(services.database)
    upload_clips(settings)

    with speechapp_process("worker", settings, log) as worker:
        wait_until(lambda: n_processed(services) >= N_BEFORE_KILL, "the worker has processed some clips")
        kill_group(worker)
    done_before = processed_at(services)
    assert N_BEFORE_KILL <= len(done_before) < N_CLIPS, "the kill must come in the middle of the work"

    with speechapp_process("worker", settings, log):
        wait_until(lambda: n_processed(services) == N_CLIPS, "all clips are processed")

    done_after = processed_at(services)
    assert {clip_id: done_after[clip_id] for clip_id in done_before} == done_before, "nothing was processed again"
    attempts = Counter(n_attempts for n_attempts in all_attempts(services))
    assert attempts[1] >= N_CLIPS - CONCURRENCY, "only what the killed worker held was begun twice"
    assert attempts.total() == N_CLIPS
    assert len(list(services.storage.list("clips/"))) == N_CLIPS
    assert len(list(services.storage.list("segments/"))) == N_CLIPS
    services.database.close()


def upload_clips(settings: dict[str, str]) -> None:
    app = create_app(read_config(settings))
    volunteer = Volunteer(TestApp(app))
    volunteer.start_visit()
    for position in range(N_CLIPS):
        volunteer.upload(position, status=201)
    app.extensions["speechapp"].services.database.close()


def n_processed(services: Services) -> int:
    with services.database.read() as session:
        return session.scalar(select(func.count()).select_from(Clip).where(Clip.state == "processed")) or 0


def processed_at(services: Services) -> dict[str, object]:
    with services.database.read() as session:
        rows = session.execute(select(Clip.id, Clip.processed_at).where(Clip.state == "processed"))
        return dict(rows.all())


def all_attempts(services: Services) -> list[int]:
    with services.database.read() as session:
        return list(session.scalars(select(Clip.n_attempts)))
