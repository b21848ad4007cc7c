"""Memory that one take has used is kept for the next, instead of being given back and asked for again."""

import ctypes
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1  # from malloc.h
_M_MMAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 64 * 2**20
_LARGEST_FROM_HEAP_BYTES: Final = 32 * 2**20  # the most that glibc takes


def keep_freed_memory() -> bool:
    """Let this process keep up to 64 MB that it has freed; call it once, where many takes are to be processed.

    By default glibc returns each array of over 128 kB to the system, which then clears every page of the next one:
    measured, 460 µs for a take of 2.5 s, and 130 µs with this. False where the C library is another one; then nothing
    is changed. Source: mallopt(3).
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGEST_FROM_HEAP_BYTES) and mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES))
