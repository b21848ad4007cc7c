"""One recording, opened and judged: what aligning and measuring have in common."""

import os
import zlib
from dataclasses import fields
from typing import Final

from speechapp.audio.clip import AlignedClip, Processing, align_recording
from speechapp.audio.decode import Recording, decode
from speechapp.audio.measure import Measures, measure
from speechapp.audio.quality import faults
from speechapp.batch.result import Clip, Result, Stamp, failed, placed, stamp
from speechapp.errors import Unusable

AS_IN_THE_SERVICE: Final = Processing()
MEASURES: Final = tuple(field.name for field in fields(Measures))


def read(path: str) -> tuple[bytes, Stamp]:
    """Read a whole file and what identifies it. Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        raw = file.readall()
    return raw, stamp(status, zlib.crc32(raw))


def open_and_align(raw: bytes, processing: Processing) -> tuple[Recording, AlignedClip, Clip]:
    """Decode a recording of any length and cut its clip. Raises Unusable."""
    recording = decode(raw, longest_ms=None)
    clip = align_recording(raw, recording, processing)
    return recording, clip, placed(clip.alignment, len(clip.take), recording.sample_rate_hz, recording.container)


def judge(recording: Recording, clip: AlignedClip) -> tuple[dict[str, float], tuple[str, ...]]:
    """Measure a clip: the measures by name, rounded to four digits behind the point, and the codes of its faults."""
    measures = measure(recording, clip.take, clip.alignment)
    rounded = {name: _rounded(getattr(measures, name)) for name in MEASURES}
    return rounded, tuple(faults(measures))


def unreadable(source: str, output: str | None, error: OSError) -> Result:
    """Say why a recording could not even be opened."""
    return failed(source, output, "unreadable", f"It cannot be read ({error.strerror or error}); check it.")


def unusable(source: str, output: str | None, error: Exception) -> Result:
    """Say why there is no clip of a recording, and what to do; one bad file never ends the others."""
    if isinstance(error, Unusable):
        return failed(source, output, error.code, str(error.message))
    if isinstance(error, MemoryError):
        return failed(source, output, "out_of_memory", "It does not fit into memory; cut it into shorter recordings.")
    name = type(error).__name__
    return failed(source, output, "unexpected", f"It met an error of ours ({name}: {error}); please report it.")


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else round(float(value), 4)
