"""Takes with known answers, and what is asked of their clips."""

from pathlib import Path

from speechapp.audio.clip import Processing
from tests.sounds import word_like

LOUDEST = Processing(method="loudest")  # what is done with files is the same for every method
HALF_A_SECOND = Processing(method="loudest", n_samples=8_000)


def take(seed: int = 0, seconds: float = 1.5) -> bytes:
    """A WAV take at the rate of clips."""
    return word_like(seconds=seconds, seed=seed, rate_hz=16_000)


def tree(folder: Path) -> list[str]:
    """All visible files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")


def inside(folder: Path) -> list[str]:
    """All that lies in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())
