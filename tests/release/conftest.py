"""Collections, a release cut from one, and archives put together by hand."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from speechapp.db import Database
from speechapp.models import Base
from speechapp.release.packing import ArchiveWriter, make_segment
from speechapp.storage.local import LocalStorage
from tests.release.collection import Collection


@pytest.fixture(scope="session")
def make_collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Collection]]:
    databases = []

    def make() -> Collection:
        root = tmp_path_factory.mktemp("collection")
        database = Database(f"sqlite:///{root / 'speechapp.db'}")
        Base.metadata.create_all(database.engine)
        databases.append(database)
        return Collection(database, LocalStorage(root / "storage"), root)

    yield make
    for database in databases:
        database.close()


@pytest.fixture
def collection(make_collection: Callable[[], Collection]) -> Collection:
    return make_collection()


@pytest.fixture(scope="session")
def released(make_collection: Callable[[], Collection], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of release 0.1 of everybody, as they are downloaded. Do not change them."""
    collection = make_collection()
    collection.add_everybody()
    return collection.download(collection.cut(), tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="session")
def archive(released: Path) -> Path:
    return released / "speechapp_0.1.tar.gz"


@pytest.fixture(scope="session")
def archived(archive: Path) -> dict[str, bytes]:
    """Name to content of everything in the archive, in order."""
    with tarfile.open(archive) as tar:
        return {member.name: file.read() for member in tar if (file := tar.extractfile(member))}


@pytest.fixture
def repack(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """Make an archive of these files, for tests that break one."""

    def write(files: dict[str, bytes]) -> Path:
        path = tmp_path / "speechapp_0.1.tar.gz"
        with path.open("wb") as sink:
            writer = ArchiveWriter(sink)
            for name, data in files.items():
                writer.add(make_segment(name, data))
            writer.close()
        return path

    return write
