"""Which keys there are, and that every one of them really works."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechapp.errors import InvalidInput
from speechapp.storage.argument import check_expiry, check_key, check_prefix, is_key
from speechapp.storage.local import LocalStorage

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
KEYS = st.from_regex(r"[a-z0-9]([._-]?[a-z0-9_-]){0,60}(/[a-z0-9_-]([._-]?[a-z0-9_-]){0,30}){0,3}", fullmatch=True)


@pytest.mark.parametrize("key", ["a", "0", "raw/ab/0f.wav", "a/_b/-c", "speechapp_1.0.tar.gz", "a/" * 255 + "bc"])
def test_a_plain_name_is_a_key(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize(
    "key",
    ["", ".", "..", "/a", "a/", "a//b", "a/../b", "a..b", "a/./b", "a/.b", ".a", "_a", "-a", "a\n", "A", "é", "a b"],
)
def test_what_could_mean_another_file_is_no_key(key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_key(key)
    assert refusal.value.code == "invalid_key"


@pytest.mark.parametrize("key", ["a" * 256, "a/" * 256 + "b"])
def test_what_is_too_long_for_a_file_system_is_no_key(key: str) -> None:
    assert not is_key(key)


@given(before=st.text(LETTERS), strange=st.characters(exclude_characters=LETTERS + "._/-"), after=st.text(LETTERS))
def test_any_other_character_is_refused(before: str, strange: str, after: str) -> None:
    with pytest.raises(InvalidInput):
        check_key(before + strange + after)


@settings(max_examples=30, deadline=None)
@given(st.text("ab./", max_size=12).filter(lambda key: not is_key(key)))
def test_what_is_no_key_is_refused_by_a_storage(key: str) -> None:
    with TemporaryDirectory() as root, pytest.raises(InvalidInput):
        LocalStorage(Path(root)).put_if_absent(key, b"")


@settings(max_examples=30, deadline=None)
@given(KEYS)
def test_every_key_works_in_a_directory_and_stays_in_it(key: str) -> None:
    with TemporaryDirectory() as root:
        storage = LocalStorage(Path(root))
        assert storage.put_if_absent(key, key.encode()) is True
        assert storage.get(key) == key.encode()
        assert list(storage.list("")) == [key]
        assert (Path(root) / key).read_text() == key


@pytest.mark.parametrize("prefix", ["", "a", "a/", "raw/ab/"])
def test_the_beginning_of_a_key_is_a_prefix(prefix: str) -> None:
    check_prefix(prefix)


@pytest.mark.parametrize("prefix", ["/", "..", "a//", "../", ".incoming/"])
def test_what_no_key_begins_with_is_no_prefix(prefix: str) -> None:
    with pytest.raises(InvalidInput):
        check_prefix(prefix)


@pytest.mark.parametrize("expires_s", [-1, 0, 604_801])
def test_a_url_lives_a_second_to_a_week(expires_s: int) -> None:
    check_expiry(1)
    check_expiry(604_800)
    with pytest.raises(InvalidInput):
        check_expiry(expires_s)
