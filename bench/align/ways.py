"""From WAV files to WAV files: the whole of the work, as each tool does it when it is used for nothing else.

Every way writes plain files and syncs none. Only ours writes beside and links into place (`word-tool`), as
`speechapp align` does. sox and ffmpeg only trim here and are spared the centring, which would take them a second run.
"""

import subprocess
import wave
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np

from bench.align.methods import (
    FFMPEG,
    FFMPEG_SILENCE,
    SOX_SILENCE,
    centre_crop,
    librosa_trim,
    loudest_rule,
    webrtc_vad,
)
from speechapp.audio.align import Method, Window, cut
from speechapp.audio.clip import Processing, align_only
from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.audio.pcm import FULL_SCALE, Waveform, to_pcm
from speechapp.batch.aligning import Job, Settings, align_file

Way = Callable[[Path, Path, Sequence[str]], None]
"""Make a clip of every named file of the first folder, under the same name in the second, which is there and empty."""

SPAWNING = ("sox", "ffmpeg")  # a process for each file


def ways(reference: Path | None = None) -> dict[str, Way]:
    """Give what can be measured here, by name."""
    found: dict[str, Way] = {
        "word": partial(align_here, method="word"),
        "loudest": partial(align_here, method="loudest"),
        "word-tool": align_as_the_tool,
        "rule": partial(wave_through, choose=loudest_rule),
        "centre": partial(wave_through, choose=centre_crop),
    }
    peers: Mapping[str, tuple[bool, Way]] = {
        "reference": (reference is not None, partial(reference_tool, binary=reference or Path())),
        "sox": (which("sox") is not None, sox_trim),
        "ffmpeg": (which("ffmpeg") is not None, ffmpeg_trim),
        "librosa": (find_spec("librosa") is not None, librosa_through),
        "webrtcvad": (find_spec("webrtcvad") is not None, partial(wave_through, choose=webrtc_vad)),
    }
    return found | {name: way for name, (is_here, way) in peers.items() if is_here}


def align_here(takes: Path, clips: Path, names: Sequence[str], method: Method) -> None:
    processing = Processing(method=method)
    for name in names:
        (clips / name).write_bytes(align_only((takes / name).read_bytes(), processing).wav)


def align_as_the_tool(takes: Path, clips: Path, names: Sequence[str]) -> None:
    """What a process of `speechapp align` does for each file: read, align, write whole or not at all, report."""
    settings = Settings()
    for name in names:
        align_file(Job(str(takes / name), str(clips / name), "make"), settings)


def wave_through(takes: Path, clips: Path, names: Sequence[str], choose: Callable[[Waveform], int]) -> None:
    """With the standard library's WAV reader and writer."""
    for name in names:
        with wave.open(str(takes / name)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        waveform = samples.astype(np.float32) / np.float32(FULL_SCALE)
        clip = cut(waveform, Window(choose(waveform), CLIP_SAMPLES))
        with wave.open(str(clips / name), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE_HZ, CLIP_SAMPLES, "NONE", ""))
            file.writeframes(to_pcm(clip).astype("<i2").tobytes())


def librosa_through(takes: Path, clips: Path, names: Sequence[str]) -> None:
    """With soundfile, which librosa reads with, without its detour over `librosa.load`."""
    soundfile = import_module("soundfile")
    for name in names:
        waveform, rate_hz = soundfile.read(takes / name, dtype="float32")
        clip = cut(waveform, Window(librosa_trim(waveform), CLIP_SAMPLES))
        soundfile.write(clips / name, clip, rate_hz, subtype="PCM_16")


def reference_tool(takes: Path, clips: Path, names: Sequence[str], binary: Path) -> None:  # noqa: ARG001
    """All files of the folder in one process, by a glob, as it wants them."""
    command = (str(binary.resolve()), f"{takes}/*.wav", str(clips))
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)


def sox_trim(takes: Path, clips: Path, names: Sequence[str]) -> None:
    for name in names:
        effects = (*SOX_SILENCE, "reverse", *SOX_SILENCE, "reverse")
        subprocess.run(("sox", str(takes / name), str(clips / name), *effects), check=True)


def ffmpeg_trim(takes: Path, clips: Path, names: Sequence[str]) -> None:
    effects = f"{FFMPEG_SILENCE},areverse,{FFMPEG_SILENCE},areverse"
    for name in names:
        subprocess.run((*FFMPEG, "-i", str(takes / name), "-af", effects, str(clips / name)), check=True)
