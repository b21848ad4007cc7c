"""Doubt: how likely it is that a reviewer has to look at a clip twice, as one number to put clips in order by."""

from collections.abc import Collection
from typing import Final

CLEAN_SNR_DB: Final = 40.0  # noise further below the speech is not heard
UNKNOWN: Final = 0.5  # the confidence of a window that was chosen without one


def doubt(faults: Collection[str], confidence: float | None, snr_db: float) -> float:
    """Add up what speaks against a clip: one for each fault, up to one for a window in doubt, up to one for noise.

    confidence  that the clip holds the whole word, 0 to 1
    """
    noise = max(0.0, 1 - snr_db / CLEAN_SNR_DB)
    return len(faults) + 1 - (UNKNOWN if confidence is None else confidence) + noise
