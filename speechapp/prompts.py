"""Prompts: which words a volunteer is asked for, how they are shown, and in what order."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

WORD = re.compile(r"[a-z][a-z0-9]{0,31}")  # what every common loader takes as the name of a folder
LANGUAGE = re.compile(r"(?=.{2,16}$)[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # a tag of BCP 47, as short as the tables have it

_FROM_RIGHT_TO_LEFT: Final = re.compile(
    r"(ar|arc|ckb|dv|fa|he|ku-Arab|mzn|nqo|pnb|ps|sd|syr|ug|ur|yi)(-.*)?|[a-z]+-(Adlm|Arab|Hebr|Nkoo|Syrc|Thaa)(-.*)?"
)


@dataclass(frozen=True)
class Prompt:
    """How one word is asked for: its text and, for people who don't read, a picture, a sound, or both."""

    word: str
    text: str
    picture: str | None = None  # both are names of files beside that of the vocabulary
    sound: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """A versioned word list of one language: core words are asked for several times, auxiliary words once."""

    id: str
    name: str
    language: str
    version: str
    core_repetitions: int
    core: tuple[Prompt, ...]
    auxiliary: tuple[Prompt, ...]
    licence: str | None = None
    credits: str | None = None
    media: Mapping[str, Path] = field(default_factory=dict)  # every picture and sound by its name
    media_version: str = ""  # follows from their content

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        return self.core + self.auxiliary

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(prompt.word for prompt in self.prompts)

    @property
    def n_prompts(self) -> int:
        return len(self.core) * self.core_repetitions + len(self.auxiliary)


def direction_of(language: str) -> str:
    """`rtl` for a language that is written from right to left, else `ltr`."""
    return "rtl" if _FROM_RIGHT_TO_LEFT.fullmatch(language) else "ltr"


def ordered_prompts(vocabulary: Vocabulary, rng: random.Random) -> list[str]:
    """The words of one visit, shuffled so that the same word never comes twice in a row."""
    left = Counter({prompt.word: vocabulary.core_repetitions for prompt in vocabulary.core})
    left.update(prompt.word for prompt in vocabulary.auxiliary)
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
