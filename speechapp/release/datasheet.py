"""The two texts of a release: its datasheet, README.md, and its LICENSE. Equal rows give equal bytes."""

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
) -> bytes:
    """README.md, UTF-8 Markdown; counts of speakers per origin (recorder, import, demo), and per detail and answer."""
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
        answers=answers_table(told, n_speakers),
    )


def licence(version: str) -> bytes:
    """LICENSE: how to credit, then the legal code of CC BY 4.0 word for word."""
    return _filled(_LICENCE_HEAD, version) + _data("cc_by_4_0.txt").encode()


def _filled(text: str, version: str, **values: str) -> bytes:
    attribution = Template(_ATTRIBUTION).substitute(version=version)
    return Template(text).substitute(version=version, attribution=attribution, **values).encode()


def _data(name: str) -> str:
    return (files("speechapp.release") / name).read_text(encoding="utf-8")


def _counts_table(counts: Mapping[str, Mapping[Partition, int]]) -> str:
    lines = [f"| word | {' | '.join(PARTITIONS)} | all |", "| --- |" + " ---: |" * (len(PARTITIONS) + 1)]
    lines += [_counts_line(word, by_partition) for word, by_partition in counts.items()]
    totals = {partition: sum(by_word[partition] for by_word in counts.values()) for partition in PARTITIONS}
    return "\n".join([*lines, _counts_line("**all**", totals)])


def _counts_line(word: str, by_partition: Mapping[Partition, int]) -> str:
    numbers = [by_partition[partition] for partition in PARTITIONS]
    return f"| {word} | {' | '.join(str(n) for n in [*numbers, sum(numbers)])} |"


def _origins_list(speakers_by_origin: Mapping[str, int]) -> str:
    lines = [f"- {n}: {_ORIGINS.get(origin, origin)}" for origin, n in sorted(speakers_by_origin.items())]
    return "\n".join(["The speakers:", "", *lines])
