"""Settings that cannot be trained with are refused before anything is read."""

import pytest

from speechapp.errors import InvalidInput
from speechapp.training.settings import TrainSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_epochs", 0), ("batch_size", 1), ("learning_rate", 0.0), ("silence_percent", 60.0), ("unknown_percent", -1.0)],
)
def test_a_value_out_of_range_is_named_with_its_range(name: str, value: float) -> None:
    with pytest.raises(InvalidInput, match=rf"{name} is {value}; it must lie in"):
        TrainSettings(**{name: value})  # type: ignore[arg-type]


def test_words_are_checked_too() -> None:
    with pytest.raises(InvalidInput, match="name each once"):
        TrainSettings(words=("up", "up"))
