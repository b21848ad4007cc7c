"""Prompts: which words a volunteer is asked for, and in what order."""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from speechapp.errors import ConfigError

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"
WORD = re.compile(r"[a-z][a-z0-9]{0,31}")  # what every common loader takes as the name of a folder


@dataclass(frozen=True)
class Vocabulary:
    """A versioned word list of one language: core words are asked for several times, auxiliary words once."""

    language: str
    version: str
    core_repetitions: int
    core: tuple[str, ...]
    auxiliary: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return self.core + self.auxiliary

    @property
    def n_prompts(self) -> int:
        return len(self.core) * self.core_repetitions + len(self.auxiliary)


def load_vocabulary(named: str) -> Vocabulary:
    """The vocabulary of a language that is shipped, or of a file; raises ConfigError that says what is wrong."""
    path = Path(named) if named.endswith(".json") else VOCABULARY_DIR / f"{named}.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        vocabulary = Vocabulary(
            language=str(table["language"]),
            version=str(table["version"]),
            core_repetitions=int(table["core_repetitions"]),
            core=tuple(map(str, table["core"])),
            auxiliary=tuple(map(str, table["auxiliary"])),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        shipped = ", ".join(sorted(found.stem for found in VOCABULARY_DIR.glob("*.json")))
        raise ConfigError(
            "vocabulary_unusable",
            f"SPEECHAPP_VOCABULARY={named} cannot be read ({error!r}). Shipped languages: {shipped}.",
        ) from error
    _check(vocabulary, named)
    return vocabulary


def ordered_prompts(vocabulary: Vocabulary, rng: random.Random) -> list[str]:
    """The words of one visit, shuffled so that the same word never comes twice in a row."""
    left = Counter(dict.fromkeys(vocabulary.core, vocabulary.core_repetitions))
    left.update(vocabulary.auxiliary)
    words: list[str] = []
    while left.total():
        words.append(_next_word(left, words[-1] if words else None, rng))
        left[words[-1]] -= 1
    return words


def _next_word(left: Counter[str], last: str | None, rng: random.Random) -> str:
    """Any word but the last one; a word with so many repetitions left that it must come now, comes now."""
    n_left = left.total()
    must = [word for word, n in left.items() if word != last and 2 * n > n_left]
    open_words = must or [word for word, n in left.items() if n and word != last]
    return rng.choices(open_words, weights=[left[word] for word in open_words])[0]


def _check(vocabulary: Vocabulary, named: str) -> None:
    repeated = [word for word, n in Counter(vocabulary.words).items() if n > 1]
    malformed = [word for word in vocabulary.words if not WORD.fullmatch(word)]
    problem = (
        f"it repeats {', '.join(repeated)}"
        if repeated
        else f"{', '.join(malformed)} is not a word of a-z and 0-9"
        if malformed
        else "it needs two words at least"
        if len(vocabulary.words) < 2
        else f"core_repetitions must be 1 to 128, not {vocabulary.core_repetitions}"
        if not 1 <= vocabulary.core_repetitions <= 128
        else f"{vocabulary.core[0]} would have to follow itself"
        if len(vocabulary.core) == 1 and vocabulary.core_repetitions > len(vocabulary.auxiliary) + 1
        else None
    )
    if problem:
        raise ConfigError("vocabulary_invalid", f"SPEECHAPP_VOCABULARY={named}: {problem}. Mend the file.")
