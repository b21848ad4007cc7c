"""Recordings with known answers for the tests of the audio rooms, made by arithmetic and PyAV's encoders."""

import io
import random
import struct
from collections.abc import Iterator

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from speechapp.audio.clip import process
from speechapp.audio.decode import Recording
from speechapp.audio.format import write_wav
from speechapp.audio.pcm import Waveform, to_pcm
from speechapp.errors import Unusable

# One encoder for each container and codec a browser or an archive may send: container, codec, sample format, rate.
ENCODINGS = {
    "opus in webm": ("webm", "libopus", "flt", 48_000),
    "opus in ogg": ("ogg", "libopus", "flt", 48_000),
    "aac in mp4": ("mp4", "aac", "fltp", 44_100),
    "aac in mp4 fragments": ("mp4", "aac", "fltp", 48_000),
    "mp3": ("mp3", "libmp3lame", "fltp", 44_100),
    "16-bit flac": ("flac", "flac", "s16", 16_000),
    "24-bit flac": ("flac", "flac", "s32", 48_000),
    "16-bit wav": ("wav", "pcm_s16le", "s16", 48_000),
    "24-bit wav": ("wav", "pcm_s24le", "s32", 48_000),
    "float wav": ("wav", "pcm_f32le", "flt", 44_100),
    "8-bit wav": ("wav", "pcm_u8", "u8", 8_000),
}
MUXER_OPTIONS = {"aac in mp4 fragments": {"movflags": "empty_moov+default_base_moof", "frag_duration": "500000"}}
LOSSLESS = ["16-bit flac", "24-bit flac", "16-bit wav", "24-bit wav", "float wav"]


def tone(frequency_hz: float, rate_hz: int, duration_s: float = 1.5, amplitude: float = 0.5) -> Waveform:
    """A sine (n_samples,) that starts at zero."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


def noise(n_samples: int, amplitude: float, seed: int = 0) -> Waveform:
    """White noise (n_samples,) whose RMS is `amplitude`."""
    return (amplitude * np.random.default_rng(seed).standard_normal(n_samples)).astype(np.float32)


def encode(name: str, *channels: Waveform) -> bytes:
    """Encode the channels (n_samples,) as ENCODINGS says, at its rate."""
    container, codec, sample_format, rate_hz = ENCODINGS[name]
    layout = f"{len(channels)}c" if len(channels) > 2 else ("mono", "stereo")[len(channels) - 1]
    frame = av.AudioFrame.from_ndarray(np.vstack(channels), format="fltp", layout=layout)
    frame.sample_rate = rate_hz
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=MUXER_OPTIONS.get(name, {})) as sink:
        stream = sink.add_stream(codec, rate=rate_hz, layout=layout, format=sample_format)
        assert isinstance(stream, AudioStream)
        resampler = av.AudioResampler(sample_format, layout, rate_hz, stream.codec_context.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            sink.mux(stream.encode(part))
    return file.getvalue()


def webm_of_unknown_length(raw: bytes) -> bytes:
    """The same WebM as a recorder writes it: nothing in it says how long it is, or how large its segment."""
    segment, duration = raw.index(b"\x18\x53\x80\x67") + 4, raw.index(b"\x44\x89\x88")
    void = b"\xec\x89" + bytes(9)  # an element of eleven bytes that says nothing
    raw = raw[:duration] + void + raw[duration + 11 :]
    return raw[:segment] + b"\x01" + b"\xff" * 7 + raw[segment + 8 :]


def mp4_with_header_first(raw: bytes) -> bytes:
    """The same MP4 as servers like it: the header, which comes last, moved before the sound."""
    sound, header = raw.index(b"mdat") - 4, raw.index(b"moov") - 4
    table = raw.index(b"stco", header) + 8
    (n_chunks,) = struct.unpack_from(">I", raw, table)
    chunks = struct.unpack_from(f">{n_chunks}I", raw, table + 4)
    moved = struct.pack(f">{n_chunks}I", *(chunk + len(raw) - header for chunk in chunks))
    return raw[:sound] + raw[header : table + 4] + moved + raw[table + 4 + len(moved) :] + raw[sound:header]


def wav(waveform: Waveform, rate_hz: int) -> bytes:
    """A plain 16-bit WAV."""
    return write_wav(to_pcm(waveform).tobytes(), rate_hz)


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A RIFF WAVE file of these (name, body) chunks, odd ones padded."""
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def fmt_chunk(tag: int = 1, n_channels: int = 1, rate_hz: int = 16_000, n_bits: int = 16) -> tuple[bytes, bytes]:
    """The fmt chunk of a WAV."""
    block = n_channels * n_bits // 8
    return b"fmt ", struct.pack("<HHIIHH", tag, n_channels, rate_hz, (rate_hz * block) % 2**32, block, n_bits)


def dominant_hz(recording: Recording) -> float:
    """The strongest frequency of a recording."""
    spectrum = np.abs(np.fft.rfft(recording.waveform))
    return float(np.argmax(spectrum) * recording.sample_rate_hz / len(recording.waveform))


def rms(waveform: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64))))


def outcome(raw: bytes) -> str:
    """What becomes of a recording: "processed", or the code of its refusal."""
    try:
        process(raw)
    except Unusable as refusal:
        return refusal.code
    return "processed"


def mutations(raw: bytes, n_mutations: int, seed: int) -> Iterator[bytes]:
    """Damage a file in one of four ways, over and over: cut short, bytes overwritten, a part doubled, a part lost."""
    chance = random.Random(seed)
    for _ in range(n_mutations):
        start = chance.randrange(chance.choice((64, len(raw))))
        stop = start + chance.randrange(1, 200)
        junk = chance.choice((chance.randbytes(4), b"\xff\xff\xff\xff", b"\0\0\0\0"))
        yield chance.choice(
            (raw[:start], raw[:start] + junk + raw[start + 4 :], raw[:stop] + raw[start:], raw[:start] + raw[stop:])
        )
