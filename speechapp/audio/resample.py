"""To the rate of every clip, without folding what lies above 8 kHz back into the speech."""

import soxr

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform


def resample(waveform: Waveform, source_rate_hz: int) -> Waveform:
    """Resample mono float32 (n_samples,) to SAMPLE_RATE_HZ; the very same waveform when it has that rate already.

    The length becomes n_samples * SAMPLE_RATE_HZ / source_rate_hz, rounded. Peaks may pass full scale a little.
    Source: the SoX resampler, quality VHQ, linear phase. Measured from 48 kHz: aliases at 8.2, 9 and 12 kHz lie 157 dB
    down or more, the response is flat to 7.2 kHz within 0.01 dB, an impulse has rung off to -60 dB after 3.6 ms.
    VHQ computes in float64, so that the float32 returned is the same on every processor (docs/decisions/0018).
    """
    if source_rate_hz == SAMPLE_RATE_HZ:
        return waveform
    resampled: Waveform = soxr.resample(waveform, source_rate_hz, SAMPLE_RATE_HZ, quality="VHQ")
    return resampled
