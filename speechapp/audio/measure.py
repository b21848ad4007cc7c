"""What can be said about a clip in numbers, for the review queue, the manifest and the tools."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from speechapp.audio.active_level import active_level
from speechapp.audio.align import Alignment, Window, cut
from speechapp.audio.bandwidth import bandwidth_hz
from speechapp.audio.clipping import clipping
from speechapp.audio.decode import Recording
from speechapp.audio.dropouts import dropouts
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.hum import hum
from speechapp.audio.level import FLOOR_DBFS as FLOOR_DBFS
from speechapp.audio.level import offset_dbfs
from speechapp.audio.level import peak_dbfs as peak_dbfs
from speechapp.audio.level import rms_dbfs as rms_dbfs
from speechapp.audio.noise import noise_floor_dbfs, snr_db
from speechapp.audio.pcm import Waveform
from speechapp.audio.spectrum import HOP_MS, HOP_SAMPLES, band_powers
from speechapp.audio.voice import Part, parts_of_word


@dataclass(frozen=True)
class Measures:
    """The measures of one clip, each with its range; every number is finite. dBFS: 0 is a full-scale square wave.

    The recording, at its own rate:
    take_ms             its length, MIN_TAKE_MS to MAX_TAKE_MS
    missing_ms          what the file declares and does not hold, 0 or more; 0 where it declares nothing
    source_rate_hz      its sample rate
    n_clipped_samples   samples at full scale, or in flat tops at a lower rail (clipping.py), 0 or more
    clipped_run_samples the longest run of them, 0 to n_clipped_samples
    n_dropouts          places in the midst of sound where the samples stand still (dropouts.py), 0 or more
    dropout_ms          how long they last together, 0 to take_ms
    gated_ms            digital silence elsewhere, with the noise of a room on both sides, 0 to take_ms

    The take, at SAMPLE_RATE_HZ:
    bandwidth_hz        the highest frequency that is there, in steps of 125, 0 to 8,000 (bandwidth.py, after Welch)
    active_dbfs         active speech level, ITU-T P.56 method B (active_level.py), -120 to 0
    activity            share of the time that is active, by the same, 0 to 1
    noise_floor_dbfs    10th percentile of the RMS of 20 ms frames, the mean removed, -120 to 0 (Stahl et al., 2000)
    snr_db              speech above the noise around the word, both above 250 Hz (noise.py), 0 to 120
    offset_dbfs         |mean|, -120 to 0
    hum_db              steady lines of the mains above what lies beside them (hum.py), 0 to 120
    hum_dbfs            level of these lines, -120 to 0
    voiced_ms           how long the word is voiced (voice.py, after Rabiner, 1977), 0 to take_ms
    word_ms             from the first part of what was said to the end of the last, 0 to take_ms
    longest_gap_ms      the longest pause between two parts, 0 to take_ms
    lead_ms             what the take has before the first, 0 to take_ms; all of it where nothing was said
    tail_ms             what it has behind the last, likewise

    The clip:
    peak_dbfs           largest |x| of the window, -120 to 0
    rms_dbfs            root mean square of the window, padding included, -120 to 0
    outside_ms          how much of what was said lies outside the window, 0 to word_ms
    window_start_ms     where the window begins in the take; negative where a short take is centred in silence
    """

    take_ms: float
    missing_ms: float
    source_rate_hz: int
    bandwidth_hz: float
    peak_dbfs: float
    rms_dbfs: float
    active_dbfs: float
    activity: float
    noise_floor_dbfs: float
    snr_db: float
    offset_dbfs: float
    hum_db: float
    hum_dbfs: float
    n_clipped_samples: int
    clipped_run_samples: int
    n_dropouts: int
    dropout_ms: float
    gated_ms: float
    voiced_ms: float
    word_ms: float
    longest_gap_ms: float
    lead_ms: float
    tail_ms: float
    outside_ms: float
    window_start_ms: float


def measure(recording: Recording, take: Waveform, alignment: Alignment) -> Measures:
    """Measure a recording, the take it became at SAMPLE_RATE_HZ (MIN_TAKE_MS or longer), and how it was aligned."""
    clip = cut(take, alignment.window)
    samples = take.astype(np.float64)
    samples -= samples.mean()
    powers = band_powers(samples)
    parts, n_voiced = parts_of_word(samples, powers)
    word = _extent(parts)
    active = active_level(samples)
    humming = hum(samples)
    clipped = clipping(recording.waveform, recording.sample_rate_hz)
    dropped = dropouts(recording.waveform, recording.sample_rate_hz, active.dbfs)
    return Measures(
        take_ms=_ms(len(recording.waveform), recording.sample_rate_hz),
        missing_ms=_missing_ms(recording),
        source_rate_hz=recording.sample_rate_hz,
        bandwidth_hz=bandwidth_hz(powers),
        peak_dbfs=peak_dbfs(clip),
        rms_dbfs=rms_dbfs(clip),
        active_dbfs=active.dbfs,
        activity=active.activity,
        noise_floor_dbfs=noise_floor_dbfs(samples),
        snr_db=snr_db(powers, _joined(alignment.word, word)),
        offset_dbfs=offset_dbfs(take),
        hum_db=humming.db,
        hum_dbfs=humming.dbfs,
        n_clipped_samples=clipped.n_samples,
        clipped_run_samples=clipped.longest_run_samples,
        n_dropouts=dropped.n,
        dropout_ms=dropped.lost_ms,
        gated_ms=dropped.gated_ms,
        voiced_ms=float(HOP_MS * n_voiced),
        word_ms=_ms(word.n_samples) if word else 0.0,
        longest_gap_ms=float(HOP_MS * _longest_gap(parts)),
        lead_ms=_ms(word.start_samples if word else len(take)),
        tail_ms=_ms(len(take) - word.stop_samples if word else len(take)),
        outside_ms=_ms(_n_outside(word, alignment.window)) if word else 0.0,
        window_start_ms=_ms(alignment.window.start_samples),
    )


def _ms(n_samples: int, sample_rate_hz: int = SAMPLE_RATE_HZ) -> float:
    return 1000 * n_samples / sample_rate_hz


def _missing_ms(recording: Recording) -> float:
    return _ms(max((recording.declared_samples or 0) - len(recording.waveform), 0), recording.sample_rate_hz)


def _extent(parts: list[Part]) -> Window | None:
    if not parts:
        return None
    start, stop = parts[0].start * HOP_SAMPLES, parts[-1].stop * HOP_SAMPLES
    return Window(start, stop - start)


def _joined(one: Window | None, other: Window | None) -> Window | None:
    """The stretch that holds both: what either takes for speech is no noise."""
    if one is None or other is None:
        return one or other
    start = min(one.start_samples, other.start_samples)
    return Window(start, max(one.stop_samples, other.stop_samples) - start)


def _longest_gap(parts: list[Part]) -> int:
    return max((after.start - before.stop for before, after in pairwise(parts)), default=0)


def _n_outside(word: Window, window: Window) -> int:
    inside = min(word.stop_samples, window.stop_samples) - max(word.start_samples, window.start_samples)
    return word.n_samples - max(inside, 0)
