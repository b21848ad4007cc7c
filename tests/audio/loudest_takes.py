"""Takes made by integer arithmetic, and where their loudest second begins by the plainest reading of the rule.

    .venv/bin/python -m tests.audio.loudest_takes     # writes tests/audio/loudest_takes.json: look at its diff

The JSON says all that another program needs to make the same takes. The rule is that of `extract_loudest_section`: the
second with the largest sum of |x|, the first of equals. Its C++ differs in three ways: it begins one sample earlier
(its index is that of the last sample, not of the one behind), it squares the samples of the first second, and it adds
up in float32. With sums in float64 it gave our answer or one sample less on 765 real recordings of 765.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from speechapp.audio.pcm import Waveform

SECOND = 16_000
GOLDEN = Path(__file__).with_suffix(".json")


@dataclass(frozen=True)
class Take:
    """Noise of `pieces` (first sample, sample behind the last, largest magnitude) on a constant `offset`."""

    name: str
    seed: int
    n_samples: int
    pieces: tuple[tuple[int, int, int], ...]
    offset: int = 0


TAKES = (
    Take("silence", 1, 20_000, ()),
    Take("silence and an offset", 2, 20_000, (), 655),
    Take("exactly a second", 3, 16_000, ((2_000, 9_000, 900),)),
    Take("a second and a sample, louder at the start", 4, 16_001, ((0, 1, 500), (4_000, 6_000, 900))),
    Take("a second and a sample, louder at the end", 5, 16_001, ((4_000, 6_000, 900), (16_000, 16_001, 500))),
    Take("a second and two", 6, 16_002, ((0, 16_002, 300),)),
    Take("one sample", 7, 1, ((0, 1, 900),)),
    Take("an odd short take", 8, 6_401, ((1_000, 5_000, 900),)),
    Take("an even short take", 9, 6_400, ((1_000, 5_000, 900),)),
    Take("a sample less than a second", 10, 15_999, ((1_000, 5_000, 900),)),
    Take("a word at the start", 11, 32_000, ((0, 6_000, 9_000),)),
    Take("a word in the middle", 12, 32_000, ((13_000, 19_000, 9_000),)),
    Take("a word at the end", 13, 32_000, ((26_000, 32_000, 9_000),)),
    Take("a word in noise", 14, 32_000, ((0, 32_000, 60), (15_000, 21_000, 9_000))),
    Take("a word of just a second", 15, 40_000, ((11_000, 27_000, 3_000),)),
    Take("a word of a second and a sample", 16, 40_000, ((11_000, 27_001, 3_000),)),
    Take("a word longer than a second", 17, 40_000, ((9_000, 31_000, 3_000),)),
    Take("two words of one loudness", 18, 40_000, ((2_000, 8_000, 4_000), (30_000, 36_000, 4_000))),
    Take("two words, the second louder", 19, 40_000, ((2_000, 8_000, 4_000), (30_000, 36_000, 4_100))),
    Take("two words near each other", 20, 40_000, ((12_000, 17_000, 4_000), (21_000, 27_000, 3_500))),
    Take("a click after the word", 21, 40_000, ((6_000, 12_000, 2_000), (33_000, 33_040, 32_767))),
    Take("full scale everywhere", 22, 24_000, ((0, 24_000, 32_767),)),
    Take("one bit everywhere", 23, 32_000, ((0, 32_000, 1),)),
    Take("a word in near silence", 24, 48_000, ((0, 48_000, 1), (20_000, 26_000, 6_000))),
    Take("a loud word, then one bit", 25, 64_000, ((1_000, 7_000, 30_000), (7_000, 64_000, 1))),
    Take("one bit, then a loud word, then one bit", 26, 64_000, ((0, 64_000, 1), (40_000, 48_000, 30_000))),
    Take("a soft word behind a loud second", 27, 64_000, ((4_000, 20_000, 20_000), (40_000, 44_000, 200))),
    Take("a word on a small offset", 28, 32_000, ((14_000, 20_000, 5_000),), 3),
    Take("a word on an offset of two per cent", 29, 32_000, ((14_000, 20_000, 5_000),), 655),
    Take("a word on a negative offset", 30, 32_000, ((5_000, 11_000, 5_000),), -655),
    Take("ten seconds", 31, 160_000, ((0, 160_000, 40), (90_000, 98_000, 700))),
)


def samples(take: Take) -> list[int]:
    """Make the int16 samples: a later piece takes the place of an earlier one."""
    made, numbers = [0] * take.n_samples, _numbers(take.seed)
    for start, stop, largest in take.pieces:
        made[start:stop] = [next(numbers) % (2 * largest + 1) - largest for _ in range(start, stop)]
    return [max(-32_768, min(sample + take.offset, 32_767)) for sample in made]


def waveform(take: Take) -> Waveform:
    return (np.array(samples(take)) / 32_768).astype(np.float32)


def loudest_start(take: Sequence[int]) -> int:
    """Where the first second of the largest sum of |x| begins; a shorter take lies in the middle of it."""
    if len(take) <= SECOND:
        return -((SECOND - len(take)) // 2)
    total = largest = sum(abs(sample) for sample in take[:SECOND])
    found = 0
    for stop in range(SECOND, len(take)):
        total += abs(take[stop]) - abs(take[stop - SECOND])
        if total > largest:
            largest, found = total, stop - SECOND + 1
    return found


def golden() -> list[dict[str, object]]:
    return [asdict(take) | {"start_samples": loudest_start(samples(take))} for take in TAKES]


def _numbers(seed: int) -> Iterator[int]:
    """Source: the linear congruential generator of the C standard (ISO/IEC 9899), whose upper 15 bits it gives."""
    state = seed
    while True:
        state = (state * 1_103_515_245 + 12_345) % 2**31
        yield state >> 16


if __name__ == "__main__":
    GOLDEN.write_text("[\n" + ",\n".join(json.dumps(vector) for vector in golden()) + "\n]\n")
