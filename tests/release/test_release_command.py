"""`speechapp release`, as it is typed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from speechapp.commands.release import release
from speechapp.errors import DataError
from speechapp.services import Services
from speechapp.storage.local import LocalStorage
from tests.release.collection import TRAINER, Collection

pytestmark = pytest.mark.slow


@pytest.fixture
def collection(services: Services) -> Collection:
    """Clips of everybody in an installation."""
    storage = Path(services.config.storage)
    collection = Collection(services.database, LocalStorage(storage), services.config.data_dir)
    collection.add_everybody()
    return collection


@pytest.fixture
def shell(collection: Collection, services: Services, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A shell whose settings lead to that installation, and to that collection."""
    monkeypatch.setenv("SPEECHAPP_DATA_DIR", str(collection.root))
    monkeypatch.setenv("SPEECHAPP_DATABASE_URL", services.config.database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_a_dry_run_says_what_would_be_cut_and_writes_nothing(shell: CliRunner, collection: Collection) -> None:
    before = list(collection.storage.list(""))
    result = shell.invoke(release, ["cut", "0.1", "--dry-run"], catch_exceptions=False)
    assert "6 clips of 2 words by 3 speakers, about 5.7 MB" in result.output
    assert list(collection.storage.list("")) == before
    assert "0.1" not in shell.invoke(release, ["list"], catch_exceptions=False).output


def test_a_release_is_cut_listed_and_verified(shell: CliRunner, collection: Collection) -> None:
    cut = shell.invoke(release, ["cut", "0.1"], catch_exceptions=False)
    assert "Release 0.1 is published: 6 clips by 3 speakers." in cut.output
    assert "published" in shell.invoke(release, ["list"], catch_exceptions=False).output
    archive = next(collection.root.rglob("speechapp_0.1.tar.gz"))
    verified = shell.invoke(release, ["verify", str(archive)], catch_exceptions=False)
    assert "6 clips, all sound." in verified.output


def test_the_language_is_chosen_where_there_are_several(shell: CliRunner, collection: Collection) -> None:
    collection.add(TRAINER, "si", language="es")
    collection.add(TRAINER, "oui", language="fr")
    dry_run = ["cut", "0.1", "--dry-run"]
    assert "several languages: es (1), fr (1)" in shell.invoke(release, dry_run, catch_exceptions=False).output
    cut = shell.invoke(release, ["cut", "0.1", "--language", "es"], catch_exceptions=False)
    assert "6 imported clips do not say their language" in cut.output
    assert "Release 0.1 is published: 1 clips by 1 speakers." in cut.output


def test_a_damaged_release_is_refused(shell: CliRunner, tmp_path: Path) -> None:
    archive = tmp_path / "speechapp_0.1.tar.gz"
    archive.write_bytes(b"rubbish")
    with pytest.raises(DataError, match="has 1 problems; download it again"):
        shell.invoke(release, ["verify", str(archive)], catch_exceptions=False)


def test_a_fresh_installation_has_no_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECHAPP_DATA_DIR", str(tmp_path / "fresh"))
    assert "version" in CliRunner().invoke(release, ["list"], catch_exceptions=False).output
