"""Clearing the demo away: its recordings, its decisions, its releases. What anybody else made stays."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from speechapp import noises, withdrawals
from speechapp.db import utc_now
from speechapp.leases import Leased
from speechapp.models import Clip, Release, Review, RoomNoise, Speaker, Visit
from speechapp.release.manifest import MANIFEST_NAME, parse_manifest
from speechapp.release.room_noise import NOISE_LIST_NAME, file_of, parse_noise_list
from speechapp.services import Services

ORIGIN: Final = "demo"  # of the demo's speakers, and who its release was cut by
POLL_S: Final = 0.2


@dataclass(frozen=True)
class Cleared:
    """What was there and is gone; `mixed_releases` hold people's recordings too, so they stay."""

    n_clips: int
    n_speakers: int
    n_releases: int
    mixed_releases: tuple[str, ...]


def clear(services: Services, now: datetime) -> Cleared:
    """Remove the demo for good. Stopped half way, it can be run again."""
    speakers, n_clips = _withdraw_all(services, now)
    own, mixed = _releases(services, speakers)
    for version in own:
        _remove_release(services, version)
    _wait_for_workers(services)
    withdrawals.purge(services.database, services.storage, now)
    noises.purge(services.database, services.storage, now)
    with services.database.write() as session:
        _delete_rows(session)
    return Cleared(n_clips, len(speakers), len(own), tuple(mixed))


def _withdraw_all(services: Services, now: datetime) -> tuple[set[str], int]:
    """From here on no worker begins a clip of theirs, and no release takes one."""
    with services.database.write() as session:
        speakers = session.scalars(select(Speaker).where(Speaker.origin == ORIGIN)).all()
        n_clips = sum(withdrawals.withdraw(session, speaker, now) for speaker in speakers)
        return {speaker.id for speaker in speakers}, n_clips


def _releases(services: Services, speakers: set[str]) -> tuple[list[str], list[str]]:
    """The releases with recordings of the demo alone, and those with recordings of others among them."""
    own, mixed = [], []
    with services.database.read() as session:
        releases = session.scalars(select(Release).order_by(Release.version)).all()
    for release in releases:
        inside = _speakers_in(services, release)
        if inside <= speakers and (inside or release.created_by == ORIGIN):
            own.append(release.version)
        elif inside & speakers:
            mixed.append(release.version)
    return own, mixed


def _speakers_in(services: Services, release: Release) -> set[str]:
    """Whose recordings are in it; nobody's while it is not published."""
    manifest = release.files.get(MANIFEST_NAME)
    if manifest is None:
        return set()
    speakers = {row.speaker for row in parse_manifest(services.storage.get(manifest["key"]))}
    return speakers | _noise_givers_in(services, release)


def _noise_givers_in(services: Services, release: Release) -> set[str]:
    """Who gave the room noises in it; the names in a release tell of nobody, the rows do."""
    listed = release.files.get(NOISE_LIST_NAME)
    if listed is None:
        return set()
    files = {row.file for row in parse_noise_list(services.storage.get(listed["key"]))}
    with services.database.read() as session:
        return {noise.speaker_id for noise in session.scalars(select(RoomNoise)) if file_of(noise) in files}


def _remove_release(services: Services, version: str) -> None:
    """The objects first: where this is interrupted, the row still says what is left to do."""
    for key in list(services.storage.list(f"releases/{version}/")):
        services.storage.delete(key)
    with services.database.write() as session:
        session.execute(delete(Release).where(Release.version == version))


def _wait_for_workers(services: Services) -> None:
    """What a worker holds now it will still store; a lease ends, so this does too."""
    while any(_is_held(services, table) for table in (Clip, RoomNoise)):
        time.sleep(POLL_S)


def _is_held(services: Services, table: Leased) -> bool:
    mine = select(func.count(table.id)).join(Speaker, Speaker.id == table.speaker_id).where(Speaker.origin == ORIGIN)
    with services.database.read() as session:
        return bool(session.scalar(mine.where(table.claim.is_not(None), table.lease_until > utc_now())))


def _delete_rows(session: Session) -> None:
    """The speakers' ids go too, so their utterance numbers can do no harm, and new speakers are spread evenly."""
    speakers = select(Speaker.id).where(Speaker.origin == ORIGIN)
    clips = select(Clip.id).where(Clip.speaker_id.in_(speakers))
    for statement in (
        delete(Review).where(Review.clip_id.in_(clips)),
        delete(Clip).where(Clip.speaker_id.in_(speakers)),
        delete(RoomNoise).where(RoomNoise.speaker_id.in_(speakers)),
        delete(Visit).where(Visit.speaker_id.in_(speakers)),
        delete(Speaker).where(Speaker.origin == ORIGIN),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
