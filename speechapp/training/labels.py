"""What the classes of a model are called, and in which order."""

from collections.abc import Sequence

from speechapp.errors import InvalidInput

SILENCE = "_silence_"
UNKNOWN = "_unknown_"
DEFAULT_WORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")

Labels = tuple[str, ...]


def labels_of(words: Sequence[str]) -> Labels:
    """`_silence_`, `_unknown_`, then the wanted words as given; raises InvalidInput on an empty or doubled word."""
    if not words or not all(words):
        raise InvalidInput("words_invalid", "Name at least one wanted word, for example --words yes,no.")
    labels = (SILENCE, UNKNOWN, *words)
    if len(set(labels)) != len(labels):
        raise InvalidInput("words_invalid", f"A wanted word stands twice in {','.join(words)}; name each once.")
    return labels


def label_index(word: str, labels: Labels) -> int:
    """Where a folder's word stands among the labels; a word that is not wanted counts as `_unknown_`."""
    return labels.index(word if word in labels else UNKNOWN)
