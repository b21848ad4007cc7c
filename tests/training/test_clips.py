"""Reading clips: cut and padded about their middle, and refused by name."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.console import Console

from speechapp.errors import DataError
from speechapp.training.clips import load_clips, read_clip, read_sound
from tests.training.tones import tone, write_tone


def test_a_clip_comes_back_bit_for_bit_from_wav_and_from_flac(tmp_path: Path) -> None:
    pcm = np.random.default_rng(0).integers(-32_768, 32_768, 16_000).astype(np.int16)
    soundfile.write(tmp_path / "clip.wav", pcm, 16_000, subtype="PCM_16")
    soundfile.write(tmp_path / "clip.flac", pcm, 16_000, subtype="PCM_16")
    np.testing.assert_array_equal(read_clip(tmp_path / "clip.wav"), pcm)
    np.testing.assert_array_equal(read_clip(tmp_path / "clip.flac"), pcm)


def test_a_short_clip_is_centred_in_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", np.full(9_001, 7, np.int16), 16_000)
    clip = read_clip(tmp_path / "short.wav")
    assert np.flatnonzero(clip)[[0, -1]].tolist() == [3_499, 12_499]


def test_of_a_long_clip_the_middle_second_is_taken(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", np.arange(20_000, dtype=np.int16), 16_000)
    clip = read_clip(tmp_path / "long.wav")
    assert (len(clip), int(clip[0])) == (16_000, 2_000)


def test_clips_keep_their_order(tmp_path: Path, quiet: Console) -> None:
    paths = [write_tone(tmp_path / f"{hertz}.wav", hertz) for hertz in (500.0, 1_000.0, 2_000.0)]
    clips = load_clips(paths, quiet)
    assert clips.dtype == np.int16
    assert [int(np.abs(np.fft.rfft(clip)).argmax()) for clip in clips] == [500, 1_000, 2_000]


def test_no_clips_are_no_clips(quiet: Console) -> None:
    assert load_clips([], quiet).shape == (0, 16_000)


def test_another_sample_rate_is_refused_by_name(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "eight.wav", 440.0, rate_hz=8_000)
    with pytest.raises(DataError, match=r"eight\.wav is at 8000 Hz, not 16000 Hz"):
        read_clip(path)


def test_stereo_is_refused_by_name(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "wide.wav", np.stack([tone(440.0)] * 2, axis=1), 16_000)
    with pytest.raises(DataError, match=r"wide\.wav has 2 channels"):
        read_clip(tmp_path / "wide.wav")


def test_what_is_no_sound_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(DataError, match=r"text\.wav cannot be read"):
        read_sound(tmp_path / "text.wav")
