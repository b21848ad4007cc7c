"""The limits that every recording must keep, whatever container it came in."""

from speechapp.audio.format import MAX_CHANNELS, MAX_SOURCE_RATE_HZ, MIN_SOURCE_RATE_HZ, UNUSABLE_REASONS
from speechapp.errors import Unusable


def unusable(code: str) -> Unusable:
    """Make the error for one of UNUSABLE_REASONS."""
    return Unusable(code, UNUSABLE_REASONS[code])


def guard_layout(sample_rate_hz: int, n_channels: int) -> None:
    """Raise Unusable for a rate or a number of channels out of range: 1 Hz would make millions of samples."""
    if not MIN_SOURCE_RATE_HZ <= sample_rate_hz <= MAX_SOURCE_RATE_HZ:
        raise unusable("bad_sample_rate")
    if n_channels > MAX_CHANNELS:
        raise unusable("too_many_channels")


def guard_length(n_samples: int, sample_rate_hz: int, longest_ms: int | None) -> None:
    """Raise Unusable for more samples a channel than fit into `longest_ms`; None is any length."""
    if longest_ms is not None and n_samples * 1000 > longest_ms * sample_rate_hz:
        raise unusable("too_long")
