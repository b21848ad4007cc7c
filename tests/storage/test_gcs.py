"""What is special about Google Cloud Storage: lost answers, refusals, prefixes, signatures and scratch objects."""

import gc
from collections.abc import Iterator
from operator import methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.auth.credentials import AnonymousCredentials, Signing
from google.cloud.storage import Client

from speechapp.errors import Conflict, StorageError
from speechapp.storage.gcs import GcsStorage
from tests.storage.fake_gcs import FakeGcs

pytestmark = pytest.mark.slow

CALLS = [
    methodcaller("put_if_absent", "clip.wav", b"clip"),
    methodcaller("put_file_if_absent", "clip.wav", Path("file")),
    methodcaller("get", "clip.wav"),
    methodcaller("size", "clip.wav"),
    methodcaller("read_range", "clip.wav", 0, 1),
    methodcaller("delete", "clip.wav"),
    methodcaller("compose", ["clip.wav"], "whole"),
    methodcaller("fetch_to", "clip.wav", Path("file")),
]


@pytest.fixture
def tidy() -> Iterator[None]:
    """Google's client leaves the sockets of refused downloads to the garbage collector; let it come within the test."""
    yield
    gc.collect()


class Signer(AnonymousCredentials, Signing):
    """Credentials that sign, as a service account's do."""

    signer = None
    signer_email = "speechapp@example.org"

    def sign_bytes(self, message: bytes) -> bytes:
        return message[:16]


def test_who_wrote_an_object_is_told_so_though_the_answer_was_lost(fake: FakeGcs, fake_storage: GcsStorage) -> None:
    fake.n_answers_to_lose = 1
    assert fake_storage.put_if_absent("clip.wav", b"clip") is True
    assert fake.n_answers_to_lose == 0


def test_who_composed_an_object_is_told_so_though_the_answer_was_lost(fake: FakeGcs, fake_storage: GcsStorage) -> None:
    fake_storage.put_if_absent("part", b"part")
    fake.n_answers_to_lose = 1
    fake_storage.compose(["part", "part"], "whole")
    assert fake.n_answers_to_lose == 0
    assert fake_storage.get("whole") == b"partpart"


def test_an_upload_that_is_never_finished_is_no_object(
    fake_client: Client, bucket_name: str, fake_storage: GcsStorage
) -> None:
    fake_client.bucket(bucket_name).blob("clip.wav").create_resumable_upload_session(size=10)
    assert list(fake_storage.list("")) == []
    assert fake_storage.put_if_absent("clip.wav", b"clip") is True


@pytest.mark.usefixtures("tidy")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("call", CALLS, ids=repr)
@pytest.mark.parametrize(
    ("status", "code"), [(401, "storage_credentials"), (403, "storage_denied"), (503, "storage_unavailable")]
)
def test_what_google_refuses_is_said_with_the_fix(
    fake: FakeGcs, fake_storage: GcsStorage, file: Path, call: methodcaller, status: int, code: str
) -> None:
    fake.refusal = status
    with pytest.raises(StorageError, match="gs://bucket-") as refusal:
        call(fake_storage)
    assert refusal.value.code == code
    assert file.read_text() == "what was here before"
    assert list(file.parent.iterdir()) == [file]


def test_a_refused_listing_is_said_when_it_is_read(fake: FakeGcs, fake_storage: GcsStorage) -> None:
    keys = fake_storage.list("")
    fake.refusal = 403
    with pytest.raises(StorageError, match="objectUser"):
        next(keys)


def test_a_missing_bucket_is_named(fake_client: Client) -> None:
    storage = GcsStorage("no-such-bucket", fake_client)
    with pytest.raises(StorageError, match="gs://no-such-bucket/") as refusal:
        storage.put_if_absent("clip.wav", b"clip")
    assert refusal.value.code == "bucket_missing"
    with pytest.raises(StorageError, match="gs://no-such-bucket/"):
        list(storage.list(""))


def test_missing_credentials_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "no-such-key.json"))
    with pytest.raises(StorageError, match="GOOGLE_APPLICATION_CREDENTIALS") as refusal:
        GcsStorage("bucket")
    assert refusal.value.code == "storage_credentials"


def test_a_prefix_keeps_two_installations_apart_in_one_bucket(
    fake_client: Client, bucket_name: str, fake: FakeGcs
) -> None:
    site_a = GcsStorage(bucket_name, fake_client, prefix="site-a/")
    site_b = GcsStorage(bucket_name, fake_client, prefix="site-b/")
    assert site_a.put_if_absent("clip.wav", b"a") is True
    assert site_b.put_if_absent("clip.wav", b"b") is True
    site_a.compose(["clip.wav"], "whole")
    assert list(site_a.list("")) == ["clip.wav", "whole"]
    assert list(site_b.list("c")) == ["clip.wav"]
    assert sorted(fake.buckets[bucket_name]) == ["site-a/clip.wav", "site-a/whole", "site-b/clip.wav"]


def test_compose_leaves_no_scratch_objects(fake: FakeGcs, bucket_name: str, fake_storage: GcsStorage) -> None:
    fake_storage.put_if_absent("part", b"part")
    fake_storage.compose(["part"] * 1100, "whole")
    assert fake_storage.size("whole") == 4400
    with pytest.raises(Conflict):
        fake_storage.compose(["part"] * 40, "whole")
    assert sorted(fake.buckets[bucket_name]) == ["part", "whole"]


def test_what_others_put_into_the_bucket_is_not_listed(
    fake_client: Client, bucket_name: str, fake_storage: GcsStorage
) -> None:
    fake_storage.put_if_absent("clip.wav", b"clip")
    bucket: Any = fake_client.bucket(bucket_name)
    bucket.blob(".compose/left-by-a-killed-release").upload_from_string(b"part")
    bucket.blob("README.TXT").upload_from_string(b"note")
    bucket.blob("folder/").upload_from_string(b"")
    assert list(fake_storage.list("")) == ["clip.wav"]


def test_a_url_is_signed_for_the_time_asked(bucket_name: str) -> None:
    signer = Signer()  # type: ignore[no-untyped-call]
    storage = GcsStorage(bucket_name, Client("project", signer), prefix="site-a/")
    url = urlsplit(storage.url("raw/clip.wav", 60) or "")
    assert url.path == f"/{bucket_name}/site-a/raw/clip.wav"
    assert parse_qs(url.query)["X-Goog-Expires"] == ["60"]
    assert parse_qs(url.query)["X-Goog-Signature"] == [b"GOOG4-RSA-SHA256".hex()]
