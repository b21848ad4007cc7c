"""The sound of one take: a word spoken by espeak-ng, put into the noise of a room."""

import io
import shutil
import subprocess
import warnings
from typing import Final

import numpy as np

from speechapp.audio.format import write_wav
from speechapp.demo.plan import Colour, Room, Take, Voice
from speechapp.errors import ConfigError

with warnings.catch_warnings():  # pydub warns of the age of audioop, and of a missing ffmpeg, which WAV does not need
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

ESPEAK_RATE_HZ: Final = 22_050
GIVEN_S: Final = 5  # of a room's noise
_EXPONENT: Final[dict[Colour, int]] = {"white": 0, "pink": 1, "brown": 2}  # of 1/f in the power spectrum
_RUMBLE_HZ: Final = 40.0  # below this no room gets louder, or nothing else would be left of brown noise
_HEADROOM_DB: Final = 1.0
_KEPT_OF_CUT_OFF: Final = 0.45


def require_espeak() -> None:
    """Raise ConfigError that says how to get espeak-ng where it is missing."""
    if shutil.which("espeak-ng") is None:
        raise ConfigError(
            "espeak_missing",
            "The demo's volunteers speak through espeak-ng, which is not installed. "
            "Install it: sudo apt install espeak-ng   (macOS: brew install espeak-ng)",
        )


def record(take: Take, word: str) -> bytes:
    """A mono 16-bit WAV at ESPEAK_RATE_HZ: lead, word and tail of the take, all in its room's noise.

    The same take and word give the same bytes. A cut off word has lost its beginning; a silent take has none.
    """
    speech = _spoken_as_planned(take, word)
    lead, tail = (AudioSegment.silent(ms, frame_rate=ESPEAK_RATE_HZ) for ms in (take.lead_ms, take.tail_ms))
    quiet_room = lead.append(speech, crossfade=0).append(tail, crossfade=0)
    heard = quiet_room.overlay(room_noise(take.room, int(quiet_room.frame_count()), take.noise_seed))
    return write_wav(heard.raw_data, ESPEAK_RATE_HZ)


def record_room(room: Room) -> bytes:
    """Five seconds of the room in which nobody speaks: a mono 16-bit WAV at ESPEAK_RATE_HZ."""
    return write_wav(room_noise(room, GIVEN_S * ESPEAK_RATE_HZ, seed=0).raw_data, ESPEAK_RATE_HZ)


def speak(voice: Voice, word: str) -> AudioSegment:
    """One word by espeak-ng, without a pause after it; raises ConfigError where the voice does not exist."""
    how = ["-v", voice.name, "-p", str(voice.pitch), "-s", str(voice.words_per_minute), "-z", "--stdout"]
    done = subprocess.run(["espeak-ng", *how, word], capture_output=True, check=False)
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip()
        raise ConfigError(
            "espeak_failed", f"espeak-ng cannot speak as {voice.name} ({reason}). Install espeak-ng 1.50 or newer."
        )
    return AudioSegment.from_wav(io.BytesIO(done.stdout))


def room_noise(room: Room, n_samples: int, seed: int) -> AudioSegment:
    """Noise of the room's colour and RMS level, at ESPEAK_RATE_HZ."""
    white = np.random.default_rng(seed).normal(size=n_samples)
    frequency_hz = np.maximum(np.fft.rfftfreq(n_samples, 1 / ESPEAK_RATE_HZ), _RUMBLE_HZ)
    coloured = np.fft.irfft(np.fft.rfft(white) * frequency_hz ** (-_EXPONENT[room.colour] / 2), n_samples)
    level = 32768 * 10 ** (room.level_dbfs / 20) / np.sqrt(np.mean(coloured**2))
    pcm = np.clip(np.round(coloured * level), -32768, 32767).astype("<i2").tobytes()
    return AudioSegment(data=pcm, sample_width=2, frame_rate=ESPEAK_RATE_HZ, channels=1)


def _spoken_as_planned(take: Take, word: str) -> AudioSegment:
    speech = speak(take.voice, word)
    if take.flaw == "silent":
        return AudioSegment.silent(len(speech), frame_rate=ESPEAK_RATE_HZ)
    if take.flaw == "cut_off":
        speech = speech[-int(_KEPT_OF_CUT_OFF * len(speech)) :]
    gain_db = take.speech_dbfs - speech.dBFS
    if take.flaw != "clipped":
        gain_db = min(gain_db, -_HEADROOM_DB - speech.max_dBFS)
    return speech.apply_gain(gain_db)  # a gain beyond full scale clips, as a microphone does
