"""The three backends that the contract runs on."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gcp_storage_emulator.server import create_server
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client
from google.cloud.storage.retry import DEFAULT_RETRY

from speechapp.storage.contract import Storage
from speechapp.storage.gcs import GcsStorage
from speechapp.storage.local import LocalStorage
from tests.storage.fake_gcs import FakeGcs

EVERY_BACKEND = ["local", "emulator", "fake"]
EXCLUSIVE_BACKENDS = ["local", "fake"]  # the emulator ignores every precondition, so there the last writer wins

_QUICK_RETRY = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(0.5)


@pytest.fixture(params=EVERY_BACKEND)
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each backend in turn."""
    backend: Storage = request.getfixturevalue(f"{request.param}_storage")
    return backend


@pytest.fixture(params=EXCLUSIVE_BACKENDS)
def exclusive_storage(request: pytest.FixtureRequest) -> Storage:
    """Each backend that knows when a key is taken."""
    backend: Storage = request.getfixturevalue(f"{request.param}_storage")
    return backend


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that a call may name `file`, without knowing where the test runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("what was here before")
    return tmp_path / "file"


@pytest.fixture
def local_storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def emulator_storage(emulator_url: str) -> Iterator[GcsStorage]:
    with _client(emulator_url) as client:
        yield GcsStorage(_new_bucket(client), client, retry=_QUICK_RETRY)


@pytest.fixture
def fake_storage(fake_client: Client, bucket_name: str) -> GcsStorage:
    return GcsStorage(bucket_name, fake_client, retry=_QUICK_RETRY)


@pytest.fixture
def bucket_name(fake_client: Client) -> str:
    """A new bucket of the fake."""
    return _new_bucket(fake_client)


@pytest.fixture
def fake_client(fake: FakeGcs) -> Iterator[Client]:
    with _client(fake.url) as client:
        yield client


@pytest.fixture
def fake(fake_server: FakeGcs) -> Iterator[FakeGcs]:
    """The fake, in good health when the test begins and ends."""
    yield fake_server
    fake_server.n_answers_to_lose, fake_server.refusal = 0, None


@pytest.fixture(scope="session")
def fake_server() -> Iterator[FakeGcs]:
    with FakeGcs() as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    with create_server("127.0.0.1", 0, in_memory=True) as server:
        yield f"http://127.0.0.1:{server._api._httpd.server_address[1]}"


_bucket_numbers = itertools.count()


def _new_bucket(client: Client) -> str:
    name: str = client.create_bucket(f"bucket-{next(_bucket_numbers)}").name
    return name


@contextmanager
def _client(url: str) -> Iterator[Client]:
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client = Client("project", anonymous, client_options={"api_endpoint": url})
    yield client
    client.close()
