"""What a folder of clips remembers of how each was made, so that a run can be resumed; one line of JSON per clip."""

import fcntl
import io
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

from speechapp.batch.result import Clip, Result, Stamp
from speechapp.batch.sources import JOURNAL_NAME
from speechapp.errors import Conflict

_STAMPS: Final = ("input_stamp", "output_stamp")
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Entry:
    """How one clip was made: the settings, what the recording and the clip were then, and what was found."""

    settings: Mapping[str, Any]
    input_stamp: Stamp
    output_stamp: Stamp
    clip: Clip
    faults: tuple[str, ...]
    measures: Mapping[str, float]
    picture: str


class Journal:
    """The journal of one folder of clips; whoever holds it is the only one who writes there."""

    def __init__(self, folder: str, file: IO[bytes], entries: dict[str, Entry]) -> None:
        self._prefix = os.path.join(folder, "")
        self._file = file
        self.entries = entries  # by the path of the clip below the folder

    def entry(self, output: str) -> Entry | None:
        return self.entries.get(output.removeprefix(self._prefix))

    def add(self, results: Iterable[Result], settings: Mapping[str, Any]) -> None:
        """Remember the clips that are there now. Raises OSError, of a full disk for one."""
        lines = [
            _line(result.output.removeprefix(self._prefix), result, settings)
            for result in results
            if result.output and result.stamps and result.clip
        ]
        if lines:
            self._file.write("".join(lines).encode())
            self._file.flush()


@contextmanager
def held(folder: str) -> Iterator[Journal]:
    """Open the journal of a folder that exists, or begin one. Raises Conflict out_in_use, OSError."""
    with open(os.path.join(folder, JOURNAL_NAME), "ab", buffering=0) as file:
        _hold(file, folder)
        entries = dict(_entries(folder))
        if file.tell() and not _ends_whole(folder):
            file.write(b"\n")
        try:
            yield Journal(folder, file, entries)
        finally:
            if not os.fstat(file.fileno()).st_size:  # nothing was done here
                os.unlink(file.name)


def read(folder: str) -> Journal:
    """Read the journal of a folder that may not be there; nothing can be added. For a dry run."""
    return Journal(folder, io.BytesIO(), dict(_entries(folder)))


def is_same(path: str, status: os.stat_result, known: Stamp) -> bool:
    """Tell whether a file is what it was: by its size and times, or by its bytes where only the times differ."""
    if status.st_size != known.n_bytes:
        return False
    if (status.st_mtime_ns, status.st_ctime_ns) == (known.modified_ns, known.changed_ns):
        return True
    with open(path, "rb", buffering=0) as file:
        return zlib.crc32(file.readall()) == known.crc32


def _hold(file: IO[bytes], folder: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        sentence = "Another run is writing to “%(folder)s”; wait for it, or choose another OUT."
        raise Conflict("out_in_use", sentence, folder=folder) from error
    except OSError:  # a network folder that knows no locks
        pass


def _entries(folder: str) -> Iterator[tuple[str, Entry]]:
    """Read line by line; one that was cut short by a full disk or a dead machine is as if it were not there."""
    path = os.path.join(folder, JOURNAL_NAME)
    if not os.path.exists(path):
        return
    with open(path, "rb") as file:
        for line in file:
            try:
                known = json.loads(line)
                yield known["output"], _entry(known)
            except (ValueError, TypeError, KeyError):
                continue


def _entry(known: dict[str, Any]) -> Entry:
    return Entry(
        settings=known["settings"],
        input_stamp=Stamp(*known["input_stamp"]),
        output_stamp=Stamp(*known["output_stamp"]),
        clip=Clip(**known["clip"]),
        faults=tuple(known["faults"]),
        measures=known["measures"],
        picture=known["picture"],
    )


def _line(output: str, result: Result, settings: Mapping[str, Any]) -> str:
    stamps = dict(zip(_STAMPS, result.stamps or (), strict=True))
    kept = {"faults": result.faults, "measures": result.measures, "picture": result.picture}
    known = {"output": output, "settings": settings, **stamps, "clip": result.clip and vars(result.clip), **kept}
    return _encode(known) + "\n"


def _ends_whole(folder: str) -> bool:
    with open(os.path.join(folder, JOURNAL_NAME), "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
