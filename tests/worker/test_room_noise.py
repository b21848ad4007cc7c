"""What the worker does to one room noise: once, whole, and with a reason where it refuses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import update

from speechapp import noises
from speechapp.audio.format import read_wav
from speechapp.config import Config
from speechapp.models import RoomNoise
from speechapp.queue import Queue
from speechapp.services import Services
from tests import sounds
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rows import NOON
from worker.app import sweep_once
from worker.room_noise import process_noise


@pytest.fixture
def given(volunteer: Volunteer) -> Callable[[bytes], str]:
    return lambda audio: str(volunteer.give_noise(audio, status=201).json["noise"]["id"])


def the_noise(services: Services, noise_id: str) -> RoomNoise:
    with services.database.read() as session:
        return session.get_one(RoomNoise, noise_id)


def with_a_voice() -> bytes:
    heard = np.frombuffer(sounds.room_noise()[44:], "<i2") / 32767
    word = np.frombuffer(sounds.word_like(seconds=2.0)[44:], "<i2") / 32767
    heard[48_000 : 48_000 + len(word)] += word
    return sounds.wav(heard, sounds.RATE_HZ)


@on_every_database
def test_a_noise_becomes_whole_seconds_with_measures(services: Services, given: Callable[[bytes], str]) -> None:
    noise_id = given(sounds.room_noise(dbfs=-50.0))
    assert process_noise(services, noise_id) is True
    noise = the_noise(services, noise_id)
    assert (noise.state, noise.claim, noise.unusable_reason, noise.decision) == ("processed", None, None, None)
    assert (noise.seconds, noise.source_rate_hz, noise.n_attempts) == (5, 48_000, 1)
    assert noise.level_dbfs == pytest.approx(-54.8, abs=0.3)  # without what lies above 8 kHz
    assert noise.processed_key == f"noises/{str(noise.processed_sha256)[:2]}/{noise.processed_sha256}.wav"
    wav = read_wav(services.storage.get(noise.processed_key))
    assert (wav.sample_rate_hz, wav.n_channels, len(wav.pcm)) == (16_000, 1, 5 * 32_000)


@pytest.mark.parametrize(
    ("audio", "reason"),
    [
        (with_a_voice(), "voice"),
        (sounds.silence(5.0), "silent"),
        (sounds.room_noise(seconds=2.9), "too_short"),
        (sounds.room_noise(seconds=10.5, rate_hz=16_000), "too_long"),
        (b"RIFF\0\0\0\0WAVE and nothing else", "undecodable"),
    ],
    ids=["voice", "silent", "too_short", "too_long", "undecodable"],
)
def test_what_is_no_noise_is_refused_with_the_reason_and_deleted_unheard(
    services: Services, given: Callable[[bytes], str], audio: bytes, reason: str
) -> None:
    noise_id = given(audio)
    assert process_noise(services, noise_id) is True
    noise = the_noise(services, noise_id)
    assert (noise.state, noise.unusable_reason, noise.processed_key) == ("unusable", reason, None)
    noises.purge(services.database, services.storage, NOON)
    assert list(services.storage.list("")) == []


def test_a_noise_whose_raw_bytes_are_gone_is_unusable(services: Services, given: Callable[[bytes], str]) -> None:
    noise_id = given(sounds.room_noise())
    services.storage.delete(the_noise(services, noise_id).raw_key)
    process_noise(services, noise_id)
    assert the_noise(services, noise_id).unusable_reason == "raw_missing"


@on_every_database
def test_a_noise_is_processed_once_however_often_it_is_sent(services: Services, given: Callable[[bytes], str]) -> None:
    noise_id = given(sounds.room_noise())
    with ThreadPoolExecutor(3) as pool:
        finished = list(pool.map(lambda _: process_noise(services, noise_id), range(6)))
    assert sorted(finished) == [False, False, False, False, False, True]


def test_a_noise_that_was_taken_back_is_not_looked_at(services: Services, given: Callable[[bytes], str]) -> None:
    noise_id = given(sounds.room_noise())
    with services.database.write() as session:
        session.execute(update(RoomNoise).values(withdrawn_at=NOON))
    assert process_noise(services, noise_id) is False


@on_every_database
def test_the_sweep_sends_again_what_a_killed_worker_held_and_deletes_what_was_refused(
    services: Services, config: Config, given: Callable[[bytes], str]
) -> None:
    held, refused = given(sounds.room_noise()), given(sounds.silence(5.0))
    process_noise(services, refused)
    with services.database.write() as session:
        session.execute(
            update(RoomNoise)
            .where(RoomNoise.id == held)
            .values(state="processing", claim="x", lease_until=NOON.replace(year=2020))
        )
    messages = config.data_dir / "queue" / "messages"
    for message in messages.glob("*.msg"):
        message.unlink()
    sweep_once(services, Queue(config))
    [sent] = messages.glob("*.msg")
    assert held in sent.read_text()
    assert the_noise(services, held).state == "pending"
    assert len(list(services.storage.list(""))) == 1
    assert process_noise(services, held) is True
