"""From a recording to a clip: the whole of what happens to the sound, in order."""

from dataclasses import dataclass

import numpy as np

from speechapp.audio.align import Alignment, align, cut
from speechapp.audio.decode import Recording, decode, unusable
from speechapp.audio.format import MIN_TAKE_MS, SILENT_BELOW_DBFS, write_wav
from speechapp.audio.measure import Measures, measure, peak_dbfs
from speechapp.audio.pcm import Waveform, to_pcm
from speechapp.audio.resample import resample


@dataclass(frozen=True)
class ProcessedClip:
    """`wav` is canonical: 16-bit mono PCM of exactly CLIP_SAMPLES at SAMPLE_RATE_HZ behind a 44-byte header."""

    wav: bytes
    measures: Measures
    alignment: Alignment


def process(raw: bytes) -> ProcessedClip:
    """Decode, resample, align, measure and write one recording; the same bytes in give the same bytes out.

    Levels are untouched and samples rounded once, at the end: a plain take of one second at 16 kHz passes bit for bit.
    Raises Unusable with a code of UNUSABLE_REASONS.
    """
    recording = decode(raw)
    _require_length(recording)
    take = resample(recording.waveform, recording.sample_rate_hz)
    _require_sound(take)
    alignment = align(take)
    wav = write_wav(to_pcm(cut(take, alignment.window)).astype("<i2").tobytes())
    return ProcessedClip(wav, measure(recording, take, alignment.window), alignment)


def _require_length(recording: Recording) -> None:
    if len(recording.waveform) * 1000 < MIN_TAKE_MS * recording.sample_rate_hz:
        raise unusable("too_short")


def _require_sound(take: Waveform) -> None:
    """Refuse a take that never leaves its own mean by SILENT_BELOW_DBFS: a muted or dead microphone, offset or not."""
    if peak_dbfs(take - np.mean(take)) < SILENT_BELOW_DBFS:
        raise unusable("silent")
