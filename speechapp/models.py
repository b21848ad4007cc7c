"""The tables, and nothing but the tables. What happens to the things in them stands in the verbs beside this file."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from speechapp.db import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}


class User(Base):
    """Somebody who logs in: a reviewer, a maintainer or an admin."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]


class SetupLink(Base):
    """The one-time link that makes the first admin; only the hash of its token is kept."""

    __tablename__ = "setup_links"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Speaker(Base):
    """A pseudonymous contributor: eight hex digits that decide the partition for good."""

    __tablename__ = "speakers"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    partition: Mapped[str] = mapped_column(String(16), index=True)  # follows from the id by the SHA-1 rule
    origin: Mapped[str] = mapped_column(String(16))  # recorder, import or demo
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    consent_version: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class SpeakerDetails(Base):
    """What a speaker chose to tell of themselves, apart from all else; null is rather not say. Nothing refers to it."""

    __tablename__ = "speaker_details"

    speaker_id: Mapped[str] = mapped_column(ForeignKey("speakers.id"), primary_key=True)
    first_language: Mapped[str | None] = mapped_column(String(8))  # its primary code in BCP 47
    accent: Mapped[str | None] = mapped_column(String(64))  # in the speaker's own words
    age_band: Mapped[str | None] = mapped_column(String(16))
    gender: Mapped[str | None] = mapped_column(String(16))
    device_kind: Mapped[str | None] = mapped_column(String(16))
    updated_at: Mapped[datetime]


class Visit(Base):
    """One sitting of a speaker, with the prompts of it in order."""

    __tablename__ = "visits"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    speaker_id: Mapped[str] = mapped_column(ForeignKey("speakers.id"), index=True)
    vocabulary: Mapped[str] = mapped_column(String(64), server_default="")  # the id of it
    language: Mapped[str] = mapped_column(String(16))
    vocabulary_version: Mapped[str] = mapped_column(String(16))
    words: Mapped[list[str]]  # words[position] is the word of the prompt at that position
    created_at: Mapped[datetime]
    speaker: Mapped[Speaker] = relationship()


class Clip(Base):
    """One recorded utterance, from its raw bytes to the reviewer's decision. This row is the truth about it."""

    __tablename__ = "clips"
    __table_args__ = (
        UniqueConstraint("speaker_id", "word", "utterance"),
        Index("ix_clips_state_lease_until", "state", "lease_until"),
        Index(  # what is to be heard: found, put in order and counted without looking at a row
            "ix_clips_review", "state", "decision", "withdrawn_at", "replaced_by_id", "doubt", "id", "language"
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    speaker_id: Mapped[str] = mapped_column(ForeignKey("speakers.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"), index=True)
    position: Mapped[int | None]
    word: Mapped[str] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(16))  # none: an import that did not say
    utterance: Mapped[int]
    created_at: Mapped[datetime]
    replaces_id: Mapped[str | None] = mapped_column(String(32), index=True)  # may arrive before the one it replaces
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("clips.id"))
    withdrawn_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    raw_key: Mapped[str] = mapped_column(String(160), index=True)
    raw_sha256: Mapped[str] = mapped_column(String(64))
    raw_bytes: Mapped[int]
    settings: Mapped[dict[str, Any]]  # what the browser really applied; empty for imports

    state: Mapped[str] = mapped_column(String(16))  # pending, processing, processed or unusable
    claim: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime]  # nobody sends the clip to the worker again before this
    n_attempts: Mapped[int] = mapped_column(default=0)
    unusable_reason: Mapped[str | None] = mapped_column(String(32))
    processed_at: Mapped[datetime | None]
    processed_key: Mapped[str | None] = mapped_column(String(160), index=True)
    processed_sha256: Mapped[str | None] = mapped_column(String(64))
    segment_key: Mapped[str | None] = mapped_column(String(160))

    take_ms: Mapped[float | None]
    source_rate_hz: Mapped[int | None]
    peak_dbfs: Mapped[float | None]
    rms_dbfs: Mapped[float | None]
    noise_floor_dbfs: Mapped[float | None]
    snr_db: Mapped[float | None]
    n_clipped_samples: Mapped[int | None]
    window_start_ms: Mapped[float | None]
    word_start_ms: Mapped[float | None]  # the extent of the word, in the take; none where none was found
    word_end_ms: Mapped[float | None]
    alignment_confidence: Mapped[float | None]  # that the clip holds the whole word, 0 to 1
    alignment_method: Mapped[str | None] = mapped_column(String(16))  # none: processed before methods were told apart
    faults: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # codes of speechapp.faults
    measures: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # all that was measured
    doubt: Mapped[float] = mapped_column(default=0.0, server_default="0")  # puts clips in the order of review

    decision: Mapped[str | None] = mapped_column(String(16))  # of the newest review that was not undone
    speaker: Mapped[Speaker] = relationship()

    @property
    def file_name(self) -> str:
        return f"{self.word}/{self.speaker_id}_nohash_{self.utterance}.wav"


