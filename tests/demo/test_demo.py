"""The demo from end to end: the real service in its own processes, filled and emptied again."""

import io
import tarfile
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from speechapp.commands.demo import default_url, demo
from speechapp.config import read_config
from speechapp.demo.plan import REASON_OF_FLAW
from speechapp.errors import ConfigError
from speechapp.models import Clip, Review, RoomNoise, Speaker
from speechapp.release.published import ReleaseView, newest_release
from speechapp.services import Services, open_services


def run_demo(settings: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(demo, arguments, env=settings)


def n_clips_by_state(services: Services) -> dict[str, int]:
    with services.database.read() as session:
        return dict(session.execute(select(Clip.state, func.count()).group_by(Clip.state)).all())


def reasons(services: Services) -> list[str]:
    with services.database.read() as session:
        return sorted(filter(None, session.scalars(select(Review.reason))))


def published(services: Services) -> ReleaseView:
    with services.database.read() as session:
        release = newest_release(session)
    assert release is not None
    return release


@pytest.mark.slow
@pytest.mark.usefixtures("espeak")
def test_the_demo_fills_an_empty_installation_and_clears_it_again(running_service: dict[str, str]) -> None:
    services = open_services(read_config(running_service))

    filled = run_demo(running_service, "--volunteers", "2", "--words-each", "6")
    assert filled.exit_code == 0, filled.output
    assert n_clips_by_state(services) == {"processed": 11, "unusable": 1}
    assert "5 accepted, 5 rejected, 1 waiting for review, 1 unusable" in filled.output
    assert reasons(services) == sorted(set(REASON_OF_FLAW.values()) - {"silent"})

    with services.database.read() as session:
        [noise] = session.scalars(select(RoomNoise))
        assert (noise.decision, noise.unusable_reason) == (None, None)

    release = published(services)
    address = f"{default_url(services.config)}/releases/{release.version}/files/{release.archive_name}"
    assert address in filled.output
    archive = urllib.request.urlopen(address).read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as unpacked:
        assert sum("_nohash_" in name for name in unpacked.getnames()) == release.n_clips == 5

    cleared = run_demo(running_service, "--clear")
    assert "Removed: 12 clips of 2 synthetic speakers, 1 releases." in cleared.output
    assert n_clips_by_state(services) == {}
    assert list(services.storage.list("")) == []
    with services.database.read() as session:
        assert session.scalars(select(Speaker)).all() == []
    services.database.close()


@pytest.mark.usefixtures("espeak")
def test_without_a_service_the_demo_says_how_to_start_one(tmp_path: Path, free_port: int) -> None:
    settings = {"SPEECHAPP_DATA_DIR": str(tmp_path), "SPEECHAPP_PORT": str(free_port)}
    refused = run_demo(settings).exception
    assert isinstance(refused, ConfigError)
    assert refused.code == "service_unreachable"


def test_the_help_teaches_the_way() -> None:
    shown = CliRunner().invoke(demo, ["--help"]).output
    assert "speechapp demo --clear" in shown
