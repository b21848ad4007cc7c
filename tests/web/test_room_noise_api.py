"""The noise of a room over HTTP: given once and only with consent, heard and taken back by its giver alone."""

import json
import uuid

import pytest
from sqlalchemy import select, update
from webtest import TestApp

from speechapp import noises
from speechapp.models import RoomNoise, Speaker
from speechapp.noises import MAX_NOISES
from speechapp.services import Services
from speechapp.storage.local import LocalStorage
from tests import sounds
from tests.answers import refusal_of
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rows import NOON
from worker.room_noise import process_noise

OWN = "/api/speakers/me/room-noises"
ROOM = sounds.room_noise()


def the_noise(services: Services) -> RoomNoise:
    with services.database.read() as session:
        return session.scalars(select(RoomNoise)).one()


def n_noises(services: Services) -> int:
    with services.database.read() as session:
        return len(session.scalars(select(RoomNoise)).all())


@on_every_database
def test_a_noise_is_kept_with_what_it_was_given_under(volunteer: Volunteer, services: Services) -> None:
    answer = volunteer.give_noise(ROOM, status=201).json["noise"]
    noise = the_noise(services)
    assert answer == {"id": noise.id, "n_bytes": len(ROOM), "sha256": noise.raw_sha256}
    assert (noise.speaker_id, noise.visit_id, noise.consent_version) == (volunteer.speaker, volunteer.visit["id"], "3")
    assert (noise.state, noise.decision, noise.settings) == ("pending", None, {"sample_rate_hz": 48_000})
    assert services.storage.get(noise.raw_key) == ROOM


@on_every_database
def test_sending_a_noise_again_changes_nothing(volunteer: Volunteer, services: Services) -> None:
    noise_id = uuid.uuid4().hex
    first = volunteer.give_noise(ROOM, status=201, noise_id=noise_id)
    assert volunteer.give_noise(ROOM, status=200, noise_id=noise_id).json == first.json
    assert n_noises(services) == 1


@on_every_database
def test_who_agreed_to_a_consent_that_says_nothing_of_noise_gives_none(
    volunteer: Volunteer, services: Services
) -> None:
    with services.database.write() as session:
        session.execute(update(Speaker).values(consent_version="2"))
    assert refusal_of(volunteer.give_noise(status="*")) == (403, "consent_needed")
    assert (n_noises(services), list(services.storage.list(""))) == (0, [])


