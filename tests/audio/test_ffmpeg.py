"""Every sample format that FFmpeg hands out, and what it says of the time."""

import numpy as np
import pytest

from speechapp.audio.ffmpeg import decode_stream
from speechapp.audio.pcm import Waveform
from speechapp.errors import Unusable
from tests.audio.recordings import ENCODINGS, encode, noise, tone

FORMATS = {
    "8 bits": ("matroska", "pcm_u8", "u8", 16_000),
    "16 bits": ("matroska", "pcm_s16le", "s16", 16_000),
    "24 bits": ("matroska", "pcm_s24le", "s32", 16_000),
    "32 bits": ("matroska", "pcm_s32le", "s32", 16_000),
    "float": ("matroska", "pcm_f32le", "flt", 16_000),
    "double": ("matroska", "pcm_f64le", "dbl", 16_000),
    "planes of 16 bits": ("mp4", "alac", "s16p", 16_000),
    "planes of 24 bits": ("mp4", "alac", "s32p", 16_000),
}
CONTAINERS = {"matroska": "webm", "mp4": "mp4"}
TOLERANCES = {"8 bits": 2**-7}


@pytest.fixture(autouse=True)
def known_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, encoding in FORMATS.items():
        monkeypatch.setitem(ENCODINGS, name, encoding)


def decoded(name: str, *channels: Waveform) -> Waveform:
    return decode_stream(encode(name, *channels), CONTAINERS[FORMATS[name][0]], None).waveform


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_format_has_its_scale(name: str, n_channels: int) -> None:
    channels = [tone(440, 16_000, 0.5), noise(8_000, 0.1)][:n_channels]
    waveform = decoded(name, *channels)
    assert waveform.dtype == np.float32
    np.testing.assert_allclose(waveform, np.mean(channels, axis=0), atol=TOLERANCES.get(name, 2**-15))


def test_what_exceeds_full_scale_is_saturated() -> None:
    loud = decoded("float", np.array([0.5, 1.5, -1.5, 1.0], np.float32))
    assert loud.tolist() == [0.5, 1.0, -1.0, 1.0]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(Unusable) as refused:
        decoded("float", np.array([0, 0.5, value, -0.5], np.float32))
    assert refused.value.code == "undecodable"


def test_a_stream_may_begin_late_by_its_own_clock() -> None:
    raw = encode("opus in ogg", tone(440, 48_000))
    stream = decode_stream(raw, "ogg", None)
    assert (stream.sample_rate_hz, len(stream.waveform)) == (48_000, 72_000)
    assert stream.start_samples == 312  # the encoder here counts what the decoder has to skip
