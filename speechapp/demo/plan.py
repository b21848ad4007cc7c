"""Who the synthetic volunteers are, and what becomes of each of their takes: all drawn from a seed beforehand."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice, product
from types import MappingProxyType
from typing import Final, Literal

Colour = Literal["white", "pink", "brown"]
Flaw = Literal["silent", "clipped", "cut_off", "quiet", "noisy", "wrong_word"]

REASON_OF_FLAW: Final[Mapping[Flaw, str]] = MappingProxyType(
    {
        "silent": "silent",
        "clipped": "other",
        "cut_off": "cut_off",
        "quiet": "quiet",
        "noisy": "noise",
        "wrong_word": "wrong_word",
    }
)
FLAWS: Final = tuple(REASON_OF_FLAW)
COLOURS: Final[tuple[Colour, ...]] = ("white", "pink", "brown")
FLAWED_SHARE: Final = 0.07
WAITING_SHARE: Final = 0.09  # left to whoever tries the review page
ONE_GIVES_NOISE_OF: Final = 4  # volunteers; all of that noise is left to whoever tries the review page

_ENGLISH: Final = ("en-us", "en-gb", "en-gb-scotland", "en-029", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
_VARIANTS: Final = ("f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7")


@dataclass(frozen=True)
class Voice:
    """How espeak-ng is to speak: an accent with a variant, a pitch of 0 to 99, and a speed."""

    name: str
    pitch: int
    words_per_minute: int


@dataclass(frozen=True)
class Room:
    """The noise a volunteer sits in, and its RMS level."""

    colour: Colour
    level_dbfs: float


@dataclass(frozen=True)
class Take:
    """One recording to be made: what is around the word, how loud the word is, what is wrong, and whether it waits."""

    position: int
    voice: Voice
    room: Room
    lead_ms: int
    tail_ms: int
    speech_dbfs: float
    flaw: Flaw | None
    waits_for_review: bool
    noise_seed: int


@dataclass(frozen=True)
class Volunteer:
    """One synthetic speaker with all their takes, who gives the noise of their room or does not."""

    voice: Voice
    room: Room
    takes: tuple[Take, ...]
    gives_noise: bool


def plan_volunteers(n: int, words_each: int, seed: int, language: str = "en") -> list[Volunteer]:
    """The same arguments give the same volunteers; no two share a voice while there are voices left."""
    rng = random.Random(seed)  # noqa: S311
    names = [f"{accent}+{variant}" for accent, variant in product(_accents(language), _VARIANTS)]
    rng.shuffle(names)
    fates = _fates(n * words_each, rng)
    volunteers = []
    for number, name in enumerate(islice(cycle(names), n)):
        voice = Voice(name, rng.randint(30, 70), rng.randint(120, 190))
        room = Room(rng.choice(COLOURS), round(rng.uniform(-72.0, -44.0), 1))
        mine = fates[number * words_each : (number + 1) * words_each]
        takes = tuple(_take(position, voice, room, fate, rng) for position, fate in enumerate(mine))
        volunteers.append(Volunteer(voice, room, takes, gives_noise=number % ONE_GIVES_NOISE_OF == 0))
    return volunteers


@dataclass(frozen=True)
class _Fate:
    flaw: Flaw | None = None
    waits: bool = False


def _accents(language: str) -> tuple[str, ...]:
    return _ENGLISH if language == "en" else (language,)


def _fates(n_takes: int, rng: random.Random) -> list[_Fate]:
    """A fixed share of flawed takes, of every kind where there is room for it, and of takes nobody reviews."""
    fates = [_Fate()] * n_takes
    n_flawed = max(round(FLAWED_SHARE * n_takes), min(len(FLAWS), n_takes // 2))
    for index, flaw in zip(rng.sample(range(n_takes), n_flawed), cycle(FLAWS), strict=False):
        fates[index] = _Fate(flaw)
    for index in rng.sample(range(n_takes), round(WAITING_SHARE * n_takes)):
        fates[index] = replace(fates[index], waits=True)
    return fates


def _take(position: int, voice: Voice, room: Room, fate: _Fate, rng: random.Random) -> Take:
    """Nobody says a word twice alike: pitch, speed, distance and reaction time vary from take to take."""
    said = Voice(voice.name, voice.pitch + rng.randint(-8, 8), voice.words_per_minute + rng.randint(-20, 20))
    return Take(
        position=position,
        voice=said,
        room=_room_of_take(room, fate.flaw),
        lead_ms=0 if fate.flaw == "cut_off" else rng.randint(250, 800),
        tail_ms=rng.randint(300, 900),
        speech_dbfs=_level_dbfs(fate.flaw, rng.uniform(-30.0, -20.0)),
        flaw=fate.flaw,
        waits_for_review=fate.waits,
        noise_seed=rng.getrandbits(32),
    )


def _room_of_take(room: Room, flaw: Flaw | None) -> Room:
    if flaw == "silent":
        return Room(room.colour, -85.0)  # a muted microphone: its peaks stay below what processing calls silent
    return Room(room.colour, -24.0) if flaw == "noisy" else room


def _level_dbfs(flaw: Flaw | None, usual_dbfs: float) -> float:
    levels_dbfs = {"clipped": 0.0, "quiet": -58.0, "noisy": -26.0}
    return levels_dbfs.get(flaw or "", round(usual_dbfs, 1))
