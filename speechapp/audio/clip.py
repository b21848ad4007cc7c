"""From a recording to a clip: the whole of what happens to the sound, in order."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import numpy as np

from speechapp.audio.align import Alignment, Method, Window, align, cut
from speechapp.audio.decode import Recording, decode
from speechapp.audio.format import CLIP_SAMPLES, MIN_TAKE_MS, SILENT_BELOW_DBFS, WAV_HEADER_BYTES, write_wav
from speechapp.audio.guard import unusable
from speechapp.audio.level import peak_dbfs, rms_dbfs
from speechapp.audio.measure import Measures, measure
from speechapp.audio.normalise import normalise
from speechapp.audio.pcm import Waveform, from_pcm
from speechapp.audio.quality import faults
from speechapp.audio.resample import resample

_SILENT_BELOW: Final = 10 ** (SILENT_BELOW_DBFS / 20)


@dataclass(frozen=True)
class Processing:
    """How a recording becomes a clip; what is not said is what the service does.

    method      how the window is chosen
    n_samples   length of the clip at SAMPLE_RATE_HZ, above 0; only the command-line tool asks for another
    level_dbfs  active speech level to bring the clip to; none leaves the level as it is
    dither      add triangular dither of one least significant bit where samples have to be rounded
    """

    method: Method = "word"
    n_samples: int = CLIP_SAMPLES
    level_dbfs: float | None = None
    dither: bool = False


@dataclass(frozen=True, eq=False)
class AlignedClip:
    """A clip with the take (n_take_samples,) at SAMPLE_RATE_HZ that it was cut from; `wav` as in ProcessedClip."""

    wav: bytes
    alignment: Alignment
    take: Waveform


@dataclass(frozen=True)
class ProcessedClip:
    """`wav` is canonical: 16-bit mono PCM of exactly n_samples at SAMPLE_RATE_HZ behind a 44-byte header.

    faults  codes of what the measures say is wrong with it; none of them refuses the clip
    """

    wav: bytes
    measures: Measures
    alignment: Alignment
    faults: tuple[str, ...]


def process(raw: bytes, processing: Processing = Processing()) -> ProcessedClip:
    """Decode, resample, align, measure and write one recording; the same bytes in give the same bytes out.

    A plain take of n_samples at 16 kHz whose mean is below half a least significant bit passes bit for bit.
    Raises Unusable with a code of UNUSABLE_REASONS.
    """
    recording = decode(raw)
    clip = align_recording(raw, recording, processing)
    measures = measure(recording, clip.take, clip.alignment)
    return ProcessedClip(clip.wav, _as_written(measures, clip.wav), clip.alignment, faults(measures))


def align_only(raw: bytes, processing: Processing = Processing(), longest_ms: int | None = None) -> AlignedClip:
    """Make the same clip as `process` and measure nothing; of any length, unless longest_ms says more."""
    return align_recording(raw, decode(raw, longest_ms), processing)


def align_recording(raw: bytes, recording: Recording, processing: Processing) -> AlignedClip:
    """Make the clip of a recording that was decoded from `raw`. Raises Unusable: too_short, silent."""
    _require_length(recording)
    take = resample(recording.waveform, recording.sample_rate_hz)
    _require_sound(take)
    alignment = align(take, processing.method, processing.n_samples)
    seed = sha256(raw).digest() if processing.dither else None
    pcm = cut_pcm(take, alignment.window, processing.level_dbfs, seed)
    return AlignedClip(write_wav(pcm), alignment, take)


def cut_pcm(take: Waveform, window: Window, level_dbfs: float | None = None, dither_seed: bytes | None = None) -> bytes:
    """Cut a window that meets the take, and normalise: little-endian int16 samples, as many as the window has.

    The silence around a short take stays silence, whatever the offset of the take.
    """
    inside = slice(max(-window.start_samples, 0), min(len(take) - window.start_samples, window.n_samples))
    pcm = normalise(cut(take, window), inside, level_dbfs=level_dbfs, dither_seed=dither_seed)
    return pcm.astype("<i2", copy=False).tobytes()


def _as_written(measures: Measures, wav: bytes) -> Measures:
    """With the levels that the clip has now, its offset removed and its level set; faults are of what was recorded."""
    written = from_pcm(wav[WAV_HEADER_BYTES:], 1)
    return replace(measures, peak_dbfs=peak_dbfs(written), rms_dbfs=rms_dbfs(written))


def _require_length(recording: Recording) -> None:
    if len(recording.waveform) * 1000 < MIN_TAKE_MS * recording.sample_rate_hz:
        raise unusable("too_short")


def _require_sound(take: Waveform) -> None:
    """Refuse a take that never leaves its own mean by SILENT_BELOW_DBFS: a muted or dead microphone, offset or not."""
    lowest, highest = float(np.min(take)), float(np.max(take))
    if highest - lowest >= 2 * _SILENT_BELOW:  # wherever the mean lies; nearly every take ends here
        return
    mean = float(np.mean(take, dtype=np.float64))
    if max(highest - mean, mean - lowest) < _SILENT_BELOW:
        raise unusable("silent")
