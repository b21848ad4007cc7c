"""The public revocation list: what published releases hold and their speakers have withdrawn since."""

import csv
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from speechapp.models import Clip, Release
from speechapp.release.manifest import MANIFEST_NAME, clip_file_name
from speechapp.storage.contract import Storage


def revoked_names(session: Session, storage: Storage) -> list[str]:
    """Sorted names, as in the archives, of the withdrawn clips that were in a published release."""
    withdrawn = _withdrawn_names(session)
    if not withdrawn:
        return []
    return sorted(withdrawn.intersection(_published_names(session, storage)))


def _withdrawn_names(session: Session) -> set[str]:
    named = select(Clip.word, Clip.speaker_id, Clip.utterance).where(Clip.withdrawn_at.is_not(None))
    return {clip_file_name(word, speaker, utterance) for word, speaker, utterance in session.execute(named)}


def _published_names(session: Session, storage: Storage) -> Iterator[str]:
    """What the manifests say: the rows of clips do not tell which release they were in."""
    for files in session.scalars(select(Release.files).where(Release.state == "published")):
        manifest = storage.get(files[MANIFEST_NAME]["key"]).decode()
        yield from (row["file"] for row in csv.DictReader(manifest.splitlines()))
