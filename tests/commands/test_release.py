"""`speechapp release`: look first, cut once, list, and check what was downloaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from speechapp import reviews
from speechapp.errors import Conflict, DataError, InvalidInput
from speechapp.release.published import one_release
from speechapp.services import Services
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rows import NOON

Run = Callable[..., Result]


@pytest.fixture
def accepted(volunteer: Volunteer, services: Services, process: Callable[[str], bool]) -> None:
    """An accepted clip."""
    clip_id = str(volunteer.upload(0).json["clip"]["id"])
    process(clip_id)
    with services.database.write() as session:
        reviews.decide(session, None, clip_id, "accept", None, NOON)


@pytest.mark.usefixtures("accepted")
def test_a_dry_run_says_what_would_be_released_and_changes_nothing(run: Run) -> None:
    result = run("release", "cut", "0.1", "--dry-run")
    assert "1 clips of 1 words by 1 speakers, about 5.6 MB" in result.stdout
    assert "partition is empty: too few speakers yet" in result.stdout
    assert "0.1" not in run("release", "list").stdout


@on_every_database
@pytest.mark.usefixtures("accepted")
def test_a_cut_release_can_be_listed_downloaded_and_verified(run: Run, services: Services, tmp_path: Path) -> None:
    assert "Release 0.1 is published: 1 clips by 1 speakers." in run("release", "cut", "0.1").stdout
    assert "0.1 " in run("release", "list").stdout
    with services.database.read() as session:
        files = one_release(session, "0.1").files
    for file in files:
        services.storage.fetch_to(file.key, tmp_path / file.name)
    assert "1 clips, all sound." in run("release", "verify", str(tmp_path)).stdout


@pytest.mark.usefixtures("accepted")
def test_a_damaged_download_is_refused(run: Run, services: Services, tmp_path: Path) -> None:
    run("release", "cut", "0.1")
    with services.database.read() as session:
        [key] = [file.key for file in one_release(session, "0.1").files if file.name.endswith(".tar.gz")]
    (tmp_path / "speechapp_0.1.tar.gz").write_bytes(services.storage.get(key)[:-1000])
    with pytest.raises(DataError):
        run("release", "verify", str(tmp_path / "speechapp_0.1.tar.gz"))


@pytest.mark.usefixtures("accepted")
def test_a_version_is_cut_once(run: Run) -> None:
    run("release", "cut", "0.1")
    with pytest.raises(Conflict, match="never changes"):
        run("release", "cut", "0.1")


def test_nothing_is_cut_before_something_is_accepted(run: Run) -> None:
    with pytest.raises(InvalidInput, match="No clip has been accepted yet"):
        run("release", "cut", "0.1")
