"""Speakers: minted unique and in balance, known again by a secret token that only they hold."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from speechapp.errors import Conflict, InvalidInput, Unauthenticated
from speechapp.models import Speaker

CONSENT_VERSION = "3"
PARTITION_SHARES = {"training": 0.8, "validation": 0.1, "testing": 0.1}
HOLD: Any = {"key_share": True}  # a lock that lets others refer to the row meanwhile


def mint(
    session: Session,
    *,
    origin: str,
    consent_version: str,
    now: datetime,
    partition_of: Callable[[str], str],
    draw: Callable[[], str] = lambda: secrets.token_hex(4),
) -> tuple[Speaker, str]:
    """A new speaker and their token. Ids are drawn until one is free and falls in the partition that lacks most."""
    _check_consent(consent_version)
    wanted = _neediest_partition(session)
    speaker_id = draw()
    while partition_of(speaker_id) != wanted or session.get(Speaker, speaker_id) is not None:
        speaker_id = draw()
    token = secrets.token_urlsafe(32)
    speaker = Speaker(
        id=speaker_id,
        partition=wanted,
        origin=origin,
        token_sha256=_token_sha256(token),
        consent_version=consent_version,
        created_at=now,
    )
    session.add(speaker)
    session.flush()
    return speaker, token


def agree(speaker: Speaker, consent_version: str) -> None:
    """A returning speaker agrees to the consent as it is now."""
    _check_consent(consent_version)
    speaker.consent_version = consent_version


def known_by(session: Session, token: str | None, *, hold: bool = False) -> Speaker:
    """The speaker who holds this token; raises Unauthenticated, or Conflict when they have withdrawn.

    With `hold`, others who hold or change this speaker wait until the transaction ends (on SQLite all writers do).
    """
    if not token:
        raise Unauthenticated("token_missing", "Send the speaker token: Authorization: Bearer <token>.")
    holder = select(Speaker).where(Speaker.token_sha256 == _token_sha256(token))
    speaker = session.scalar(holder.with_for_update(**HOLD) if hold else holder)
    if speaker is None:
        raise Unauthenticated("token_unknown", "This speaker token is not known. Start a new visit.")
    if speaker.withdrawn_at is not None:
        raise Conflict("speaker_withdrawn", "These recordings were withdrawn. Start anew to record again.")
    return speaker


def imported(
    session: Session, speaker_id: str, *, now: datetime, partition_of: Callable[[str], str], origin: str = "import"
) -> Speaker:
    """The speaker with this id, held, made if there is none: imports keep the ids that recordings came with."""
    if session.get(Speaker, speaker_id) is None:
        with suppress(IntegrityError), session.begin_nested():  # another process may make the same one now
            session.add(Speaker(id=speaker_id, partition=partition_of(speaker_id), origin=origin, created_at=now))
    return session.get_one(Speaker, speaker_id, with_for_update=HOLD)


def _check_consent(version: str) -> None:
    if version != CONSENT_VERSION:
        raise InvalidInput(
            "consent_outdated",
            "The consent is now version %(version)s. Reload the page and read it again.",
            version=CONSENT_VERSION,
        )


def _neediest_partition(session: Session) -> str:
    counted = select(Speaker.partition, func.count()).where(Speaker.origin != "import").group_by(Speaker.partition)
    n_in: dict[str, int] = dict(session.execute(counted).all())
    n_after = sum(n_in.values()) + 1
    return max(PARTITION_SHARES, key=lambda partition: PARTITION_SHARES[partition] * n_after - n_in.get(partition, 0))


def _token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
