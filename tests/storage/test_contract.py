"""What `Storage` promises: on every backend, and where it matters that a key is taken, on each that enforces it."""

import random
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from pathlib import Path
from threading import Barrier

import pytest

from speechapp.errors import Conflict, InvalidInput, NotFound, StorageError
from speechapp.storage.contract import Storage

MIB = 1024 * 1024
NOISE = random.Random(2).randbytes(3 * MIB)
CLIP = b"\x00\x01RIFF\r\n--\xff\r\n"

ABSENT_READS = [
    methodcaller("get", "no/such.wav"),
    methodcaller("size", "no/such.wav"),
    methodcaller("read_range", "no/such.wav", 0, 1),
    methodcaller("read_range", "no/such.wav", 0, 0),
    methodcaller("fetch_to", "no/such.wav", Path("file")),
    methodcaller("compose", ["clip.wav", "no/such.wav"], "joined"),
]

WRONG_CALLS = [
    methodcaller("put_if_absent", "../clip.wav", CLIP),
    methodcaller("put_file_if_absent", "../clip.wav", Path("file")),
    methodcaller("get", "../clip.wav"),
    methodcaller("size", "../clip.wav"),
    methodcaller("read_range", "../clip.wav", 0, 1),
    methodcaller("read_range", "clip.wav", -1, 1),
    methodcaller("read_range", "clip.wav", 2, 1),
    methodcaller("list", "../"),
    methodcaller("delete", "../clip.wav"),
    methodcaller("compose", [], "joined"),
    methodcaller("compose", ["../clip.wav"], "joined"),
    methodcaller("compose", ["clip.wav"], "../joined"),
    methodcaller("url", "../clip.wav", 60),
    methodcaller("url", "clip.wav", 0),
    methodcaller("fetch_to", "../clip.wav", Path("file")),
]


@pytest.mark.parametrize("data", [b"", b"\n", CLIP, NOISE], ids=["empty", "newline", "clip", "3 MiB"])
def test_what_is_put_is_got(storage: Storage, data: bytes) -> None:
    assert storage.put_if_absent("raw/ab/clip.wav", data) is True
    assert storage.get("raw/ab/clip.wav") == data
    assert storage.size("raw/ab/clip.wav") == len(data)


@pytest.mark.parametrize("n_bytes", [0, 9 * MIB + 1])
def test_a_file_is_put_and_fetched_whole(storage: Storage, tmp_path: Path, n_bytes: int) -> None:
    data = (NOISE * 4)[:n_bytes]
    (tmp_path / "source").write_bytes(data)
    (tmp_path / "copy").write_text("what was here before")
    assert storage.put_file_if_absent("releases/1.0.tar.gz", tmp_path / "source") is True
    storage.fetch_to("releases/1.0.tar.gz", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


def test_a_file_that_is_not_there_cannot_be_put(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no-such-file") as refusal:
        storage.put_file_if_absent("clip.wav", tmp_path / "no-such-file")
    assert refusal.value.code == "storage_failed"
    assert list(storage.list("")) == []


def test_a_fetch_into_a_missing_folder_says_so(storage: Storage, tmp_path: Path) -> None:
    storage.put_if_absent("clip.wav", CLIP)
    with pytest.raises(StorageError, match="no-such-folder"):
        storage.fetch_to("clip.wav", tmp_path / "no-such-folder" / "clip.wav")


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(0, 5, b"hello"), (1, 3, b"el"), (0, 0, b""), (5, 5, b""), (4, 10**15, b"o"), (5, 9, b""), (800, 900, b"")],
)
def test_a_range_is_what_slicing_gives(storage: Storage, start: int, stop: int, expected: bytes) -> None:
    storage.put_if_absent("greeting", b"hello")
    assert storage.read_range("greeting", start, stop) == expected


def test_every_range_of_an_empty_object_is_empty(storage: Storage) -> None:
    storage.put_if_absent("nothing", b"")
    assert storage.read_range("nothing", 0, 10) == b""


@pytest.mark.parametrize("read", ABSENT_READS, ids=repr)
def test_an_absent_object_is_not_found(storage: Storage, file: Path, read: methodcaller) -> None:
    storage.put_if_absent("clip.wav", CLIP)
    with pytest.raises(NotFound) as refusal:
        read(storage)
    assert refusal.value.code == "object_missing"
    assert file.read_text() == "what was here before"
    assert list(storage.list("")) == ["clip.wav"]


