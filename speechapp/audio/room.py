"""The noise of a room: is there no voice in it, and how loud and how steady is it?

A check before a person listens, made to err on the side of refusing: what it lets through is heard again, what it
refuses costs a volunteer five seconds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.decode import decode
from speechapp.audio.format import SAMPLE_RATE_HZ, write_wav
from speechapp.audio.level import FLOOR_DBFS, peak_dbfs, rms_dbfs
from speechapp.audio.normalise import normalise
from speechapp.audio.pcm import FULL_SCALE, Waveform
from speechapp.audio.resample import resample
from speechapp.audio.runs import runs_of
from speechapp.audio.spectrum import BAND_HZ, HOP_MS, band_powers
from speechapp.audio.voice import periodicity

_FIRST_BAND: Final = 250 // BAND_HZ  # hum and rumble below it are not what a voice stands out of
_SMOOTHING: Final = np.full(3, 1 / 3)  # frames to one level: single frames of noise scatter too much
_QUIET_PERCENTILE: Final = 10
_LEAST_POWER: Final = 1e-12


@dataclass(frozen=True)
class Limits:
    """What noise may be; the rates of error stand in docs/decisions/0020-room-noise-with-consent.md.

    shortest_s      whole seconds, at least
    quietest_dbfs   the quietest microphones have more noise of their own
    silent_ms       a longer stretch of equal samples was made by a program, not heard
    swell_db        rooms whose noise rises by more are not steady: something happened in them
    voiced_ms       less in one piece is no vowel
    periodicity     of a voiced frame: half the energy repeats itself
    above_floor_db  a voiced frame is louder by this than the quiet tenth: a steady hum is periodic too
    """

    shortest_s: int = 3
    quietest_dbfs: float = -90.0
    silent_ms: float = 50.0
    swell_db: float = 22.0
    voiced_ms: float = 60.0
    periodicity: float = 0.5
    above_floor_db: float = 7.0


LIMITS: Final = Limits()


@dataclass(frozen=True)
class RoomMeasures:
    """The measures of one noise at SAMPLE_RATE_HZ; levels in dBFS, where 0 is a full-scale square wave.

    seconds         of the processed noise, whole ones
    source_rate_hz  sample rate of the recording as sent
    level_dbfs      root mean square, the mean removed, -120 to 0
    peak_dbfs       largest |x|, -120 to 0
    swell_db        between the quiet tenth and the loudest of the levels of 30 ms above 250 Hz, 0 to 120
    voiced_ms       longest stretch that is periodic as a voice is and stands out of the noise, 0 or more
    silent_ms       longest stretch without a change of one least significant bit, 0 or more
    """

    seconds: int
    source_rate_hz: int
    level_dbfs: float
    peak_dbfs: float
    swell_db: float
    voiced_ms: float
    silent_ms: float


@dataclass(frozen=True)
class RoomSound:
    """`wav` is canonical: whole seconds of 16-bit mono PCM at SAMPLE_RATE_HZ behind a 44-byte header."""

    wav: bytes
    measures: RoomMeasures
    faults: tuple[str, ...]


def process_room(raw: bytes) -> RoomSound:
    """Decode, resample, cut to whole seconds, measure; the level stays. The same bytes in give the same bytes out.

    Raises Unusable, as `decode` does, for what is no recording.
    """
    recording = decode(raw)
    waveform = resample(recording.waveform, recording.sample_rate_hz)
    seconds = len(waveform) // SAMPLE_RATE_HZ
    kept = waveform[: seconds * SAMPLE_RATE_HZ]
    measures = measure_room(kept, recording.sample_rate_hz)
    return RoomSound(write_wav(normalise(kept).astype("<i2").tobytes()), measures, faults(measures))


def measure_room(waveform: Waveform, source_rate_hz: int = SAMPLE_RATE_HZ) -> RoomMeasures:
    """Measure (n_samples,) at SAMPLE_RATE_HZ, whole seconds or none."""
    if not waveform.size:
        return RoomMeasures(0, source_rate_hz, FLOOR_DBFS, FLOOR_DBFS, 0.0, 0.0, 0.0)
    centred = waveform.astype(np.float64) - np.mean(waveform, dtype=np.float64)
    above_db = _above_quiet_db(centred)
    voiced = (above_db >= LIMITS.above_floor_db) & (periodicity(centred, above_db > 0) >= LIMITS.periodicity)
    unchanged = np.abs(np.diff(waveform)) < 1 / FULL_SCALE
    return RoomMeasures(
        seconds=len(waveform) // SAMPLE_RATE_HZ,
        source_rate_hz=source_rate_hz,
        level_dbfs=rms_dbfs(centred.astype(np.float32)),
        peak_dbfs=peak_dbfs(centred.astype(np.float32)),
        swell_db=float(above_db.max()),
        voiced_ms=float(HOP_MS * _longest(voiced)),
        silent_ms=1000 * _longest(unchanged) / SAMPLE_RATE_HZ,
    )


def faults(measures: RoomMeasures, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Why this is no noise for a release, the worst first: too_short, silent, voice, unsteady."""
    found = {
        "too_short": measures.seconds < limits.shortest_s,
        "silent": measures.level_dbfs < limits.quietest_dbfs or measures.silent_ms > limits.silent_ms,
        "voice": measures.voiced_ms >= limits.voiced_ms,
        "unsteady": measures.swell_db > limits.swell_db,
    }
    return tuple(code for code, is_so in found.items() if is_so)


def _above_quiet_db(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many dB each 10 ms (n_frames,) is louder than the quiet tenth of them, rumble apart."""
    power = np.convolve(band_powers(samples)[:, _FIRST_BAND:].sum(axis=1), _SMOOTHING, mode="valid")
    levels_db = 10 * np.log10(np.maximum(np.pad(power, 1, mode="edge"), _LEAST_POWER))
    above_db: NDArray[np.float64] = levels_db - np.percentile(levels_db, _QUIET_PERCENTILE)
    return above_db


def _longest(mask: NDArray[np.bool_]) -> int:
    return int(np.max(runs_of(mask).lengths, initial=0))
