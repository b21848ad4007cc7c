"""Every container but WAV, through FFmpeg, with a guard before every step that could cost memory or time."""

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

from speechapp.audio.bomb import MAX_SAMPLES_PER_BYTE, is_mp4_bomb
from speechapp.audio.format import MAX_TAKE_MS
from speechapp.audio.guard import guard_layout, guard_length, unusable
from speechapp.audio.pcm import Waveform
from speechapp.errors import Unusable

# FFmpeg's demuxer for each container of ours; naming it keeps FFmpeg from guessing among its other hundreds.
_DEMUXERS: Mapping[str, str] = MappingProxyType(
    {"flac": "flac", "ogg": "ogg", "webm": "matroska", "mp4": "mov", "mp3": "mp3"}
)
_CODECS = frozenset(
    {"opus", "libopus", "vorbis", "aac", "alac", "flac", "mp3", "mp3float"}
    | {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"}
)
_GUARDS: Mapping[str, str] = MappingProxyType({"protocol_whitelist": "", "codec_whitelist": ",".join(sorted(_CODECS))})
# Each of 100,000 edits in an MP4 would copy its sample table; without them 20 ms of lead-in stay.
_EXTRA_OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType({"mp4": {"advanced_editlist": "0"}})
_NUMPY_TYPES: Mapping[str, str] = MappingProxyType(
    {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
)
_ZERO_AND_FULL_SCALE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"u8": (2.0**7, 2.0**7), "s16": (0.0, 2.0**15), "s32": (0.0, 2.0**31), "s64": (0.0, 2.0**63)}
)


@dataclass(frozen=True, eq=False)
class Stream:
    """Decoded sound: mono float32 `waveform` (n_samples,) in [-1, 1], at `start_samples` by the clock of its file."""

    waveform: Waveform
    sample_rate_hz: int
    start_samples: int


def decode_stream(raw: bytes, container: str, longest_ms: int | None) -> Stream:
    """Decode the first audio stream and average its channels.

    `raw` is without ID3 tags: `without_id3`.
    With `longest_ms` None any length is taken that MAX_SAMPLES_PER_BYTE allows.
    Raises Unusable: empty, unsupported_format, undecodable, bad_sample_rate, too_many_channels or too_long.
    """
    if container == "mp4" and is_mp4_bomb(raw):
        raise unusable("undecodable")
    try:
        return _decode(raw, container, longest_ms)
    except Unusable:
        raise
    except Exception as error:  # FFmpeg answers damaged files with many kinds, ValueError and OSError among them
        raise unusable("undecodable") from error


def _decode(raw: bytes, container: str, longest_ms: int | None) -> Stream:
    options = {**_GUARDS, **_EXTRA_OPTIONS.get(container, {})}
    with av.open(BytesIO(raw), mode="r", format=_DEMUXERS[container], options=options) as source:
        if not source.streams.audio:
            raise unusable("unsupported_format")
        stream = source.streams.audio[0]
        if stream.codec_context.name not in _CODECS:
            raise unusable("unsupported_format")
        guard_layout(stream.codec_context.sample_rate, stream.codec_context.channels)
        return _collect(_frames(source, stream, budget_bytes=2 * len(raw)), len(raw), longest_ms)


def _frames(source: InputContainer, stream: AudioStream, budget_bytes: int) -> Iterator[AudioFrame]:
    """Decode one stream but count the packets of all: more than the file can hold is a bomb in the container itself."""
    n_bytes = 0
    for packet in source.demux():
        n_bytes += packet.size
        if n_bytes > budget_bytes:
            raise unusable("undecodable")
        if packet.stream is stream:
            yield from stream.decode(packet)


def _collect(frames: Iterator[AudioFrame], n_raw_bytes: int, longest_ms: int | None) -> Stream:
    """Join the frames, mixed down one by one; a bomb is left early, whatever its header promised."""
    parts: list[NDArray[Any]] = []
    n_samples, start_samples, kinds = 0, 0, set()
    for frame in frames:
        kind = frame.sample_rate, frame.format.name, frame.layout.nb_channels
        if kind not in kinds:
            guard_layout(frame.sample_rate, frame.layout.nb_channels)
            kinds.add(kind)
        if not parts and frame.pts is not None and frame.time_base is not None:
            start_samples = round(frame.pts * frame.time_base * frame.sample_rate)
        n_samples += frame.samples
        guard_length(n_samples, frame.sample_rate, longest_ms)
        if n_samples > n_raw_bytes * MAX_SAMPLES_PER_BYTE:
            guard_length(n_samples, frame.sample_rate, MAX_TAKE_MS)
        parts.append(_mix(frame, *kind[1:]))
    if not parts:
        raise unusable("empty")
    rates_and_formats = {(rate_hz, sample_format.removesuffix("p")) for rate_hz, sample_format, _ in kinds}
    if len(rates_and_formats) > 1:  # a second recording is chained to the first
        raise unusable("undecodable")
    [(sample_rate_hz, sample_format)] = rates_and_formats
    return Stream(_to_waveform(np.concatenate(parts), sample_format), sample_rate_hz, start_samples)


def _mix(frame: AudioFrame, sample_format: str, n_channels: int) -> NDArray[Any]:
    """Average the channels of one frame to (n_samples,), in the units of its sample format.

    Frame.to_ndarray does the same for four times the time; an Opus clip of 3 s has 150 frames.
    """
    dtype = np.dtype(_NUMPY_TYPES[sample_format.removesuffix("p")])
    first = memoryview(frame.planes[0])
    if n_channels == 1:
        samples: NDArray[Any] = np.frombuffer(first, dtype, frame.samples)
        return samples.copy()  # a view would hold the whole frame
    if frame.format.is_planar:
        planes = np.stack([np.frombuffer(memoryview(plane), dtype, frame.samples) for plane in frame.planes])
    else:
        planes = np.frombuffer(first, dtype, frame.samples * n_channels).reshape(-1, n_channels).T
    mean: NDArray[np.float64] = planes.mean(axis=0, dtype=np.float64)
    return mean


def _to_waveform(samples: NDArray[Any], sample_format: str) -> Waveform:
    """Bring samples in units of FFmpeg's format to float32 in [-1, 1]; saturate floats, refuse what is no number."""
    zero, full_scale = _ZERO_AND_FULL_SCALE.get(sample_format, (0.0, 1.0))
    if full_scale > 1:
        scaled: NDArray[Any] = samples.astype(np.float32 if samples.dtype.itemsize < 4 else np.float64)
        scaled -= zero
        scaled /= full_scale
        return scaled.astype(np.float32, copy=False)
    with np.errstate(over="ignore"):  # absurd floats become infinite, and are refused as such
        waveform: Waveform = samples.astype(np.float32, copy=False)
    lowest, highest = float(waveform.min(initial=0.0)), float(waveform.max(initial=0.0))
    if not np.isfinite(lowest + highest):  # either is no number where any sample is none
        raise unusable("undecodable")
    return np.clip(waveform, -1, 1) if lowest < -1 or highest > 1 else waveform
