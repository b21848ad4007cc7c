"""What is special about a directory: killed writers, full disks, file rights, names that a directory cannot hold."""

import errno
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from speechapp.errors import Conflict, StorageError
from speechapp.storage.local import LocalStorage

MIB = 1024 * 1024

WRITER_KILLED_BEFORE_THE_LINK = """
import os, signal, sys
from pathlib import Path
from speechapp.storage.local import LocalStorage

os.link = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
LocalStorage(Path(sys.argv[1])).put_if_absent("raw/clip.wav", b"half of a clip")
"""


def n_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def refuse(error_number: int) -> object:
    def call(*_arguments: object) -> None:
        raise OSError(error_number, os.strerror(error_number))

    return call


def test_a_killed_writer_leaves_no_object(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", WRITER_KILLED_BEFORE_THE_LINK, tmp_path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert n_files(tmp_path) == 1
    storage = LocalStorage(tmp_path)
    assert list(storage.list("")) == []
    assert storage.put_if_absent("raw/clip.wav", b"a whole clip") is True
    assert storage.get("raw/clip.wav") == b"a whole clip"


def test_an_object_is_the_file_of_its_name_and_nothing_else_is_left(tmp_path: Path) -> None:
    LocalStorage(tmp_path).put_if_absent("raw/ab/clip.wav", b"clip")
    assert (tmp_path / "raw" / "ab" / "clip.wav").read_bytes() == b"clip"
    assert n_files(tmp_path) == 1


def test_an_object_may_be_read_by_whom_the_umask_lets_and_written_by_nobody(tmp_path: Path) -> None:
    before = os.umask(0o027)
    LocalStorage(tmp_path).put_if_absent("clip.wav", b"clip")
    os.umask(before)
    assert (tmp_path / "clip.wav").stat().st_mode & 0o777 == 0o440


def test_a_fetched_file_may_be_written(local_storage: LocalStorage, tmp_path: Path) -> None:
    local_storage.put_if_absent("clip.wav", b"clip")
    local_storage.fetch_to("clip.wav", tmp_path / "copy.wav")
    assert (tmp_path / "copy.wav").stat().st_mode & 0o200
    assert (tmp_path / "copy.wav").stat().st_nlink == 1


def test_a_large_file_is_streamed(local_storage: LocalStorage, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(32 * MIB)
    tracemalloc.start()
    local_storage.put_file_if_absent("large", tmp_path / "large")
    local_storage.compose(["large", "large"], "larger")
    local_storage.fetch_to("large", tmp_path / "copy")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 2 * MIB


@pytest.mark.parametrize(
    ("call", "error_number", "code"),
    [
        ("fsync", errno.ENOSPC, "storage_full"),
        ("fsync", errno.EDQUOT, "storage_full"),
        ("fsync", errno.EIO, "storage_failed"),
        ("link", errno.EACCES, "storage_denied"),
        ("link", errno.EPERM, "storage_without_links"),
        ("link", errno.EXDEV, "storage_without_links"),
    ],
)
def test_what_the_disk_refuses_is_said_and_leaves_nothing(
    local_storage: LocalStorage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    error_number: int,
    code: str,
) -> None:
    (tmp_path / "storage" / "raw").mkdir()
    monkeypatch.setattr(os, call, refuse(error_number))
    with pytest.raises(StorageError) as refusal:
        local_storage.put_if_absent("raw/clip.wav", b"clip")
    assert refusal.value.code == code
    assert n_files(tmp_path) == 0


def test_a_put_that_comes_second_also_waits_until_the_object_is_on_the_disk(
    local_storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_storage.put_if_absent("clip.wav", b"clip")
    monkeypatch.setattr(os, "fsync", refuse(errno.EIO))
    with pytest.raises(StorageError):
        local_storage.put_if_absent("clip.wav", b"clip")


def test_a_fetch_to_a_full_disk_leaves_nothing(
    local_storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_storage.put_if_absent("clip.wav", b"clip")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(os, "fsync", refuse(errno.ENOSPC))
    with pytest.raises(StorageError, match="free some space"):
        local_storage.fetch_to("clip.wav", tmp_path / "elsewhere" / "clip.wav")
    assert n_files(tmp_path / "elsewhere") == 0


def test_a_compose_that_fails_leaves_nothing(local_storage: LocalStorage, tmp_path: Path) -> None:
    local_storage.put_if_absent("taken", b"part")
    with pytest.raises(Conflict):
        local_storage.compose(["taken"], "taken")
    assert n_files(tmp_path) == 1


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="file"):
        LocalStorage(tmp_path / "file" / "storage")


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a", "a/b/c"), ("a/b", "a"), ("a/b/c", "a/b")])
def test_a_key_cannot_be_the_folder_of_another(local_storage: LocalStorage, first: str, second: str) -> None:
    local_storage.put_if_absent(first, b"first")
    with pytest.raises(Conflict) as refusal:
        local_storage.put_if_absent(second, b"second")
    assert refusal.value.code == "key_clash"
    assert list(local_storage.list("")) == [first]


def test_what_others_put_into_the_directory_is_not_listed(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.put_if_absent("raw/clip.wav", b"clip")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "raw" / "README.TXT").touch()
    (tmp_path / ".DS_Store").touch()
    assert list(storage.list("")) == ["raw/clip.wav"]


def test_a_directory_given_relative_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    storage = LocalStorage(Path("storage"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    storage.put_if_absent("clip.wav", b"clip")
    assert (tmp_path / "storage" / "clip.wav").is_file()
