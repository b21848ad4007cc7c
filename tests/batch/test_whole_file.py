"""Files are whole or not there."""

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.batch import whole_file
from speechapp.batch.whole_file import remove_parts, replace, write_new
from tests.batch.takes import inside

LONGEST_NAME = "x" * 251 + ".wav"


@pytest.mark.parametrize("name", ["a.wav", "new/folders/a.wav", LONGEST_NAME])
def test_a_new_file_is_written_with_its_folders(tmp_path: Path, name: str) -> None:
    write_new(str(tmp_path / name), b"sound", fsync=True)
    assert (tmp_path / name).read_bytes() == b"sound"
    assert inside((tmp_path / name).parent) == [Path(name).name]


def test_a_folder_may_go_between_two_files(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.wav"
    write_new(str(path), b"1")
    path.unlink()
    path.parent.rmdir()
    write_new(str(path), b"2")
    assert path.read_bytes() == b"2"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    if not links:
        monkeypatch.setattr(os, "link", refuse_links)
    with pytest.raises(FileExistsError):
        write_new(str(tmp_path / "a.wav"), b"new")
    assert (tmp_path / "a.wav").read_bytes() == b"old"
    assert inside(tmp_path) == ["a.wav"]


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", refuse_links)
    write_new(str(tmp_path / "a.wav"), b"new")
    assert (tmp_path / "a.wav").read_bytes() == b"new"
    assert inside(tmp_path) == ["a.wav"]


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    replace(str(tmp_path / "a.wav"), b"new")
    assert (tmp_path / "a.wav").read_bytes() == b"new"
    assert inside(tmp_path) == ["a.wav"]


@pytest.mark.parametrize("write", [write_new, replace])
def test_what_a_killed_run_of_the_same_process_number_left_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[str, bytes], None]
) -> None:
    (tmp_path / ".speechapp-7-0.part").write_bytes(b"half")
    (tmp_path / ".speechapp-7-1.part").write_bytes(b"half")
    monkeypatch.setattr(os, "getpid", lambda: 7)
    monkeypatch.setattr(whole_file, "_numbers", itertools.count())
    write(str(tmp_path / "a.wav"), b"new")
    assert (tmp_path / "a.wav").read_bytes() == b"new"
    assert inside(tmp_path) == [".speechapp-7-0.part", ".speechapp-7-1.part", "a.wav"]


def test_a_folder_that_is_a_link_to_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError, match="folder'"):
        write_new(str(tmp_path / "folder" / "a.wav"), b"new")


@pytest.mark.parametrize("write", [write_new, replace])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[str, bytes], None]
) -> None:
    monkeypatch.setattr(os, "write", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        write(str(tmp_path / "a.wav"), b"new")
    assert inside(tmp_path) == []


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".speechapp-1-2.part").write_bytes(b"half")
    (tmp_path / "a.wav").write_bytes(b"whole")
    assert remove_parts(str(tmp_path)) == 1
    assert remove_parts(str(tmp_path / "nowhere")) == 0
    assert inside(tmp_path) == ["a.wav"]


def refuse_links(*_: str) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def fill_the_disk(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")
