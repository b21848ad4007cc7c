"""Many recordings over several processes, a few dozen at a time, so that handing them over costs nothing."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from types import ModuleType
from typing import Final, Protocol, TypeVar

from speechapp.audio.heap import keep_freed_memory
from speechapp.batch.result import NOT_GOING_ON, Result
from speechapp.errors import StorageError

CHUNK_FILES: Final = 32
CHUNK_BYTES: Final = 32_000_000
_CHUNKS_AHEAD: Final = 3  # per process; few, so that Ctrl-C is answered soon


class Sized(Protocol):
    """What a job must tell."""

    @property
    def n_bytes(self) -> int: ...


J = TypeVar("J", bound=Sized)
S = TypeVar("S")


def run(function: Callable[[J, S], Result], jobs: Sequence[J], settings: S, n_processes: int) -> Iterator[list[Result]]:
    """Give the results as they come, a list at a time; after a reason of NOT_GOING_ON no further job is begun.

    One process is this one. Ctrl-C ends what is under way in order, gives its results, and is raised then.
    Raises StorageError worker_died when the system ended a process.
    """
    chunks = _chunks(jobs)
    if n_processes == 1 or len(chunks) <= 1:
        yield from _run_here(function, jobs, settings)
    else:
        yield from _run_in_pool(function, chunks, settings, min(n_processes, len(chunks)))


def available_processes() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run_here(function: Callable[[J, S], Result], jobs: Sequence[J], settings: S) -> Iterator[list[Result]]:
    keep_freed_memory()
    for job in jobs:
        result = function(job, settings)
        yield [result]
        if result.reason in NOT_GOING_ON:
            return


def _run_in_pool(
    function: Callable[[J, S], Result], chunks: Sequence[Sequence[J]], settings: S, n_processes: int
) -> Iterator[list[Result]]:
    pool = ProcessPoolExecutor(n_processes, mp_context=get_context("spawn"), initializer=_begin_process)
    feed = _Feed(partial(pool.submit, _run_chunk, function, settings=settings), chunks, n_processes * _CHUNKS_AHEAD)
    try:
        yield from _arriving(feed)
    except BrokenProcessPool as error:
        raise _worker_died() from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Feed:
    """Keeps a few chunks ahead of the processes; none is begun any more once it is closed."""

    def __init__(self, begin: Callable[..., Future[list[Result]]], chunks: Sequence[object], n_ahead: int) -> None:
        self._begin = begin
        self._chunks = iter(chunks)
        self._n_ahead = n_ahead
        self.waiting: set[Future[list[Result]]] = set()

    def fill(self) -> bool:
        """Begin what there is room for; False when all is done."""
        for chunk in islice(self._chunks, self._n_ahead - len(self.waiting)):
            with _ctrl_c_held_back(), _script_hidden():  # the processes are begun here
                self.waiting.add(self._begin(chunk))
        return bool(self.waiting)

    def close(self) -> None:
        self._chunks = iter(())
        self.waiting = {future for future in self.waiting if not future.cancel()}


def _arriving(feed: _Feed) -> Iterator[list[Result]]:
    interrupt: KeyboardInterrupt | None = None
    while True:
        try:
            if not feed.fill():
                break
            done, feed.waiting = wait(feed.waiting, return_when=FIRST_COMPLETED)
        except KeyboardInterrupt as pressed:
            interrupt = pressed
            feed.close()
            continue
        for future in done:
            results = future.result()
            if any(result.reason in NOT_GOING_ON for result in results):
                feed.close()
            yield results
    if interrupt:
        raise interrupt


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let Ctrl-C wait; a process that begins here inherits that and never sees it: this one alone decides on it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Keep a process that begins here from running the script that began this one once more.

    It needs nothing of it, would load the whole `speechapp` command, and somebody's script without
    `if __name__ == "__main__":` would begin all over.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _run_chunk(function: Callable[[J, S], Result], chunk: Sequence[J], *, settings: S) -> list[Result]:
    return [result for results in _run_here(function, chunk, settings) for result in results]


def _chunks(jobs: Sequence[J]) -> list[list[J]]:
    """Cut the jobs into runs of few files, or of one where it is long."""
    chunks: list[list[J]] = []
    room_bytes = 0
    for job in jobs:
        if not chunks or len(chunks[-1]) == CHUNK_FILES or room_bytes < job.n_bytes:
            chunks.append([])
            room_bytes = CHUNK_BYTES
        chunks[-1].append(job)
        room_bytes -= job.n_bytes
    return chunks


def _begin_process() -> None:
    """End when the process that began this one is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _worker_died() -> StorageError:
    return StorageError(
        "worker_died",
        "The system ended a process, most likely since memory ran out. What is done stays done: "
        "run the same command again, with --jobs 1 for very long recordings.",
    )
