"""The picture of a take: its envelope in a few hundred letters, for reports of thousands of them."""

from base64 import b64encode
from typing import Final

import numpy as np

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform

FEWEST_COLUMNS: Final = 160
MOST_COLUMNS: Final = 640
COLUMNS_PER_S: Final = 40


def picture(take: Waveform) -> str:
    """Draw a take (n_samples,), n_samples > 0, at SAMPLE_RATE_HZ as base64 of one byte per column.

    A byte is 255 times the square root of the column's largest |x| over that of the take, rounded: the root keeps soft
    onsets visible. Columns are equally long; what is left over behind the last, less than a column, is not drawn.
    """
    n_columns = min(max(FEWEST_COLUMNS, len(take) * COLUMNS_PER_S // SAMPLE_RATE_HZ), MOST_COLUMNS, len(take))
    n_each = len(take) // n_columns
    columns = take[: n_columns * n_each].reshape(n_columns, n_each)
    peaks = np.maximum(columns.max(axis=1), -columns.min(axis=1))
    relative = peaks / max(float(peaks.max()), 1e-9)
    return b64encode(np.rint(255 * np.sqrt(np.maximum(relative, 0))).astype(np.uint8)).decode()
