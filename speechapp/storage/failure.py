"""Translate what the operating system refuses into a StorageError that says the fix."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from speechapp.errors import StorageError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def os_failures() -> Iterator[None]:
    """Raise StorageError for an OSError of the block, or of the function it decorates."""
    try:
        yield
    except OSError as error:
        raise os_storage_error(error) from error


def os_storage_error(error: OSError) -> StorageError:
    """The StorageError that tells a person what to do about `error`."""
    if error.errno in _FULL:
        return StorageError("storage_full", f"The disk is full ({error}); free some space, then try again.")
    if error.errno in _DENIED:
        return StorageError("storage_denied", f"Not permitted ({error}); let this user read and write there.")
    return StorageError("storage_failed", f"The file system refused ({error}); put that right, then try again.")
