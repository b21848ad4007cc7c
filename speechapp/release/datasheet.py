"""The two texts of a release: its datasheet, README.md, and its LICENSE. Equal rows give equal bytes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Final

from speechapp.release.answers import answers_table
from speechapp.release.manifest import ManifestRow, count_by_word
from speechapp.release.partition import PARTITIONS, Partition

_LICENCE_HEAD: Final = """\
Speechapp $version is licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0).
$attribution
The legal code follows; it also stands at https://creativecommons.org/licenses/by/4.0/legalcode

"""
_ATTRIBUTION: Final = (
    'Please credit it like this: "Speechapp $version, spoken words by the volunteers of Speechapp, CC BY 4.0, '
    'https://creativecommons.org/licenses/by/4.0/", and say so if you changed anything.'
)
_ROOM_NOISE: Final = """
Recorded: $n rooms, $seconds s in all, as `room_HASH.wav`. Volunteers gave them for this after their microphone check,
while nobody spoke. A program looked for a voice in each, and a person listened to it. They are averaged to mono,
resampled to 16,000 Hz, their mean removed, and cut to whole seconds; the level is as it was. The names are hashes of
what was sent and tell of nobody. They have no language and are in no partition; `background_noise.csv`, beside the
archive, lists them.
"""
_AROUND_THE_WORD: Final = (
    "the second around the word is kept. Where the word lies is estimated from the sound; the manifest tells it, and "
    "how surely the clip holds all of it"
)
_LOUDEST: Final = "the loudest second (the largest sum of absolute sample values) is kept"
_SHORTER: Final = "A shorter recording stands in silence."
_NO_LANGUAGE: Final = "The language of the words was not told."
_ORIGINS: Final = {
    "demo": "synthetic voices of a demonstration: no people, not fit for training",
    "import": "people whose existing recordings were imported",
    "recorder": "volunteers who recorded in the browser",
}


def datasheet(
    version: str,
    rows: Sequence[ManifestRow],
    speakers_by_origin: Mapping[str, int],
    told: Mapping[str, Mapping[str, int]],
    language: str | None = None,
    room_noise_s: Sequence[int] = (),
) -> bytes:
    """README.md, UTF-8 Markdown; counts of speakers per origin (recorder, import, demo), and per detail and answer.

    `room_noise_s` are the seconds of each recorded noise.
    """
    counts = count_by_word(rows)
    n_speakers = len({row.speaker for row in rows})
    return _filled(
        _data("datasheet.md"),
        version,
        n_clips=f"{len(rows):,}",
        n_words=str(len(counts)),
        n_speakers=str(n_speakers),
        language=f"The words are of one language: `{language}` (BCP 47)." if language else _NO_LANGUAGE,
        counts=_counts_table(counts),
        origins=_origins_list(speakers_by_origin),
        windows=_windows(rows),
        faults=_faults(rows),
        answers=answers_table(told, n_speakers),
        noise_summary=_noise_summary(room_noise_s),
        room_noise=_room_noise(room_noise_s),
    )


def licence(version: str) -> bytes:
    """LICENSE: how to credit, then the legal code of CC BY 4.0 word for word."""
    return _filled(_LICENCE_HEAD, version) + _data("cc_by_4_0.txt").encode()


def _filled(text: str, version: str, **values: str) -> bytes:
    attribution = Template(_ATTRIBUTION).substitute(version=version)
    return Template(text).substitute(version=version, attribution=attribution, **values).encode()


def _data(name: str) -> str:
    return (files("speechapp.release") / name).read_text(encoding="utf-8")


def _noise_summary(room_noise_s: Sequence[int]) -> str:
    return f"three minutes of synthetic noise{f' and {sum(room_noise_s):,} s of rooms' if room_noise_s else ''}"


def _room_noise(room_noise_s: Sequence[int]) -> str:
    if not room_noise_s:
        return ""
    return Template(_ROOM_NOISE).substitute(n=f"{len(room_noise_s):,}", seconds=f"{sum(room_noise_s):,}")


def _counts_table(counts: Mapping[str, Mapping[Partition, int]]) -> str:
    lines = [f"| word | {' | '.join(PARTITIONS)} | all |", "| --- |" + " ---: |" * (len(PARTITIONS) + 1)]
    lines += [_counts_line(word, by_partition) for word, by_partition in counts.items()]
    totals = {partition: sum(by_word[partition] for by_word in counts.values()) for partition in PARTITIONS}
    return "\n".join([*lines, _counts_line("**all**", totals)])


def _counts_line(word: str, by_partition: Mapping[Partition, int]) -> str:
    numbers = [by_partition[partition] for partition in PARTITIONS]
    return f"| {word} | {' | '.join(str(n) for n in [*numbers, sum(numbers)])} |"


def _windows(rows: Sequence[ManifestRow]) -> str:
    """Which second of a recording became the clip."""
    n_words = sum(row.alignment_method == "word" for row in rows)
    n_others = len(rows) - n_words
    if not n_words or not n_others:
        rule = _AROUND_THE_WORD if n_words else _LOUDEST
        return f"{rule[0].upper()}{rule[1:]}. {_SHORTER}"
    return f"In {n_words:,} clips {_AROUND_THE_WORD}. In {n_others:,} clips {_LOUDEST}. {_SHORTER}"


def _faults(rows: Sequence[ManifestRow]) -> str:
    """What a program found to be wrong with clips that were accepted all the same."""
    n_faulty = sum(bool(row.faults) for row in rows)
    counts = Counter(code for row in rows for code in row.faults)
    if not n_faulty:
        return ""
    told = ", ".join(f"`{code}` {n:,}" for code, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    accepted = "accepted all the same; the manifest names them"
    return f"\nA program found faults in {n_faulty:,} of the clips, {accepted}: {told}.\n"


def _origins_list(speakers_by_origin: Mapping[str, int]) -> str:
    lines = [f"- {n}: {_ORIGINS.get(origin, origin)}" for origin, n in sorted(speakers_by_origin.items())]
    return "\n".join(["The speakers:", "", *lines])
