"""The noise of rooms in a release: what was given with consent, heard by a person and accepted, whatever the language.

It has no language and is in no partition: nobody can be heard in it.
"""

import csv
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from io import StringIO
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from speechapp.audio.format import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, WAV_HEADER_BYTES
from speechapp.errors import DataError, NotFound
from speechapp.models import RoomNoise, Speaker
from speechapp.release.manifest import BACKGROUND_NOISE
from speechapp.release.noise import background_noise
from speechapp.storage.contract import Storage

NOISE_LIST_NAME: Final = "background_noise.csv"
COLUMNS: Final = ("file", "kind", "seconds", "sha256")

_DEMO: Final = "demo"  # the origin of speakers who are nobody


@dataclass(frozen=True)
class SelectedNoise:
    """One noise as it goes into a release, and where its bytes lie. Its name tells of nobody."""

    id: str
    file: str
    seconds: int
    sha256: str
    key: str


@dataclass(frozen=True)
class NoiseRow:
    """One row of NOISE_LIST_NAME; `kind` is synthetic or room."""

    file: str
    kind: str
    seconds: int
    sha256: str


def releasable_noises() -> tuple[ColumnElement[bool], ...]:
    """What a noise must be: processed, accepted, and not withdrawn."""
    return (
        RoomNoise.state == "processed",
        RoomNoise.decision == "accept",
        RoomNoise.withdrawn_at.is_(None),
        RoomNoise.purged_at.is_(None),
        Speaker.withdrawn_at.is_(None),
    )


def select_noises(session: Session, origins: Collection[str]) -> tuple[SelectedNoise, ...]:
    """Every releasable noise by file name; what was given twice, byte for byte, once.

    `origins` are those of the speakers of the clips beside it; unless all are the demo, noise of the demo stays out.
    """
    wanted = select(RoomNoise).join(Speaker, Speaker.id == RoomNoise.speaker_id).where(*releasable_noises())
    if set(origins) - {_DEMO}:
        wanted = wanted.where(Speaker.origin != _DEMO)
    found = session.scalars(wanted)
    by_file = {file_of(noise): noise for noise in sorted(found, key=lambda noise: noise.id)}
    return tuple(_selected(file, noise) for file, noise in sorted(by_file.items()))


def file_of(noise: RoomNoise) -> str:
    """Its name in an archive."""
    return f"{BACKGROUND_NOISE}/{noise.file_name}"


def noise_bytes(noise: SelectedNoise) -> int:
    """How much it takes; noise does not compress."""
    return WAV_HEADER_BYTES + BYTES_PER_SAMPLE * SAMPLE_RATE_HZ * noise.seconds


def noise_wav(storage: Storage, noise: SelectedNoise) -> bytes:
    """The bytes of the noise; raises DataError where they are gone or damaged."""
    try:
        wav = storage.get(noise.key)
    except NotFound as error:
        raise DataError("noise_missing", f"{noise.file}: {error.message} Reject the noise.") from error
    if hashlib.sha256(wav).hexdigest() != noise.sha256:
        raise DataError("noise_damaged", f"{noise.file}: {noise.key} is damaged; reject the noise.")
    return wav


def write_noise_list(noises: Sequence[SelectedNoise]) -> bytes:
    """All background noise of a release as CSV, the synthetic one first, in the order of the archive."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in (*_synthetic(), *map(_row, noises)))
    return text.getvalue().encode()


def parse_noise_list(data: bytes) -> list[NoiseRow]:
    """The inverse of `write_noise_list`; raises DataError."""
    try:
        rows = list(csv.reader(data.decode().splitlines(), strict=True))
        if tuple(rows[0]) != COLUMNS:
            raise ValueError("the columns are others")
        return [NoiseRow(file, kind, int(seconds), sha256) for file, kind, seconds, sha256 in rows[1:]]
    except (ValueError, IndexError, csv.Error) as error:
        raise DataError(
            "bad_noise_list", f"{NOISE_LIST_NAME} is not what it should be ({error}); download it again."
        ) from error


def _selected(file: str, noise: RoomNoise) -> SelectedNoise:
    assert noise.processed_key
    assert noise.processed_sha256
    return SelectedNoise(noise.id, file, noise.seconds or 0, noise.processed_sha256, noise.processed_key)


def _synthetic() -> list[NoiseRow]:
    return [
        NoiseRow(f"{BACKGROUND_NOISE}/{name}", "synthetic", _seconds(wav), hashlib.sha256(wav).hexdigest())
        for name, wav in background_noise().items()
    ]


def _row(noise: SelectedNoise) -> NoiseRow:
    return NoiseRow(noise.file, "room", noise.seconds, noise.sha256)


def _seconds(wav: bytes) -> int:
    return (len(wav) - WAV_HEADER_BYTES) // (BYTES_PER_SAMPLE * SAMPLE_RATE_HZ)
