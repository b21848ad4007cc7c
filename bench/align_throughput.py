"""Throughput of processing, WAV in to WAV out, beside pydub converting the same takes without aligning them.

Run `python -m bench.align_throughput`. It prints clips per CPU second and the ratio, of the best of three rounds.
"""

import io
import time
import warnings
from collections.abc import Callable, Iterable

import numpy as np

from speechapp.audio.clip import process
from speechapp.audio.format import SAMPLE_RATE_HZ, write_wav
from speechapp.audio.pcm import to_pcm

N_TAKES = 100
TAKE_S = 2.5
ROUNDS = 3

with warnings.catch_warnings():  # pydub looks for an ffmpeg that WAV files do not need
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


def main() -> None:
    for rate_hz in (44_100, 48_000):
        takes = [synthetic_take(rate_hz, seed) for seed in range(N_TAKES)]
        ours = clips_per_cpu_s(process, takes)
        theirs = clips_per_cpu_s(convert_with_pydub, takes)
        print(f"{rate_hz:6d} Hz: speechapp {ours:6.0f} clips/s, pydub {theirs:6.0f} clips/s, ratio {ours / theirs:.2f}")


def clips_per_cpu_s(convert: Callable[[bytes], object], takes: Iterable[bytes]) -> float:
    return N_TAKES / min(cpu_s(convert, takes) for _ in range(ROUNDS))


def cpu_s(convert: Callable[[bytes], object], takes: Iterable[bytes]) -> float:
    started_s = time.process_time()
    for take in takes:
        convert(take)
    return time.process_time() - started_s


def convert_with_pydub(raw: bytes) -> bytes:
    take = AudioSegment.from_file(io.BytesIO(raw), format="wav")
    converted = take.set_frame_rate(SAMPLE_RATE_HZ).set_channels(1).set_sample_width(2)
    file: io.BytesIO = converted.export(io.BytesIO(), format="wav")
    return file.read()


def synthetic_take(rate_hz: int, seed: int) -> bytes:
    """A tone of half a second somewhere in faint noise."""
    rng = np.random.default_rng(seed)
    take = rng.normal(0, 0.001, round(TAKE_S * rate_hz)).astype(np.float32)
    word = 0.3 * np.sin(2 * np.pi * 300 * np.arange(rate_hz // 2) / rate_hz)
    start = int(rng.integers(0, len(take) - len(word)))
    take[start : start + len(word)] += word.astype(np.float32)
    return write_wav(to_pcm(take).tobytes(), rate_hz)


if __name__ == "__main__":
    main()
