"""Between 16-bit PCM and a waveform: float32 in [-1, 1], where 1/32768 is the least significant bit."""

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 32_768
LARGEST_SAMPLE = FULL_SCALE - 1

Waveform = NDArray[np.float32]


def to_pcm(waveform: Waveform) -> NDArray[np.int16]:
    """Round a waveform to int16, the same shape: ties to even, what lies outside [-1, 32767/32768] is saturated."""
    return np.clip(np.rint(waveform * FULL_SCALE), -FULL_SCALE, LARGEST_SAMPLE).astype(np.int16)


def from_pcm(pcm: bytes, n_channels: int) -> Waveform:
    """Turn interleaved little-endian int16 samples into a mono waveform (n_samples,), the mean of the channels."""
    samples = np.frombuffer(pcm, dtype="<i2").reshape(-1, n_channels)
    mono = samples[:, 0] if n_channels == 1 else samples.mean(axis=1, dtype=np.float32)
    return mono.astype(np.float32) / np.float32(FULL_SCALE)
