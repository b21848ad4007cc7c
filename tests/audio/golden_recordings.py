"""Recordings made of whole numbers, so that they are the same on every machine, and how each becomes a clip."""

from collections.abc import Callable, Mapping
from hashlib import shake_128

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.clip import Processing
from speechapp.audio.format import write_wav
from tests.audio.recordings import fmt_chunk, riff

HALF_A_SECOND = 8_000
LOUDEST = Processing("loudest")

Samples = NDArray[np.int64]


def take(rate_hz: int, seed: str, take_ms: int = 2_500, onset_ms: int = 900) -> Samples:
    """Noise of 7 bits, and in it 600 ms of two triangle waves that swell and fall; 16-bit samples (n_samples,)."""
    n_samples = rate_hz * take_ms // 1000
    sound = np.frombuffer(shake_128(seed.encode()).digest(n_samples), np.int8).astype(np.int64)
    n_word = rate_hz * 600 // 1000
    k = np.arange(n_word)
    swell = np.minimum(k, n_word - k)
    voice = triangle(k * 65_536 * 180 // rate_hz) + triangle(k * 65_536 * 1_130 // rate_hz) // 3
    start = rate_hz * onset_ms // 1000
    sound[start : start + n_word] += voice * swell // n_word
    return sound


def triangle(phase: Samples) -> Samples:
    """From -16,384 to 16,384 and back in 65,536."""
    return np.abs(phase % 65_536 - 32_768) - 16_384


def plain(rate_hz: int, *channels: Samples) -> bytes:
    data = np.stack(channels, axis=1).astype("<i2").tobytes()
    return riff(fmt_chunk(1, len(channels), rate_hz), (b"data", data))


def in_24_bits(rate_hz: int, samples: Samples) -> bytes:
    """Each 16-bit sample with eight bits below it."""
    wide = (samples * 256 + np.arange(len(samples)) % 251).astype("<i4").reshape(-1, 1)
    return riff(fmt_chunk(1, 1, rate_hz, 24), (b"data", wide.view(np.uint8)[:, :3].tobytes()))


def in_floats(rate_hz: int, samples: Samples) -> bytes:
    """A third of what it would be, which no binary number is, around an offset."""
    data = (samples / (3 * 32_768) + 0.0625).astype("<f4").tobytes()
    return riff(fmt_chunk(3, 1, rate_hz, 32), (b"data", data))


RECORDINGS: Mapping[str, tuple[Callable[[], bytes], Processing]] = {
    "16 kHz": (lambda: write_wav(take(16_000, "a").astype("<i2").tobytes()), LOUDEST),
    "8 kHz": (lambda: plain(8_000, take(8_000, "b")), LOUDEST),
    "22.05 kHz": (lambda: plain(22_050, take(22_050, "c")), LOUDEST),
    "44.1 kHz": (lambda: plain(44_100, take(44_100, "d")), LOUDEST),
    "48 kHz": (lambda: plain(48_000, take(48_000, "e")), LOUDEST),
    "48 kHz, stereo": (lambda: plain(48_000, take(48_000, "f"), take(48_000, "g") // 2), LOUDEST),
    "16 kHz, stereo": (lambda: plain(16_000, take(16_000, "h"), take(16_000, "i") // 3), LOUDEST),
    "48 kHz, 24 bits": (lambda: in_24_bits(48_000, take(48_000, "j")), LOUDEST),
    "44.1 kHz, floats with an offset": (lambda: in_floats(44_100, take(44_100, "k")), LOUDEST),
    "16 kHz, shorter than the clip": (lambda: plain(16_000, take(16_000, "l", 700, 50) + 333), LOUDEST),
    "48 kHz, beyond full scale": (lambda: plain(48_000, np.clip(5 * take(48_000, "m"), -30_000, 32_767)), LOUDEST),
    "16 kHz, half a second": (lambda: plain(16_000, take(16_000, "n")), Processing("loudest", HALF_A_SECOND)),
    "16 kHz, to a level": (lambda: plain(16_000, take(16_000, "o")), Processing("loudest", level_dbfs=-26.0)),
    "48 kHz, dithered": (lambda: plain(48_000, take(48_000, "p")), Processing("loudest", dither=True)),
    "8 kHz, to a level and dithered": (
        lambda: plain(8_000, take(8_000, "q")),
        Processing("loudest", level_dbfs=-20.0, dither=True),
    ),
    "16 kHz, the word": (lambda: plain(16_000, take(16_000, "r", onset_ms=1_700)), Processing("word")),
    "48 kHz, the word": (lambda: plain(48_000, take(48_000, "s", onset_ms=200)), Processing("word")),
    "8 kHz, the word": (lambda: plain(8_000, take(8_000, "t", onset_ms=1_100)), Processing("word")),
}
