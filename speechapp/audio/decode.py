"""From the bytes a stranger sent to a mono waveform, with a guard before every step that could cost memory or time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from speechapp.audio.bomb import is_mp4_bomb, without_id3
from speechapp.audio.format import (
    MAX_CHANNELS,
    MAX_SOURCE_RATE_HZ,
    MAX_TAKE_MS,
    MIN_SOURCE_RATE_HZ,
    SNIFF_BYTES,
    UNUSABLE_REASONS,
    Wav,
    read_wav,
    sniff_container,
)
from speechapp.audio.pcm import Waveform, from_pcm
from speechapp.errors import DataError, Unusable

# FFmpeg's demuxer for each container of ours; naming it keeps FFmpeg from guessing among its other hundreds.
_DEMUXERS: Mapping[str, str] = MappingProxyType(
    {"wav": "wav", "flac": "flac", "ogg": "ogg", "webm": "matroska", "mp4": "mov", "mp3": "mp3"}
)
_CODECS = frozenset(
    {"opus", "libopus", "vorbis", "aac", "alac", "flac", "mp3", "mp3float"}
    | {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"}
)
_GUARDS: Mapping[str, str] = MappingProxyType({"protocol_whitelist": "", "codec_whitelist": ",".join(sorted(_CODECS))})
_EXTRA_OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "wav": {"max_probe_packets": "1"},  # else 14 ms go into a search for DTS hidden in the samples
        "mp4": {"advanced_editlist": "0"},  # each of 100,000 edits would copy the sample table; costs 20 ms of lead-in
    }
)
_ZERO_AND_FULL_SCALE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"u8": (2.0**7, 2.0**7), "s16": (0.0, 2.0**15), "s32": (0.0, 2.0**31)}
)


@dataclass(frozen=True, eq=False)
class Recording:
    """A decoded take: mono float32 `waveform` (n_samples,) in [-1, 1], at the rate it was recorded with."""

    waveform: Waveform
    sample_rate_hz: int
    container: str


def decode(raw: bytes) -> Recording:
    """Decode a recording of at most MAX_TAKE_MS; the channels are averaged, what exceeds full scale is saturated.

    A plain 16-bit WAV is read without FFmpeg. Completeness is not checked: a lossy file cut short may still decode.
    Raises Unusable: empty, unsupported_format, undecodable, bad_sample_rate, too_many_channels or too_long.
    """
    if not raw:
        raise unusable("empty")
    container = sniff_container(raw[:SNIFF_BYTES])
    if container is None:
        raise unusable("unsupported_format")
    waveform, sample_rate_hz = _decode_plain_wav(raw) or _decode_with_ffmpeg(raw, container)
    if not waveform.size:
        raise unusable("empty")
    return Recording(waveform, sample_rate_hz, container)


def unusable(code: str) -> Unusable:
    """Make the error for one of UNUSABLE_REASONS."""
    return Unusable(code, UNUSABLE_REASONS[code])


def _decode_plain_wav(raw: bytes) -> tuple[Waveform, int] | None:
    wav = _read_plain_wav(raw)
    if wav is None:
        return None
    _guard_layout(wav.sample_rate_hz, wav.n_channels)
    _guard_length(len(wav.pcm) // (2 * wav.n_channels), wav.sample_rate_hz)
    return from_pcm(wav.pcm, wav.n_channels), wav.sample_rate_hz


def _read_plain_wav(raw: bytes) -> Wav | None:
    try:
        return read_wav(raw)
    except DataError:
        return None


def _decode_with_ffmpeg(raw: bytes, container: str) -> tuple[Waveform, int]:
    if container == "mp4" and is_mp4_bomb(raw):
        raise unusable("undecodable")
    try:
        return _decode_stream(raw, container)
    except Unusable:
        raise
    except Exception as error:  # FFmpeg answers damaged files with many kinds, ValueError and OSError among them
        raise unusable("undecodable") from error


def _decode_stream(raw: bytes, container: str) -> tuple[Waveform, int]:
    options = {**_GUARDS, **_EXTRA_OPTIONS.get(container, {})}
    with av.open(BytesIO(without_id3(raw)), mode="r", format=_DEMUXERS[container], options=options) as source:
        if not source.streams.audio:
            raise unusable("unsupported_format")
        stream = source.streams.audio[0]
        _guard_codec(stream)
        waveform, sample_rate_hz = _collect(_frames(source, stream, budget_bytes=2 * len(raw)))
    if not np.isfinite(waveform).all():
        raise unusable("undecodable")
    return np.clip(waveform, -1, 1), sample_rate_hz


def _guard_codec(stream: AudioStream) -> None:
    """Before any sample is decoded: a WAV that claims 1 Hz would make millions of samples out of a kilobyte."""
    if stream.codec_context.name not in _CODECS:
        raise unusable("unsupported_format")
    _guard_layout(stream.codec_context.sample_rate, stream.codec_context.channels)


def _frames(source: InputContainer, stream: AudioStream, budget_bytes: int) -> Iterator[AudioFrame]:
    """Decode one stream but count the packets of all: more than the file can hold is a bomb in the container itself."""
    n_bytes = 0
    for packet in source.demux():
        n_bytes += packet.size
        if n_bytes > budget_bytes:
            raise unusable("undecodable")
        if packet.stream is stream:
            yield from stream.decode(packet)


@np.errstate(over="ignore", invalid="ignore")  # absurd floats become infinite, and are refused as such
def _collect(frames: Iterator[AudioFrame]) -> tuple[Waveform, int]:
    """Join the frames, mixed down one by one; a bomb is left after MAX_TAKE_MS, whatever its header promised."""
    parts: list[NDArray[Any]] = []
    n_samples, kinds = 0, set()
    for frame in frames:
        _guard_layout(frame.sample_rate, frame.layout.nb_channels)
        n_samples += frame.samples
        _guard_length(n_samples, frame.sample_rate)
        parts.append(_mix(frame))
        kinds.add((frame.sample_rate, frame.format.name.removesuffix("p")))
    if not parts:
        raise unusable("empty")
    if len(kinds) > 1:  # a second recording is chained to the first
        raise unusable("undecodable")
    [(sample_rate_hz, sample_format)] = kinds
    zero, full_scale = _ZERO_AND_FULL_SCALE.get(sample_format, (0.0, 1.0))
    return ((np.concatenate(parts) - zero) / full_scale).astype(np.float32), sample_rate_hz


def _mix(frame: AudioFrame) -> NDArray[Any]:
    """Average the channels of one frame to (n_samples,), in the units of its sample format."""
    samples: NDArray[Any] = frame.to_ndarray()
    if frame.layout.nb_channels == 1:
        return samples.reshape(-1)
    planes = samples if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels).T
    mean: NDArray[np.float64] = planes.mean(axis=0, dtype=np.float64)
    return mean


def _guard_layout(sample_rate_hz: int, n_channels: int) -> None:
    if not MIN_SOURCE_RATE_HZ <= sample_rate_hz <= MAX_SOURCE_RATE_HZ:
        raise unusable("bad_sample_rate")
    if n_channels > MAX_CHANNELS:
        raise unusable("too_many_channels")


def _guard_length(n_samples: int, sample_rate_hz: int) -> None:
    if n_samples * 1000 > MAX_TAKE_MS * sample_rate_hz:
        raise unusable("too_long")
