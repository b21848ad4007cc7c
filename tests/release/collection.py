"""A collection of clips whose bytes follow from who said what, so that its releases have known content."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ, write_wav
from speechapp.db import Database
from speechapp.models import Clip, RoomNoise, Speaker, Visit
from speechapp.release.cut import cut
from speechapp.release.partition import partition_of_speaker
from speechapp.release.published import ReleaseView
from speechapp.storage.local import LocalStorage

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TRAINER, VALIDATOR, TESTER = "00176480", "a69b9b3e", "bb05582b"  # named after the partitions they fall in


def clip_wav(speaker: str, word: str, utterance: int) -> bytes:
    noise = random.Random(f"{speaker} {word} {utterance}").randbytes(2000)
    return write_wav((noise + bytes(200)).ljust(2 * CLIP_SAMPLES, b"\0"))


def noise_wav(number: int) -> bytes:
    return write_wav(random.Random(f"noise {number}").randbytes(3 * 2 * SAMPLE_RATE_HZ))


@dataclass
class Collection:
    """A database and a storage with processed clips in them."""

    database: Database
    storage: LocalStorage
    root: Path

    def add(self, speaker: str, word: str, utterance: int = 0, *, origin: str = "recorder", **changed: Any) -> str:
        """An accepted clip, its bytes stored; `changed` replaces columns. Gives the clip's id."""
        wav = clip_wav(speaker, word, utterance)
        key = f"clips/{sha256(wav).hexdigest()}.wav"
        self.storage.put_if_absent(key, wav)
        values = {
            "id": f"{speaker}{word}{utterance}",
            "word": word,
            "utterance": utterance,
            "created_at": NOW,
            "raw_key": "raw/none",
            "raw_sha256": "0" * 64,
            "raw_bytes": 0,
            "settings": {},
            "state": "processed",
            "lease_until": NOW,
            "processed_key": key,
            "processed_sha256": sha256(wav).hexdigest(),
            "peak_dbfs": -3.25,
            "rms_dbfs": -20.5,
            "noise_floor_dbfs": -60.0,
            "snr_db": 39.5,
            "window_start_ms": 412.5,
            "decision": "accept",
        }
        with self.database.write() as session:
            owner = session.get(Speaker, speaker) or Speaker(
                id=speaker, partition=partition_of_speaker(speaker), origin=origin, created_at=NOW
            )
            clip = Clip(speaker=owner, **(values | changed))
            session.add(clip)
        return clip.id

    def add_noise(self, speaker: str, number: int = 0, **changed: Any) -> str:
        """An accepted room noise of this speaker, its bytes stored; `changed` replaces columns. Gives its name."""
        wav = noise_wav(number)
        key, raw_sha256 = f"noises/{number}.wav", sha256(f"raw {number}".encode()).hexdigest()
        self.storage.put_if_absent(key, wav)
        values = {
            "id": f"{speaker}{number}",
            "speaker_id": speaker,
            "visit_id": speaker,
            "consent_version": "3",
            "created_at": NOW,
            "raw_key": f"rooms/{number}",
            "raw_sha256": raw_sha256,
            "raw_bytes": 0,
            "settings": {},
            "state": "processed",
            "lease_until": NOW,
            "processed_key": key,
            "processed_sha256": sha256(wav).hexdigest(),
            "seconds": 3,
            "decision": "accept",
        }
        about = {"vocabulary": "en", "language": "en", "vocabulary_version": "1", "words": [], "created_at": NOW}
        with self.database.write() as session:
            if session.get(Speaker, speaker) is None:
                partition = partition_of_speaker(speaker)
                session.add(Speaker(id=speaker, partition=partition, origin="recorder", created_at=NOW))
            session.merge(Visit(id=speaker, speaker_id=speaker, **about))
            session.flush()
            session.add(RoomNoise(**(values | changed)))
        return f"_background_noise_/room_{raw_sha256[:16]}.wav"

    def add_everybody(self) -> None:
        """Three speakers, one of each partition, who say two words."""
        for speaker in (TESTER, TRAINER, VALIDATOR):
            for word in ("yes", "no"):
                self.add(speaker, word)

    def clip(self, clip_id: str) -> Clip:
        with self.database.read() as session:
            return session.get_one(Clip, clip_id)

    def cut(self, version: str = "0.1", now: datetime = NOW, **options: Any) -> ReleaseView:
        return cut(self.database, self.storage, version, now, **options)

    def download(self, release: ReleaseView, folder: Path) -> Path:
        """Every file of a release under its own name."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in release.files:
            self.storage.fetch_to(file.key, folder / file.name)
        return folder