def test_keys_are_listed_in_order_over_several_pages(storage: Storage) -> None:
    keys = ["a-b", "a.b", "a/b", "a/b-c", "a/c/d", "a/c0", "a0", "a_b", "ab/c", "b", "b-/c", "c/d/e/f"]
    for key in reversed(keys):
        storage.put_if_absent(key, CLIP)
    assert list(storage.list("")) == keys


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("a/", ["a/b.wav", "a/bc/d.wav"]),
        ("a/b", ["a/b.wav", "a/bc/d.wav"]),
        ("a/bc/d.wav", ["a/bc/d.wav"]),
        ("a/bc/d.wav/", []),
        ("a/x/y", []),
        ("a", ["a/b.wav", "a/bc/d.wav", "ab.wav"]),
    ],
)
def test_a_prefix_is_a_plain_string(storage: Storage, prefix: str, expected: list[str]) -> None:
    for key in ["a/b.wav", "a/bc/d.wav", "ab.wav", "b.wav"]:
        storage.put_if_absent(key, CLIP)
    assert list(storage.list(prefix)) == expected


def test_a_new_storage_is_empty(storage: Storage) -> None:
    assert list(storage.list("")) == []


def test_a_deleted_object_is_gone_and_its_key_free(storage: Storage) -> None:
    storage.put_if_absent("raw/clip.wav", CLIP)
    storage.delete("raw/clip.wav")
    assert list(storage.list("")) == []
    assert storage.put_if_absent("raw/clip.wav", b"another") is True
    assert storage.get("raw/clip.wav") == b"another"


@pytest.mark.parametrize("key", ["clip.wav", "raw", "raw/clip.wav/more", "no/folder/clip.wav"])
def test_deleting_what_is_absent_is_fine(storage: Storage, key: str) -> None:
    storage.put_if_absent("raw/clip.wav", CLIP)
    storage.delete(key)
    assert list(storage.list("")) == ["raw/clip.wav"]


@pytest.mark.parametrize("n_parts", [1, 2, 33, 70])
def test_parts_are_composed_in_their_order_and_kept(storage: Storage, n_parts: int) -> None:
    parts = [f"part/{number:02}" for number in range(n_parts)]
    for part in parts:
        storage.put_if_absent(part, part.encode())
    storage.compose(parts[::-1], "whole")
    assert storage.get("whole") == "".join(parts[::-1]).encode()
    assert list(storage.list("")) == [*parts, "whole"]


def test_a_part_may_be_composed_twice(storage: Storage) -> None:
    storage.put_if_absent("part", b"tick ")
    storage.compose(["part", "part"], "whole")
    assert storage.get("whole") == b"tick tick "


@pytest.mark.parametrize("call", WRONG_CALLS, ids=repr)
def test_a_wrong_argument_is_refused(storage: Storage, file: Path, call: methodcaller) -> None:
    storage.put_if_absent("clip.wav", CLIP)
    with pytest.raises(InvalidInput):
        call(storage)
    assert file.read_text() == "what was here before"
    assert list(storage.list("")) == ["clip.wav"]


def test_without_a_signer_there_is_no_url(storage: Storage) -> None:
    assert storage.url("clip.wav", 60) is None


def test_the_first_put_stays(exclusive_storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "third").write_bytes(b"third")
    assert exclusive_storage.put_if_absent("clip.wav", b"first") is True
    assert exclusive_storage.put_if_absent("clip.wav", b"second") is False
    assert exclusive_storage.put_file_if_absent("clip.wav", tmp_path / "third") is False
    assert exclusive_storage.get("clip.wav") == b"first"


def test_a_large_file_does_not_replace_an_object(exclusive_storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(NOISE * 3)
    exclusive_storage.put_if_absent("clip.wav", b"first")
    assert exclusive_storage.put_file_if_absent("clip.wav", tmp_path / "large") is False
    assert exclusive_storage.get("clip.wav") == b"first"


def test_of_sixteen_racing_writers_exactly_one_wins(exclusive_storage: Storage) -> None:
    start = Barrier(16)
    letters = [bytes([letter]) * 100_000 for letter in b"abcdefghijklmnop"]

    def write(data: bytes) -> bool:
        start.wait()
        return exclusive_storage.put_if_absent("raw/clip.wav", data)

    with ThreadPoolExecutor(16) as writers:
        won = list(writers.map(write, letters))
    assert won.count(True) == 1
    assert exclusive_storage.get("raw/clip.wav") == letters[won.index(True)]
    assert list(exclusive_storage.list("")) == ["raw/clip.wav"]


@pytest.mark.parametrize("n_parts", [2, 40])
def test_compose_never_replaces_an_object(exclusive_storage: Storage, n_parts: int) -> None:
    exclusive_storage.put_if_absent("part", b"part")
    exclusive_storage.put_if_absent("taken", b"first")
    with pytest.raises(Conflict) as refusal:
        exclusive_storage.compose(["part"] * n_parts, "taken")
    assert refusal.value.code == "object_exists"
    assert exclusive_storage.get("taken") == b"first"
    assert list(exclusive_storage.list("")) == ["part", "taken"]
