"""The picture of a take."""

from base64 import b64decode

import numpy as np
import pytest

from speechapp.batch.picture import picture


@pytest.mark.parametrize(("n_samples", "n_columns"), [(1, 1), (100, 100), (16_000, 160), (80_000, 200), (960_000, 640)])
def test_a_longer_take_has_more_columns_within_limits(n_samples: int, n_columns: int) -> None:
    assert len(b64decode(picture(np.ones(n_samples, dtype=np.float32)))) == n_columns


def test_a_column_is_the_root_of_its_share_of_the_peak() -> None:
    take = np.zeros(1600, dtype=np.float32)
    take[5], take[16], take[1599] = 0.25, -0.5, 0.125
    columns = b64decode(picture(take))
    assert (columns[0], columns[1], columns[2], columns[159]) == (180, 255, 0, 128)


def test_silence_is_flat() -> None:
    assert set(b64decode(picture(np.zeros(1600, dtype=np.float32)))) == {0}
