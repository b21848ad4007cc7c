"""From the bytes a stranger sent to a mono waveform."""

from dataclasses import dataclass

from speechapp.audio.bomb import without_id3
from speechapp.audio.declared import Claim, claim
from speechapp.audio.ffmpeg import Stream, decode_stream
from speechapp.audio.format import MAX_TAKE_MS, SNIFF_BYTES, sniff_container
from speechapp.audio.guard import guard_layout, guard_length, unusable
from speechapp.audio.pcm import Waveform
from speechapp.audio.wav import mix_down, parse_wav
from speechapp.errors import DataError

UNKNOWN_MISSING_MS = 100
_MAX_DECLARED_SAMPLES = 2**48  # more is damage, and would only overflow what is computed with it


@dataclass(frozen=True, eq=False)
class Recording:
    """A decoded take: mono float32 `waveform` (n_samples,) in [-1, 1], at the rate it was recorded with.

    declared_samples  how many samples, at sample_rate_hz, the file says it has at least; None when it does not say.
                      Fewer in the waveform mean that the file was cut short, or damaged in the middle. Where nobody
                      can know how many are missing, since a page, block or box is cut or the mark of the end is not
                      there, they are taken to be UNKNOWN_MISSING_MS.
    """

    waveform: Waveform
    sample_rate_hz: int
    container: str
    declared_samples: int | None = None


def decode(raw: bytes, longest_ms: int | None = MAX_TAKE_MS) -> Recording:
    """Decode a recording of at most `longest_ms`, or of any length; the channels are averaged.

    WAV is read by ourselves, all else through FFmpeg; what exceeds full scale is saturated.
    Raises Unusable: empty, unsupported_format, undecodable, bad_sample_rate, too_many_channels or too_long.
    """
    if not raw:
        raise unusable("empty")
    container = sniff_container(raw[:SNIFF_BYTES])
    if container is None:
        raise unusable("unsupported_format")
    recording = _decode_wav(raw, longest_ms) if container == "wav" else _decode_other(raw, container, longest_ms)
    if not recording.waveform.size:
        raise unusable("empty")
    return recording


def _decode_wav(raw: bytes, longest_ms: int | None) -> Recording:
    try:
        sound = parse_wav(raw)
        guard_layout(sound.sample_rate_hz, sound.n_channels)
        guard_length(sound.n_samples, sound.sample_rate_hz, longest_ms)
        return Recording(mix_down(sound), sound.sample_rate_hz, "wav", sound.declared_samples)
    except DataError as error:
        raise unusable("unsupported_format" if error.code == "unsupported_wav" else "undecodable") from error


def _decode_other(raw: bytes, container: str, longest_ms: int | None) -> Recording:
    bare = without_id3(raw) if container == "mp3" else raw
    stream = decode_stream(bare, container, longest_ms)
    declared_samples = _declared_samples(claim(bare, container), stream)
    return Recording(stream.waveform, stream.sample_rate_hz, container, declared_samples)


def _declared_samples(claimed: Claim, stream: Stream) -> int | None:
    """Give what a file says it has, at the rate it was decoded to; more than it has where its end is missing."""
    n_samples = None
    if claimed.n_samples is not None and claimed.rate_hz:
        n_samples = claimed.n_samples * stream.sample_rate_hz // claimed.rate_hz - max(stream.start_samples, 0)
        n_samples = min(max(n_samples, 0), _MAX_DECLARED_SAMPLES)
    if claimed.is_whole:
        return n_samples
    n_missing = stream.sample_rate_hz * UNKNOWN_MISSING_MS // 1000
    return max(n_samples or 0, len(stream.waveform) + n_missing)
