"""Every way to choose the second: ours, two simple rules, and the tools people use. All of them answer one question.

A peer that finds an extent instead of a window is helped as far as it goes: the second is centred on its extent, and
where it finds nothing, on the take. The settings of sox, ffmpeg and WebRTC are those that scored best on the
development part; librosa has its defaults, which were as good as any.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np

from bench.align.quality import Method
from speechapp.audio.align import Method as OurMethod
from speechapp.audio.align import align
from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ, write_wav
from speechapp.audio.pcm import Waveform, to_pcm

LIBROSA_TOP_DB = 20
LIBROSA_FRAME, LIBROSA_HOP = 2048, 512
WEBRTC_MODE = 3
WEBRTC_FRAME_MS = 10
SOX_SILENCE = ("silence", "1", "0.1", "1%")
FFMPEG_SILENCE = "silenceremove=start_periods=1:start_duration=0.1:start_threshold=-40dB"

RAW = ("-t", "raw", "-r", str(SAMPLE_RATE_HZ), "-e", "signed", "-b", "16", "-c", "1")
FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y")

INSTALL = {
    "sox": "apt-get install sox",
    "ffmpeg": "apt-get install ffmpeg",
    "librosa": "pip install -e '.[bench]'",
    "webrtcvad": "pip install -e '.[bench]'",
    "reference": "build extract_loudest_section of github.com/petewarden, and give its binary with --reference PATH",
}


def methods(reference: Path | None = None) -> tuple[dict[str, Method], dict[str, str]]:
    """Give what can be measured here, by name, and how to install what cannot."""
    present: dict[str, Method] = {
        "word": partial(ours, method="word"),
        "loudest": partial(ours, method="loudest"),
        "rule": loudest_rule,
        "centre": centre_crop,
    }
    peers: Mapping[str, tuple[bool, Method]] = {
        "reference": (reference is not None, partial(reference_tool, binary=reference or Path())),
        "sox": (which("sox") is not None, sox_silence),
        "ffmpeg": (which("ffmpeg") is not None, ffmpeg_silenceremove),
        "librosa": (find_spec("librosa") is not None, librosa_trim),
        "webrtcvad": (find_spec("webrtcvad") is not None, webrtc_vad),
    }
    present |= {name: method for name, (is_here, method) in peers.items() if is_here}
    return present, {name: INSTALL[name] for name, (is_here, _) in peers.items() if not is_here}


def ours(waveform: Waveform, method: OurMethod) -> int:
    return align(waveform, method).window.start_samples


def centre_crop(waveform: Waveform) -> int:
    return (len(waveform) - CLIP_SAMPLES) // 2


def loudest_rule(waveform: Waveform) -> int:
    """The rule of 2017 as it was meant: the greatest sum of magnitudes, the first of equal ones, in integers."""
    if len(waveform) <= CLIP_SAMPLES:
        return centre_crop(waveform)
    sums = np.concatenate(([0], np.cumsum(np.abs(to_pcm(waveform).astype(np.int64)))))
    return int(np.argmax(sums[CLIP_SAMPLES:] - sums[:-CLIP_SAMPLES]))


def centred(waveform: Waveform, start_samples: int, stop_samples: int) -> int:
    """Centre the second on an extent; it may reach beyond the take, which costs nothing here and helps the centre."""
    if stop_samples <= start_samples:
        return centre_crop(waveform)
    return (start_samples + stop_samples - CLIP_SAMPLES) // 2


def librosa_trim(waveform: Waveform) -> int:
    _, (start, stop) = import_module("librosa.effects").trim(
        waveform, top_db=LIBROSA_TOP_DB, frame_length=LIBROSA_FRAME, hop_length=LIBROSA_HOP
    )
    return centred(waveform, int(start), int(stop))


def webrtc_vad(waveform: Waveform) -> int:
    """From the first voiced frame to the last."""
    vad, n_samples = import_module("webrtcvad").Vad(WEBRTC_MODE), WEBRTC_FRAME_MS * SAMPLE_RATE_HZ // 1000
    pcm = to_pcm(waveform)
    frames = pcm[: len(pcm) // n_samples * n_samples].reshape(-1, n_samples)
    voiced = [i for i, frame in enumerate(frames) if vad.is_speech(frame.tobytes(), SAMPLE_RATE_HZ)]
    return centred(waveform, voiced[0] * n_samples, (voiced[-1] + 1) * n_samples) if voiced else centre_crop(waveform)


def sox_silence(waveform: Waveform) -> int:
    """Trim the front of the take, then of the take turned round; what is left over tells where the word lies."""
    pcm = to_pcm(waveform).astype("<i2")
    command = ("sox", *RAW, "-", *RAW, "-", *SOX_SILENCE)
    after, before = (
        len(subprocess.run(command, input=samples.tobytes(), stdout=subprocess.PIPE, check=True).stdout) // 2
        for samples in (pcm, pcm[::-1])
    )
    return centred(waveform, len(pcm) - after, before)


def ffmpeg_silenceremove(waveform: Waveform) -> int:
    """The same in one process."""
    pcm = to_pcm(waveform).astype("<i2").tobytes()
    split = f"asplit[a][b];[a]{FFMPEG_SILENCE}[after];[b]areverse,{FFMPEG_SILENCE}[before]"
    raw = ("-f", "s16le", "-ar", str(SAMPLE_RATE_HZ))
    with tempfile.TemporaryDirectory() as name:
        after, before = Path(name) / "after", Path(name) / "before"
        outputs = ("-map", "[after]", *raw, str(after), "-map", "[before]", *raw, str(before))
        command = (*FFMPEG, *raw, "-ac", "1", "-i", "-", "-filter_complex", split, *outputs)
        subprocess.run(command, input=pcm, check=True)
        return centred(waveform, (len(pcm) - after.stat().st_size) // 2, before.stat().st_size // 2)


def reference_tool(waveform: Waveform, binary: Path) -> int | None:
    """Run the C++ tool on one file, and look for what it wrote in what it read."""
    pcm = to_pcm(waveform).astype("<i2").tobytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "take.wav").write_bytes(write_wav(pcm))
        subprocess.run(
            (str(binary.resolve()), f"{folder}/take.wav", f"{folder}/out"), stderr=subprocess.DEVNULL, check=True
        )
        written = folder / "out" / "take.wav"
        return _position(pcm, written.read_bytes()[44:]) if written.exists() else None


def _position(pcm: bytes, kept: bytes) -> int:
    """Find the kept samples; the tool goes through float and loses at most a bit, so compare, don't search."""
    samples, part = np.frombuffer(pcm, "<i2").astype(np.int32), np.frombuffer(kept, "<i2").astype(np.int32)
    n_starts = len(samples) - len(part) + 1
    head = part[:: max(len(part) // 64, 1)][:64]
    step = max(len(part) // 64, 1)
    places = np.arange(n_starts)
    errors = np.zeros(n_starts, dtype=np.int64)
    for i, value in enumerate(head):
        errors += np.abs(samples[places + i * step] - value)
    best = np.flatnonzero(errors <= errors.min() + 64)
    return int(best[np.argmin([np.abs(samples[s : s + len(part)] - part).sum() for s in best[:2000]])])
