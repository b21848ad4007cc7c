"""What the worker does to one clip: once, whole, and with a reason where it cannot."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from speechapp import withdrawals
from speechapp.audio.clip import Processing, process
from speechapp.audio.format import read_wav
from speechapp.config import read_config
from speechapp.doubt import doubt
from speechapp.errors import StorageError
from speechapp.models import Clip, Speaker
from speechapp.release.packing import segment_from_bytes, unpack_segment
from speechapp.services import Services
from speechapp.storage.local import LocalStorage
from tests import sounds
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rows import NOON, the_clip
from worker.processing import process_clip

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class EventfulStorage(LocalStorage):
    """A local storage in which something happens while the worker reads the raw bytes."""

    meanwhile: Callable[[], object]

    def get(self, key: str) -> bytes:
        self.meanwhile()
        return super().get(key)


@pytest.fixture
def while_processing(services: Services) -> Callable[[str, Callable[[], object]], bool]:
    """Process a clip, and let something happen meanwhile."""

    def process(clip_id: str, meanwhile: Callable[[], object]) -> bool:
        storage = EventfulStorage(services.config.data_dir / "storage")
        storage.meanwhile = meanwhile
        return process_clip(replace(services, storage=storage), clip_id)

    return process


def uploaded(volunteer: Volunteer, audio: bytes, position: int = 0) -> str:
    return str(volunteer.upload(position, audio, status=201).json["clip"]["id"])


@on_every_database
def test_a_processed_clip_is_one_second_with_measures_and_its_segment(volunteer: Volunteer, services: Services) -> None:
    clip_id = uploaded(volunteer, sounds.word_like(seconds=2.0, onset_s=0.6))
    assert process_clip(services, clip_id) is True

    clip = the_clip(services.database, clip_id)
    assert (clip.state, clip.claim, clip.unusable_reason, clip.n_attempts) == ("processed", None, None, 1)
    assert clip.processed_at is not None
    assert (clip.take_ms, clip.source_rate_hz, clip.n_clipped_samples) == (2000.0, 48_000, 0)
    assert clip.snr_db is not None
    assert clip.snr_db > 20.0
    assert clip.processed_key == f"clips/{str(clip.processed_sha256)[:2]}/{clip.processed_sha256}.wav"
    wav = services.storage.get(clip.processed_key)
    assert (read_wav(wav).sample_rate_hz, read_wav(wav).n_channels, len(read_wav(wav).pcm)) == (16_000, 1, 32_000)
    segment = segment_from_bytes(services.storage.get(str(clip.segment_key)))
    assert unpack_segment(segment) == (clip.file_name, wav)


@on_every_database
def test_where_the_word_lies_what_was_measured_and_what_is_wrong_is_kept(
    volunteer: Volunteer, services: Services
) -> None:
    take = sounds.word_like(seconds=2.0, onset_s=0.6)
    clip_id = uploaded(volunteer, take)
    process_clip(services, clip_id)

    made, clip = process(take), the_clip(services.database, clip_id)
    assert made.alignment.word is not None
    extent_ms = (made.alignment.word.start_samples / 16, made.alignment.word.stop_samples / 16)
    assert (clip.word_start_ms, clip.word_end_ms) == extent_ms
    assert clip.window_start_ms == made.alignment.window.start_samples / 16
    assert (clip.alignment_confidence, clip.alignment_method) == (made.alignment.confidence, "word")
    assert clip.faults == list(made.faults)
    assert clip.measures == asdict(made.measures)
    assert clip.doubt == doubt(made.faults, made.alignment.confidence, made.measures.snr_db)


def test_the_settings_of_the_service_choose_the_method_and_the_level(
    volunteer: Volunteer, services: Services, settings: dict[str, str]
) -> None:
    chosen = {"SPEECHAPP_ALIGN_METHOD": "loudest", "SPEECHAPP_CLIP_LEVEL_DBFS": "-30"}
    clip_id = uploaded(volunteer, sounds.word_like())
    process_clip(replace(services, config=read_config(settings | chosen)), clip_id)
    clip = the_clip(services.database, clip_id)
    assert (clip.alignment_method, clip.alignment_confidence, clip.word_start_ms) == ("loudest", None, None)
    expected = process(sounds.word_like(), Processing(method="loudest", level_dbfs=-30.0)).wav
    assert services.storage.get(str(clip.processed_key)) == expected


@on_every_database
def test_a_clip_is_processed_once_however_often_it_is_sent(volunteer: Volunteer, services: Services) -> None:
    clip_id = uploaded(volunteer, sounds.word_like())
    with ThreadPoolExecutor(3) as pool:
        finished = list(pool.map(lambda _: process_clip(services, clip_id), range(6)))
    assert sorted(finished) == [False, False, False, False, False, True]
    assert the_clip(services.database, clip_id).n_attempts == 1


def test_the_same_take_gives_the_same_bytes_and_a_segment_of_its_own(volunteer: Volunteer, services: Services) -> None:
    first, second = (uploaded(volunteer, sounds.word_like(), position) for position in (0, 1))
    process_clip(services, first)
    process_clip(services, second)
    one, other = the_clip(services.database, first), the_clip(services.database, second)
    assert one.processed_key == other.processed_key
    assert one.segment_key != other.segment_key


@pytest.mark.parametrize(
    ("audio", "reason"),
    [
        (sounds.silence(), "silent"),
        (sounds.silence(seconds=0.05), "too_short"),
        (sounds.silence(seconds=11.0, rate_hz=16_000), "too_long"),
        (b"RIFF\0\0\0\0WAVE and nothing else", "undecodable"),
    ],
    ids=["silent", "too_short", "too_long", "undecodable"],
)
def test_a_take_that_can_never_be_a_clip_is_unusable_with_the_reason(
    volunteer: Volunteer, services: Services, audio: bytes, reason: str
) -> None:
    clip_id = uploaded(volunteer, audio)
    assert process_clip(services, clip_id) is True
    clip = the_clip(services.database, clip_id)
    assert (clip.state, clip.unusable_reason, clip.processed_key) == ("unusable", reason, None)
    assert process_clip(services, clip_id) is False


def test_a_clip_whose_raw_bytes_are_gone_is_unusable(volunteer: Volunteer, services: Services) -> None:
    clip_id = uploaded(volunteer, sounds.word_like())
    services.storage.delete(the_clip(services.database, clip_id).raw_key)
    process_clip(services, clip_id)
    assert the_clip(services.database, clip_id).unusable_reason == "raw_missing"


def test_a_storage_that_fails_leaves_the_clip_to_the_sweep(volunteer: Volunteer, services: Services) -> None:
    clip_id = uploaded(volunteer, sounds.word_like())
    incoming = services.config.data_dir / "storage" / ".incoming"
    incoming.rmdir()
    incoming.touch()
    with pytest.raises(StorageError):
        process_clip(services, clip_id)
    assert the_clip(services.database, clip_id).state == "processing"


def test_a_worker_that_was_too_slow_does_not_overwrite_the_quicker_one(
    volunteer: Volunteer,
    services: Services,
    while_processing: Callable[[str, Callable[[], object]], bool],
    caplog: pytest.LogCaptureFixture,
) -> None:
    clip_id = uploaded(volunteer, sounds.word_like())

    def lease_runs_out_and_another_worker_comes() -> None:
        with services.database.write() as session:
            session.execute(update(Clip).values(lease_until=LONG_AGO))
        assert process_clip(services, clip_id) is True

    assert while_processing(clip_id, lease_runs_out_and_another_worker_comes) is False
    assert "took longer than its lease" in caplog.text
    clip = the_clip(services.database, clip_id)
    assert (clip.state, clip.n_attempts) == ("processed", 2)


def test_a_clip_withdrawn_while_it_is_processed_leaves_nothing_behind(
    volunteer: Volunteer, services: Services, while_processing: Callable[[str, Callable[[], object]], bool]
) -> None:
    clip_id = uploaded(volunteer, sounds.word_like())

    def withdraw() -> None:
        with services.database.write() as session:
            withdrawals.withdraw(session, session.get_one(Speaker, volunteer.speaker), NOON)

    while_processing(clip_id, withdraw)
    assert len(list(services.storage.list(""))) == 3
    withdrawals.purge(services.database, services.storage, NOON)
    assert list(services.storage.list("")) == []
    assert process_clip(services, clip_id) is False


def test_nothing_happens_for_a_clip_that_never_was(services: Services) -> None:
    assert process_clip(services, "never") is False
