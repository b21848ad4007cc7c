"""The one interface to stored objects; `tests/storage/test_contract.py` holds every backend to it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """Immutable objects under keys: an object appears once and whole, never changes, and can only be deleted.

    A key is `[a-z0-9][a-z0-9._/-]*` without `..` or `//`, at most 512 characters in parts of at most 255; no part
    begins with a dot and no key ends with a slash. No key continues another after a slash (`a` and `a/b`): a directory
    cannot hold both, so `LocalStorage` raises Conflict.

    Every method raises InvalidInput for a wrong argument, before anything else happens, and StorageError, with the fix
    in its message, when the backend fails. One storage may be used from many threads, but not across a fork.
    """

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Store `data` unless the key is taken; True when this call stored it.

        Of any number of racing writers exactly one gets True, and its bytes are the object's. Either answer promises
        that the object is whole and survives a crash. A writer killed on the way leaves no object.
        """

    def put_file_if_absent(self, key: str, path: Path) -> bool:
        """`put_if_absent` with the bytes of the file at `path`, which are streamed."""

    def get(self, key: str) -> bytes:
        """All bytes of the object; raises NotFound("object_missing")."""

    def size(self, key: str) -> int:
        """Length of the object in bytes; raises NotFound("object_missing")."""

    def read_range(self, key: str, start: int, stop: int) -> bytes:
        """The bytes of `object[start:stop]`, with 0 <= start <= stop; what lies beyond the end is left out.

        Raises NotFound("object_missing"), for an empty range also.
        """

    def list(self, prefix: str) -> Iterator[str]:
        """All keys that begin with `prefix` ("" is every key), in code point order.

        The prefix is a plain string, not a folder: "a/b" lists "a/b.wav" and "a/bc/d". An object put or deleted while
        the list is read may be in it or not.
        """

    def delete(self, key: str) -> None:
        """Remove the object for good; an absent key is fine."""

    def compose(self, sources: Sequence[str], target: str) -> None:
        """Store the concatenation of one or more sources, in their order, as the object `target`; keep the sources.

        Raises Conflict("object_exists") when the target is taken, and NotFound("object_missing") when a source is
        absent; then nothing is stored. A source may be named more than once.
        """

    def url(self, key: str, expires_s: int) -> str | None:
        """An address that serves the object to anyone for `expires_s` seconds (1 to 604,800), whether it exists or not.

        None where the backend cannot give one; then the caller streams the bytes itself.
        """

    def fetch_to(self, key: str, path: Path) -> None:
        """Stream the object into the file at `path`, which is replaced whole or left as it was.

        Raises NotFound("object_missing").
        """
