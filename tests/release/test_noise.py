"""Background noise: the same bytes everywhere, and of the colour it is called."""

from hashlib import sha256

import numpy as np
import pytest

from speechapp.audio.format import read_wav
from speechapp.release.noise import background_noise


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pink_noise.wav", "be3b4ec7540775ab578c435c89abc9d9ae4bdb42e69e59cfe43a91c7f1f10800"),
        ("running_tap.wav", "1cf16ac114d44c3faa9739fdeb3bb6b3fda39dd398e7cb3e439df3a856653e38"),
        ("white_noise.wav", "aefba1e58e17d7b117d027c34ad93eb4527a7be346c3a10a7abfafb675c9ea01"),
    ],
)
def test_the_bytes_never_change(name: str, expected: str) -> None:
    assert sha256(background_noise()[name]).hexdigest() == expected


def test_there_are_three_files_of_a_minute() -> None:
    wavs = [read_wav(data) for data in background_noise().values()]
    assert [(wav.sample_rate_hz, wav.n_channels, len(wav.pcm)) for wav in wavs] == [(16_000, 1, 2 * 60 * 16_000)] * 3


@pytest.mark.parametrize(
    ("name", "db_per_octave"), [("white_noise.wav", 0.0), ("pink_noise.wav", -3.0), ("running_tap.wav", -6.0)]
)
def test_each_noise_has_its_colour(name: str, db_per_octave: float) -> None:
    samples = np.frombuffer(read_wav(background_noise()[name]).pcm, "<i2").reshape(60, 16_000)
    power = np.mean(np.abs(np.fft.rfft(samples, axis=1)) ** 2, axis=0)
    octaves_db = [10 * np.log10(np.mean(power[2**k : 2 ** (k + 1)])) for k in range(6, 12)]  # 64 to 4096 Hz
    assert np.diff(octaves_db).mean() == pytest.approx(db_per_octave, abs=0.4)
