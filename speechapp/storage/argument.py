"""What callers hand to a storage, checked alike for every backend."""

import re
from collections.abc import Sequence

from speechapp.errors import InvalidInput

MAX_KEY_CHARS = 512
MAX_URL_S = 7 * 24 * 3600  # Google signs for a week at most

# Each part is a file name everywhere; names that begin with a dot are the backends' own, for what is no object yet.
_PART = r"[a-z0-9_-][a-z0-9._-]{0,254}"
_KEY = re.compile(rf"(?=[a-z0-9]){_PART}(?:/{_PART})*")


def is_key(name: str) -> bool:
    """Whether `name` may name an object; see `Storage` for the rule."""
    return len(name) <= MAX_KEY_CHARS and ".." not in name and _KEY.fullmatch(name) is not None


def check_key(key: str) -> None:
    """Raise InvalidInput unless `key` may name an object."""
    if not is_key(key):
        raise InvalidInput(
            "invalid_key",
            f"{key[:80]!r} cannot name an object: use a-z, 0-9, '.', '_', '-' and single inner '/', begin with a "
            f"letter or digit, begin no part with '.', never write '..', and stay within {MAX_KEY_CHARS} characters.",
        )


def check_prefix(prefix: str) -> None:
    """Raise InvalidInput unless `prefix` is empty or a key could begin with it."""
    if prefix:
        check_key(prefix.removesuffix("/"))


def check_range(start: int, stop: int) -> None:
    """Raise InvalidInput unless 0 <= start <= stop."""
    if not 0 <= start <= stop:
        raise InvalidInput("invalid_range", f"Bytes {start} to {stop} are no range: give 0 <= start <= stop.")


def check_sources(sources: Sequence[str]) -> None:
    """Raise InvalidInput unless there is at least one source and each is a key."""
    if not sources:
        raise InvalidInput("no_sources", "There is nothing to compose: give at least one source key.")
    for source in sources:
        check_key(source)


def check_expiry(expires_s: int) -> None:
    """Raise InvalidInput unless a URL may live this long."""
    if not 1 <= expires_s <= MAX_URL_S:
        raise InvalidInput("invalid_expiry", f"A URL cannot live for {expires_s} s: give 1 to {MAX_URL_S}.")
