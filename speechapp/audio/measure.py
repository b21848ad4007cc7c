"""What can be said about a clip in numbers, for the review queue and the manifest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.align import Window, cut
from speechapp.audio.decode import Recording
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import FULL_SCALE, LARGEST_SAMPLE, Waveform

FLOOR_DBFS = -120.0  # what digital silence measures; every level lies in [FLOOR_DBFS, 0]
FRAME_SAMPLES = SAMPLE_RATE_HZ * 20 // 1000
NOISE_FLOOR_PERCENTILE = 10

_CLIPPED_FROM = LARGEST_SAMPLE / FULL_SCALE


@dataclass(frozen=True)
class Measures:
    """The measures of one clip; levels in dBFS, where 0 is a full-scale square wave. Every number is finite.

    take_ms          length of the decoded take, MIN_TAKE_MS to MAX_TAKE_MS
    source_rate_hz   sample rate of the recording as sent
    peak_dbfs        largest |x| of the one-second clip, -120 to 0
    rms_dbfs         root mean square of the one-second clip, padding included, -120 to 0
    noise_floor_dbfs 10th percentile of the RMS of 20 ms frames of the take, its mean removed, -120 to 0
    snr_db           active speech level minus noise floor, 0 to 120
    n_clipped_samples samples of the decoded take, before resampling, at or beyond 32767/32768 of full scale
    window_start_ms  where the clip begins in the take; negative when a short take is centred in silence
    """

    take_ms: float
    source_rate_hz: int
    peak_dbfs: float
    rms_dbfs: float
    noise_floor_dbfs: float
    snr_db: float
    n_clipped_samples: int
    window_start_ms: float


def measure(recording: Recording, take: Waveform, window: Window) -> Measures:
    """Measure a recording, the take it became at SAMPLE_RATE_HZ (MIN_TAKE_MS or longer), and the window cut from it."""
    clip = cut(take, window)
    frames = frame_rms(take)
    floor_dbfs = noise_floor_dbfs(frames)
    return Measures(
        take_ms=1000 * len(recording.waveform) / recording.sample_rate_hz,
        source_rate_hz=recording.sample_rate_hz,
        peak_dbfs=peak_dbfs(clip),
        rms_dbfs=rms_dbfs(clip),
        noise_floor_dbfs=floor_dbfs,
        snr_db=max(active_level_dbfs(frames) - floor_dbfs, 0.0),
        n_clipped_samples=count_clipped(recording.waveform),
        window_start_ms=1000 * window.start_samples / SAMPLE_RATE_HZ,
    )


def peak_dbfs(waveform: Waveform) -> float:
    """Measure the largest |x|, in [-120, 0] dBFS; silence when there is no sample."""
    return _dbfs(float(np.max(np.abs(waveform), initial=0.0)))


def rms_dbfs(waveform: Waveform) -> float:
    """Measure the root mean square of (n_samples,), n_samples > 0, in [-120, 0] dBFS."""
    return _dbfs(float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))))


def noise_floor_dbfs(frame_rms: NDArray[np.float64]) -> float:
    """Measure the noise between the words: a low percentile of the frames' RMS, in [-120, 0] dBFS.

    Source: the quantile noise estimate of Stahl, Fischer and Bippus (ICASSP 2000), over whole frames.
    """
    return _dbfs(float(np.percentile(frame_rms, NOISE_FLOOR_PERCENTILE, method="lower")))


def active_level_dbfs(frame_rms: NDArray[np.float64]) -> float:
    """Measure speech only while there is speech: the mean power of the active frames, in [-120, 0] dBFS.

    Active are the frames at or above the middle, in dB, between the noise floor and the loudest frame.
    Source: the idea of the active speech level of ITU-T P.56, with frames in place of its envelope and hangover.
    """
    middle_dbfs = (noise_floor_dbfs(frame_rms) + _dbfs(float(frame_rms.max()))) / 2
    active = frame_rms[frame_rms >= 10 ** (middle_dbfs / 20)]
    return _dbfs(float(np.sqrt(np.mean(np.square(active))))) if active.size else FLOOR_DBFS


def frame_rms(waveform: Waveform) -> NDArray[np.float64]:
    """Measure (n_samples // FRAME_SAMPLES,) RMS values of whole 20 ms frames, the mean of the waveform removed."""
    n_frames = len(waveform) // FRAME_SAMPLES
    centred = waveform.astype(np.float64) - np.mean(waveform, dtype=np.float64)
    frames = centred[: n_frames * FRAME_SAMPLES].reshape(n_frames, FRAME_SAMPLES)
    rms: NDArray[np.float64] = np.sqrt(np.mean(np.square(frames), axis=1))
    return rms


def count_clipped(waveform: Waveform) -> int:
    """Count the samples at or beyond full scale, as a recorder in 16 bits leaves them."""
    return int(np.count_nonzero(np.abs(waveform) >= _CLIPPED_FROM))


def _dbfs(amplitude: float) -> float:
    level_dbfs = 20 * float(np.log10(max(amplitude, 1e-9)))
    return min(max(level_dbfs, FLOOR_DBFS), 0.0)
