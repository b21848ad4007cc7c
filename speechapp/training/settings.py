"""What a training run can be told; the defaults are the recipe that measured best (docs/LOG.md)."""

from dataclasses import dataclass

from speechapp.errors import InvalidInput
from speechapp.training.labels import DEFAULT_WORDS, labels_of


@dataclass(frozen=True)
class TrainSettings:
    """One recipe. Percentages are shares of an epoch's examples. Raises InvalidInput for a value that cannot be."""

    words: tuple[str, ...] = DEFAULT_WORDS
    n_epochs: int = 30
    batch_size: int = 100
    learning_rate: float = 0.004
    weight_decay: float = 0.1
    label_smoothing: float = 0.05
    seed: int = 0
    n_channels: int = 96
    silence_percent: float = 12.0
    unknown_percent: float = 30.0
    made_unknown_share: float = 0.5
    noise_probability: float = 0.8
    noise_snr_db: tuple[float, float] = (0.0, 40.0)
    time_shift_ms: float = 100.0
    speed_percent: float = 12.0
    gain_db: float = 10.0
    mask_frames: int = 12
    mask_mels: int = 6
    split_by_speaker: bool = False

    def __post_init__(self) -> None:
        labels_of(self.words)
        for name, least, most in _RANGES:
            if not least <= getattr(self, name) <= most:
                raise InvalidInput(
                    "setting_invalid", f"{name} is {getattr(self, name)}; it must lie in {least} to {most}."
                )


_RANGES: tuple[tuple[str, float, float], ...] = (
    ("n_epochs", 1, 10_000),
    ("batch_size", 2, 10_000),
    ("learning_rate", 1e-7, 1.0),
    ("weight_decay", 0.0, 1.0),
    ("n_channels", 8, 1_024),
    ("seed", 0, 2**31 - 1),
    ("silence_percent", 0.0, 45.0),
    ("unknown_percent", 0.0, 45.0),
)
