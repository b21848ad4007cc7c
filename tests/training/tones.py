"""A release whose words are tones: small, learnable in seconds, and ours."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.format import SAMPLE_RATE_HZ, write_wav
from speechapp.training.settings import TrainSettings

TONES_HZ = {"low": 300.0, "high": 2_500.0, "other": 900.0}
WORDS = ("low", "high")
TINY = TrainSettings(
    words=WORDS, n_epochs=3, batch_size=24, n_channels=8, learning_rate=0.02, mask_frames=4, mask_mels=2
)

_VALIDATION, _TESTING = ("0000000a", "0000000b"), ("0000000c", "0000000d")
_TRAINING = tuple(f"{number:08x}" for number in range(1, 9))


def tone(frequency_hz: float, length_s: float = 1.0, rate_hz: int = SAMPLE_RATE_HZ) -> NDArray[np.float32]:
    """A tone at -6 dBFS that swells and fades over the clip."""
    time_s = np.arange(round(length_s * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s) * np.hanning(len(time_s))).astype(np.float32)


def wav_of(waveform: NDArray[np.float32], rate_hz: int = SAMPLE_RATE_HZ) -> bytes:
    return write_wav(np.rint(waveform * 32_767).astype("<i2").tobytes(), rate_hz)


def write_tone(path: Path, frequency_hz: float, length_s: float = 1.0, rate_hz: int = SAMPLE_RATE_HZ) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav_of(tone(frequency_hz, length_s, rate_hz), rate_hz))
    return path


def write_tone_release(directory: Path) -> Path:
    """Three tone words, twelve speakers with two clips of each: eight train, two validate, two test."""
    for word, frequency_hz in TONES_HZ.items():
        for place, speaker in enumerate((*_TRAINING, *_VALIDATION, *_TESTING)):
            for utterance in (0, 1):
                detuned_hz = frequency_hz * (1 + 0.01 * place + 0.003 * utterance)
                write_tone(directory / word / f"{speaker}_nohash_{utterance}.wav", detuned_hz)
    (directory / "validation_list.txt").write_text(_list(_VALIDATION))
    (directory / "testing_list.txt").write_text(_list(_TESTING))
    return directory


def _list(speakers: tuple[str, ...]) -> str:
    return "".join(f"{word}/{who}_nohash_{which}.wav\n" for word in TONES_HZ for who in speakers for which in (0, 1))
