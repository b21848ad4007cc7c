"""The public revocation list: what published releases hold and their speakers have withdrawn since."""

import csv
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from speechapp.models import Clip, Release, RoomNoise
from speechapp.release.manifest import MANIFEST_NAME, clip_file_name
from speechapp.release.room_noise import NOISE_LIST_NAME, file_of
from speechapp.storage.contract import Storage


def revoked_names(session: Session, storage: Storage) -> list[str]:
    """Sorted names, as in the archives, of withdrawn clips and room noises that were in a published release."""
    withdrawn = _withdrawn_names(session) | _withdrawn_noises(session)
    if not withdrawn:
        return []
    return sorted(withdrawn.intersection(_published_names(session, storage)))


def _withdrawn_names(session: Session) -> set[str]:
    named = select(Clip.word, Clip.speaker_id, Clip.utterance).where(Clip.withdrawn_at.is_not(None))
    return {clip_file_name(word, speaker, utterance) for word, speaker, utterance in session.execute(named)}


def _withdrawn_noises(session: Session) -> set[str]:
    """Without what somebody else gave too, byte for byte, and did not take back."""
    noises = session.scalars(select(RoomNoise)).all()
    given = {file_of(noise) for noise in noises if noise.withdrawn_at is None}
    return {file_of(noise) for noise in noises} - given


def _published_names(session: Session, storage: Storage) -> Iterator[str]:
    """What the tables of the releases say: the rows of clips do not tell which release they were in."""
    for files in session.scalars(select(Release.files).where(Release.state == "published")):
        for name in (MANIFEST_NAME, NOISE_LIST_NAME):
            table = storage.get(files[name]["key"]).decode() if name in files else ""
            yield from (row["file"] for row in csv.DictReader(table.splitlines()))