class RoomNoise(Base):
    """A few seconds of a room without a voice that a speaker chose to give. This row is the truth about it."""

    __tablename__ = "room_noises"
    __table_args__ = (Index("ix_room_noises_state_lease_until", "state", "lease_until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    speaker_id: Mapped[str] = mapped_column(ForeignKey("speakers.id"), index=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    consent_version: Mapped[str] = mapped_column(String(16))  # that it was given under
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    raw_key: Mapped[str] = mapped_column(String(160), index=True)
    raw_sha256: Mapped[str] = mapped_column(String(64), index=True)
    raw_bytes: Mapped[int]
    settings: Mapped[dict[str, Any]]  # what the browser really applied

    state: Mapped[str] = mapped_column(String(16))  # pending, processing, processed or unusable
    claim: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime]  # nobody sends it to the worker again before this
    n_attempts: Mapped[int] = mapped_column(default=0)
    unusable_reason: Mapped[str | None] = mapped_column(String(32))
    processed_at: Mapped[datetime | None]
    processed_key: Mapped[str | None] = mapped_column(String(160), index=True)
    processed_sha256: Mapped[str | None] = mapped_column(String(64))

    seconds: Mapped[int | None]  # of the processed noise, whole ones
    source_rate_hz: Mapped[int | None]
    level_dbfs: Mapped[float | None]
    peak_dbfs: Mapped[float | None]
    swell_db: Mapped[float | None]
    voiced_ms: Mapped[float | None]
    silent_ms: Mapped[float | None]

    decision: Mapped[str | None] = mapped_column(String(16))  # accept or reject
    reject_reason: Mapped[str | None] = mapped_column(String(32))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    @property
    def file_name(self) -> str:
        """In a release; the hash of what was given tells of nobody."""
        return f"room_{self.raw_sha256[:16]}.wav"


class Review(Base):
    """One decision of one user about one clip."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_clip_id_user_id", "clip_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[str] = mapped_column(ForeignKey("clips.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # none: accepted by import
    decision: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    outdated_at: Mapped[datetime | None]  # since then the clip sounds otherwise than when it was heard
    clip: Mapped[Clip] = relationship()


class Leftover(Base):
    """An object that a clip names no more, or not yet, to be deleted when none does and no release is being cut."""

    __tablename__ = "leftovers"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    clip_id: Mapped[str] = mapped_column(String(32))  # which may be gone before the object is
    created_at: Mapped[datetime]


class Release(Base):
    """An immutable published version, or one that is being cut."""

    __tablename__ = "releases"

    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str | None] = mapped_column(String(16))  # that was asked for, if any was
    state: Mapped[str] = mapped_column(String(16))  # cutting, published or failed
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    lease_until: Mapped[datetime]  # while it is being cut: nobody else cuts it before this
    published_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    n_done: Mapped[int] = mapped_column(default=0)
    n_total: Mapped[int] = mapped_column(default=0)
    n_clips: Mapped[int] = mapped_column(default=0)
    n_speakers: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]]  # word -> partition -> number of clips
    files: Mapped[dict[str, Any]]  # name -> {"n_bytes", "sha256", "key"}
    archive_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    tar_sha256: Mapped[str | None] = mapped_column(String(64))
