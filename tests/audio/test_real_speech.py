"""Real recordings of every format through the whole of processing."""

from pathlib import Path

import numpy as np
import pytest

from speechapp.audio.clip import Processing, align_only, process
from speechapp.audio.decode import decode
from speechapp.audio.format import CLIP_SAMPLES, read_wav

pytestmark = pytest.mark.real_speech


@pytest.mark.parametrize(
    ("pattern", "container", "duration_s"),
    [
        ("gsc/yes/*.flac", "flac", (0.3, 1.0)),
        ("wuw/**/*.flac", "flac", (1.4, 10.0)),
        ("shawnhymel/**/*.wav", "wav", (0.9, 1.1)),
        ("browser_like/webm/**/*.webm", "webm", (1.0, 5.0)),
        ("browser_like/ogg/**/*.ogg", "ogg", (1.0, 5.0)),
        ("browser_like/m4a/**/*.m4a", "mp4", (1.0, 5.0)),
        ("ogg_vorbis/**/*.ogg", "ogg", (1.0, 10.0)),
    ],
)
def test_a_real_recording_becomes_a_clip(
    real_speech: Path, pattern: str, container: str, duration_s: tuple[float, float]
) -> None:
    raw = min(real_speech.glob(pattern)).read_bytes()
    recording = decode(raw)
    clip = process(raw)
    assert recording.container == container
    assert duration_s[0] <= len(recording.waveform) / recording.sample_rate_hz <= duration_s[1]
    assert len(read_wav(clip.wav).pcm) == 2 * CLIP_SAMPLES
    assert clip.measures.peak_dbfs > -40
    assert clip.measures.snr_db > 10


@pytest.mark.parametrize("processing", [Processing(), Processing("loudest"), Processing(level_dbfs=-26.0, dither=True)])
@pytest.mark.parametrize("pattern", ["wuw/**/*.flac", "picovoice/**/*.flac", "arabic/**/*.*", "shawnhymel/**/*.wav"])
def test_a_real_clip_that_is_processed_again_stays_as_it_is(
    real_speech: Path, pattern: str, processing: Processing
) -> None:
    recordings = [path.read_bytes() for path in sorted(real_speech.glob(pattern))[::37]]
    clips = [align_only(raw, processing).wav for raw in recordings]
    assert [align_only(clip, processing).wav for clip in clips] == clips
    assert max(abs(np.mean(np.frombuffer(clip[44:], "<i2"))) for clip in clips) <= 0.5
