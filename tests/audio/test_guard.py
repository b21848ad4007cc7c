"""The limits of every recording, at their edges."""

import pytest

from speechapp.audio.format import UNUSABLE_REASONS
from speechapp.audio.guard import guard_layout, guard_length, unusable
from speechapp.errors import Unusable


@pytest.mark.parametrize("rate_hz", [8_000, 192_000])
@pytest.mark.parametrize("n_channels", [1, 8])
def test_what_lies_within_the_limits_passes(rate_hz: int, n_channels: int) -> None:
    guard_layout(rate_hz, n_channels)


@pytest.mark.parametrize(
    ("rate_hz", "n_channels", "code"),
    [(7_999, 1, "bad_sample_rate"), (192_001, 1, "bad_sample_rate"), (16_000, 9, "too_many_channels")],
)
def test_what_lies_outside_is_refused(rate_hz: int, n_channels: int, code: str) -> None:
    with pytest.raises(Unusable) as refused:
        guard_layout(rate_hz, n_channels)
    assert refused.value.code == code


def test_a_recording_may_be_as_long_as_the_limit() -> None:
    guard_length(441_000, 44_100, 10_000)
    with pytest.raises(Unusable, match=UNUSABLE_REASONS["too_long"]):
        guard_length(441_001, 44_100, 10_000)


def test_without_a_limit_any_length_passes() -> None:
    guard_length(2**40, 8_000, None)


@pytest.mark.parametrize("code", UNUSABLE_REASONS)
def test_every_reason_has_its_error(code: str) -> None:
    assert (unusable(code).code, unusable(code).message) == (code, UNUSABLE_REASONS[code])
