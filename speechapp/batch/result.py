"""What became of one recording: the row of every table and report, and what the journal keeps of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from speechapp.audio.align import Alignment
from speechapp.audio.format import SAMPLE_RATE_HZ

# made: written now. done: was there, made of the same bytes in the same way. kept: something else is there, and stays.
# measured: by `speechapp measure`. failed: see the reason.
Status = Literal["made", "done", "kept", "measured", "failed"]

NOT_GOING_ON = frozenset({"disk_full"})  # reasons that every recording after this one would share


@dataclass(frozen=True)
class Clip:
    """Where in its take a clip lies. Times are ms from the beginning of the take; a window may begin before it.

    confidence      estimated probability that the window holds the whole word, 0 to 1; none where none was estimated
    source_rate_hz  sample rate of the recording
    container       a key of speechapp.audio.format.MEDIA_TYPES
    """

    method: str
    confidence: float | None
    window_start_ms: float
    window_stop_ms: float
    word_start_ms: float | None
    word_stop_ms: float | None
    take_ms: float
    source_rate_hz: int
    container: str


class Stamp(NamedTuple):
    """What tells whether a file is still the same without reading it, and by reading it."""

    n_bytes: int
    modified_ns: int
    changed_ns: int
    crc32: int


@dataclass(frozen=True)
class Result:
    """One recording, its clip and how it went.

    reason    why it failed or was kept, a stable code; empty otherwise
    message   the same in a sentence that says what to do
    faults    codes of speechapp.audio.quality.FAULTS; empty where nothing was measured
    measures  the fields of speechapp.audio.measure.Measures; empty where nothing was measured
    picture   the take's envelope, see speechapp.batch.picture; empty where no report is made
    stamps    of the input and of the output, for the journal
    """

    status: Status
    input: str
    output: str | None = None
    reason: str = ""
    message: str = ""
    clip: Clip | None = None
    faults: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    picture: str = ""
    stamps: tuple[Stamp, Stamp] | None = None


def placed(alignment: Alignment, n_take_samples: int, source_rate_hz: int, container: str) -> Clip:
    """Tell an alignment in milliseconds."""
    window, word = alignment.window, alignment.word
    return Clip(
        method=alignment.method,
        confidence=None if alignment.confidence is None else round(float(alignment.confidence), 4),
        window_start_ms=_ms(window.start_samples),
        window_stop_ms=_ms(window.stop_samples),
        word_start_ms=None if word is None else _ms(word.start_samples),
        word_stop_ms=None if word is None else _ms(word.stop_samples),
        take_ms=_ms(n_take_samples),
        source_rate_hz=source_rate_hz,
        container=container,
    )


def stamp(status: os.stat_result, crc32: int) -> Stamp:
    """Keep what identifies a file."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, crc32)


def failed(source: str, output: str | None, reason: str, message: str) -> Result:
    """Tell of a recording that has no clip."""
    return Result("failed", source, output, reason, message)


def _ms(n_samples: int) -> float:
    return int(n_samples) * 1000 / SAMPLE_RATE_HZ
