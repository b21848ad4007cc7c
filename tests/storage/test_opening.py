"""What SPEECHAPP_STORAGE may say."""

import subprocess
import sys
from pathlib import Path

import pytest

from speechapp.errors import ConfigError
from speechapp.storage.gcs import GcsStorage
from speechapp.storage.local import LocalStorage
from speechapp.storage.opening import open_storage
from tests.storage.fake_gcs import FakeGcs

OPEN_A_DIRECTORY = """
import sys
from speechapp.storage.opening import open_storage

open_storage(sys.argv[1]).put_if_absent("clip.wav", b"clip")
print(*(name for name in sys.modules if name.partition(".")[0] == "google"))
"""


def test_a_path_is_a_directory_that_is_made(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "deep" / "storage"))
    assert isinstance(storage, LocalStorage)
    assert (tmp_path / "deep" / "storage").is_dir()


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    open_storage("~/storage").put_if_absent("clip.wav", b"clip")
    assert (tmp_path / "storage" / "clip.wav").is_file()


@pytest.mark.parametrize("folder", ["", "/", "/site-a", "/site-a/", "/sites/a"])
def test_gs_is_a_bucket_perhaps_with_a_prefix(
    fake: FakeGcs, bucket_name: str, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
    storage = open_storage(f"gs://{bucket_name}{folder}")
    assert isinstance(storage, GcsStorage)
    assert storage.put_if_absent("clip.wav", b"clip") is True
    assert list(storage.list("")) == ["clip.wav"]


@pytest.mark.parametrize(
    "location", ["", "gs://", "gs:///site-a", "gs://Bucket", "gs://b/../c", "s3://bucket", "file:///x"]
)
def test_anything_else_is_refused_with_its_value(location: str) -> None:
    with pytest.raises(ConfigError, match=f"SPEECHAPP_STORAGE={location} ") as refusal:
        open_storage(location)
    assert refusal.value.code == "storage_location"


def test_a_directory_is_opened_without_loading_google(tmp_path: Path) -> None:
    opened = subprocess.run(
        [sys.executable, "-c", OPEN_A_DIRECTORY, tmp_path], check=True, capture_output=True, text=True
    )
    assert opened.stdout.strip() == ""