@on_every_database
def test_a_noise_withdrawn_and_purged_just_after_it_was_stored_is_not_stored_again(
    volunteer: Volunteer, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = LocalStorage.size

    def withdraw_purge_and_look(storage: LocalStorage, key: str) -> int:
        with services.database.write() as session:
            noises.withdraw(session.scalars(select(RoomNoise)).one(), NOON)
        assert noises.purge(services.database, storage, NOON) == 1
        return size(storage, key)

    monkeypatch.setattr(LocalStorage, "size", withdraw_purge_and_look)
    volunteer.give_noise(ROOM, status=201)
    assert list(services.storage.list("")) == []


def test_an_id_belongs_to_one_noise(volunteer: Volunteer) -> None:
    noise_id = uuid.uuid4().hex
    volunteer.give_noise(ROOM, status=201, noise_id=noise_id)
    other = volunteer.give_noise(sounds.room_noise(seed=1), status="*", noise_id=noise_id)
    assert refusal_of(other) == (409, "noise_id_taken")


@pytest.mark.parametrize(
    ("audio", "changed", "refused"),
    [
        (ROOM[:-1], {"n_bytes": len(ROOM)}, (422, "length_mismatch")),
        (ROOM, {"sha256": "0" * 64}, (422, "hash_mismatch")),
        (b"OggS" + bytes(400), {}, (422, "noise_not_lossless")),
        (b"no sound at all", {}, (415, "container_unknown")),
        (ROOM, {"noise_id": "short"}, (400, "bad_metadata")),
        (ROOM, {"settings": {"x": "y" * 5000}}, (400, "bad_metadata")),
        (ROOM, {"visit_id": "0" * 32}, (404, "visit_unknown")),
    ],
)
def test_a_noise_that_is_not_what_it_should_be_is_refused_and_leaves_nothing(
    volunteer: Volunteer, services: Services, audio: bytes, changed: dict[str, object], refused: tuple[int, str]
) -> None:
    assert refusal_of(volunteer.give_noise(audio, status="*", **changed)) == refused
    assert (n_noises(services), list(services.storage.list(""))) == (0, [])


def test_a_noise_that_is_too_large_is_refused(volunteer: Volunteer) -> None:
    huge = sounds.room_noise(seconds=11.5, rate_hz=96_000)
    assert refusal_of(volunteer.give_noise(huge, status="*")) == (413, "clip_too_large")


def test_nobody_without_a_token_gives_noise(volunteer: Volunteer, web: TestApp) -> None:
    stranger = Volunteer(web, None, volunteer.visit)
    assert refusal_of(stranger.give_noise(status="*")) == (401, "token_missing")


def test_a_speaker_gives_no_endless_noise(volunteer: Volunteer, services: Services) -> None:
    for seed in range(MAX_NOISES):
        volunteer.give_noise(sounds.room_noise(seconds=0.1, seed=seed), status=201)
    too_many = volunteer.give_noise(sounds.room_noise(seconds=0.1, seed=MAX_NOISES), status="*")
    assert refusal_of(too_many) == (409, "noises_exhausted")
    assert len(list(services.storage.list(""))) == MAX_NOISES


def test_a_message_asks_the_worker_to_look_at_it(volunteer: Volunteer, services: Services) -> None:
    noise_id = volunteer.give_noise().json["noise"]["id"]
    [message] = (services.config.data_dir / "queue" / "messages").glob("*.msg")
    sent = json.loads(message.read_text())
    assert sent["headers"]["task"] == "speechapp.process_noise"
    assert noise_id in sent["headers"]["argsrepr"]


def test_the_giver_sees_hears_and_takes_back_the_noise(volunteer: Volunteer, web: TestApp, services: Services) -> None:
    noise_id = volunteer.give_noise(ROOM).json["noise"]["id"]
    [listed] = web.get(OWN, headers=volunteer.headers).json["noises"]
    assert (listed["id"], listed["state"], listed["has_audio"]) == (noise_id, "waiting_processing", True)
    assert web.get(f"{OWN}/{noise_id}/audio", headers=volunteer.headers).body == ROOM
    process_noise(services, noise_id)
    heard = web.get(f"{OWN}/{noise_id}/audio", headers=volunteer.headers)
    assert (len(heard.body), heard.content_type) == (44 + 5 * 32_000, "audio/wav")
    assert heard.headers["Cache-Control"] == "no-store"

    web.delete(f"{OWN}/{noise_id}", headers=volunteer.headers, status=200)
    assert web.get(OWN, headers=volunteer.headers).json == {"noises": []}
    assert web.get(f"{OWN}/{noise_id}/audio", headers=volunteer.headers, status="*").status_code == 404
    assert the_noise(services).withdrawn_at is not None


def test_nobody_else_hears_or_takes_back_a_noise(volunteer: Volunteer, web: TestApp, services: Services) -> None:
    noise_id = volunteer.give_noise().json["noise"]["id"]
    outsider = Volunteer(web)
    outsider.start_visit()
    for request in (web.delete, web.get):
        url = f"{OWN}/{noise_id}" if request == web.delete else f"{OWN}/{noise_id}/audio"
        assert refusal_of(request(url, headers=outsider.headers, status="*")) == (404, "noise_unknown")
    assert web.get(OWN, headers=outsider.headers).json == {"noises": []}
    assert the_noise(services).withdrawn_at is None


def test_withdrawing_everything_takes_the_noise_back_too(
    volunteer: Volunteer, web: TestApp, services: Services
) -> None:
    volunteer.give_noise()
    web.post("/api/withdrawals", headers=volunteer.headers, status=200)
    assert the_noise(services).withdrawn_at is not None
    assert refusal_of(volunteer.give_noise(status="*")) == (410, "speaker_withdrawn")


def test_the_part_of_the_page_that_asks_is_in_the_reader_s_language(web: TestApp) -> None:
    assert "Listen to my room" in web.get("/record/room-noise")
    german = web.get("/record/room-noise", headers={"Accept-Language": "de"})
    assert "Listen to my room" not in german
