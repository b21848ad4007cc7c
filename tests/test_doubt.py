"""Doubt: one number that puts the clips a reviewer should look at before the others."""

import pytest

from speechapp.doubt import doubt


@pytest.mark.parametrize(
    ("faults", "confidence", "snr_db", "expected"),
    [
        ([], 1.0, 40.0, 0.0),
        ([], 1.0, 90.0, 0.0),
        ([], 1.0, 10.0, 0.75),
        ([], 0.25, 40.0, 0.75),
        (["clipped"], 1.0, 40.0, 1.0),
        (["clipped", "two_words"], 0.5, 0.0, 3.5),
        ([], None, 40.0, 0.5),
    ],
)
def test_faults_noise_and_a_window_in_doubt_add_up(
    faults: list[str], confidence: float | None, snr_db: float, expected: float
) -> None:
    assert doubt(faults, confidence, snr_db) == pytest.approx(expected)
