"""Rows put into the database directly, for tests of what happens to them afterwards."""

from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher

from speechapp.db import Database
from speechapp.models import Clip, RoomNoise, Speaker, User, Visit

NOON = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
WEAK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ADA, BEN = "0a0a0a0a", "0b0b0b0b"  # two speakers


def add_speaker(database: Database, speaker_id: str = ADA) -> str:
    with database.write() as session:
        session.add(Speaker(id=speaker_id, partition="training", origin="recorder", created_at=NOON))
    return speaker_id


def add_user(database: Database, name: str, role: str = "reviewer", password: str = "") -> User:
    """A user whose password is hashed weakly, which is quick."""
    user = User(name=name, role=role, password_hash=WEAK_HASHER.hash(password), created_at=NOON)
    with database.write() as session:
        session.add(user)
    return user


def add_clip(database: Database, clip_id: str, **changed: Any) -> str:
    """A pending clip of Ada, whose lease ran out at noon; `changed` replaces its columns."""
    values = {
        "speaker_id": ADA,
        "word": "yes",
        "utterance": 0,
        "created_at": NOON,
        "raw_key": f"raw/{clip_id}.wav",
        "raw_sha256": "0" * 64,
        "raw_bytes": 1000,
        "settings": {},
        "state": "pending",
        "lease_until": NOON,
    }
    with database.write() as session:
        session.add(Clip(id=clip_id, **(values | changed)))
    return clip_id


def add_noise(database: Database, noise_id: str, **changed: Any) -> str:
    """A pending room noise of Ada, given in a visit of hers, whose lease ran out at noon."""
    values = {
        "speaker_id": ADA,
        "visit_id": changed.get("speaker_id", ADA),
        "consent_version": "3",
        "created_at": NOON,
        "raw_key": f"rooms/{noise_id}",
        "raw_sha256": "0" * 64,
        "raw_bytes": 1000,
        "settings": {},
        "state": "pending",
        "lease_until": NOON,
    } | changed
    about = {"vocabulary": "en", "language": "en", "vocabulary_version": "1", "words": [], "created_at": NOON}
    with database.write() as session:
        session.merge(Visit(id=values["visit_id"], speaker_id=values["speaker_id"], **about))
        session.flush()
        session.add(RoomNoise(id=noise_id, **values))
    return noise_id


def the_clip(database: Database, clip_id: str) -> Clip:
    """The clip as it stands now."""
    with database.read() as session:
        return session.get_one(Clip, clip_id)
