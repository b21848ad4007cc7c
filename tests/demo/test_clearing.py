"""Clearing the demo away leaves nothing of it, and everything of anybody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from speechapp import reviews
from speechapp.db import utc_now
from speechapp.demo.clearing import ORIGIN, Cleared, clear
from speechapp.models import Clip, Release, Review, RoomNoise, Speaker, Visit
from speechapp.release.cut import cut
from speechapp.services import Services
from tests.cast import Volunteer
from tests.sounds import room_noise
from worker.room_noise import process_noise


@pytest.fixture
def synthetic(web: TestApp, services: Services) -> Volunteer:
    """A volunteer of the demo."""
    synthetic = Volunteer(web)
    synthetic.start_visit()
    with services.database.write() as session:
        session.get_one(Speaker, synthetic.speaker).origin = ORIGIN
    return synthetic


@pytest.fixture
def accept_clip_of(services: Services, process: Callable[[str], bool]) -> Callable[[Volunteer, int], str]:
    """Record, process and accept the prompt at a position; the clip's id."""

    def accept(volunteer: Volunteer, position: int) -> str:
        clip_id = str(volunteer.upload(position).json["clip"]["id"])
        process(clip_id)
        with services.database.write() as session:
            reviews.decide(session, None, clip_id, "accept", None, utc_now())
        return clip_id

    return accept


def accept_noise_of(services: Services, giver: Volunteer) -> None:
    noise_id = giver.give_noise().json["noise"]["id"]
    process_noise(services, noise_id)
    with services.database.write() as session:
        session.get_one(RoomNoise, noise_id).decision = "accept"


def n_rows(services: Services) -> list[int | None]:
    tables = (Speaker, Visit, Clip, Review, Release)
    with services.database.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_demo_is_cleared_to_the_last_row_and_object(
    services: Services, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    accept_clip_of(synthetic, 1)
    cut(services.database, services.storage, "0.1", utc_now(), cut_by=ORIGIN)
    assert clear(services, utc_now()) == Cleared(n_clips=2, n_speakers=1, n_releases=1, mixed_releases=())
    assert n_rows(services) == [0, 0, 0, 0, 0]
    assert list(services.storage.list("")) == []


def test_clearing_twice_finds_nothing_left(
    services: Services, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    clear(services, utc_now())
    assert clear(services, utc_now()) == Cleared(n_clips=0, n_speakers=0, n_releases=0, mixed_releases=())


def test_clips_that_nobody_processed_are_cleared_too(services: Services, synthetic: Volunteer) -> None:
    synthetic.upload(0)
    clear(services, utc_now())
    assert n_rows(services) == [0, 0, 0, 0, 0]
    assert list(services.storage.list("")) == []


def test_the_noise_of_its_rooms_is_cleared_too_and_that_of_a_person_stays(
    services: Services, volunteer: Volunteer, synthetic: Volunteer
) -> None:
    for giver in (volunteer, synthetic):
        noise_id = giver.give_noise().json["noise"]["id"]
        process_noise(services, noise_id)
    synthetic.give_noise(room_noise(seed=1))  # nobody has looked at it
    clear(services, utc_now())
    with services.database.read() as session:
        [kept] = session.scalars(select(RoomNoise))
    assert kept.speaker_id == volunteer.speaker
    assert sorted(services.storage.list("")) == sorted((kept.raw_key, str(kept.processed_key)))


def test_the_recordings_of_a_person_stay(
    services: Services, volunteer: Volunteer, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    kept = accept_clip_of(volunteer, 2)
    clear(services, utc_now())
    assert n_rows(services) == [1, 1, 1, 1, 0]
    with services.database.read() as session:
        clip = session.get_one(Clip, kept)
        assert clip.withdrawn_at is None
        assert sorted(services.storage.list("")) == sorted(
            filter(None, (clip.raw_key, clip.processed_key, clip.segment_key))
        )


def test_a_release_that_somebody_cut_from_the_demo_alone_goes(
    services: Services, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    cut(services.database, services.storage, "1.0", utc_now(), cut_by="maintainer")
    assert clear(services, utc_now()).n_releases == 1
    assert n_rows(services)[-1] == 0


def test_a_release_with_recordings_of_a_person_stays_and_is_named(
    services: Services, volunteer: Volunteer, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    accept_clip_of(volunteer, 2)
    release = cut(services.database, services.storage, "1.0", utc_now(), cut_by="maintainer")
    assert clear(services, utc_now()).mixed_releases == ("1.0",)
    assert [services.storage.size(file.key) for file in release.files] == [file.n_bytes for file in release.files]


def test_a_release_with_the_noise_of_a_person_s_room_stays_and_is_named(
    services: Services, volunteer: Volunteer, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    accept_noise_of(services, volunteer)
    release = cut(services.database, services.storage, "1.0", utc_now(), cut_by="maintainer")
    cleared = clear(services, utc_now())
    assert (cleared.n_releases, cleared.mixed_releases) == (0, ("1.0",))
    assert [services.storage.size(file.key) for file in release.files] == [file.n_bytes for file in release.files]


def test_a_release_with_noise_of_the_demo_alone_goes(
    services: Services, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(synthetic, 0)
    accept_noise_of(services, synthetic)
    cut(services.database, services.storage, "1.0", utc_now(), cut_by="maintainer")
    assert clear(services, utc_now()).n_releases == 1
    assert list(services.storage.list("")) == []


def test_a_release_of_people_alone_is_left_alone(
    services: Services, volunteer: Volunteer, synthetic: Volunteer, accept_clip_of: Callable[[Volunteer, int], str]
) -> None:
    accept_clip_of(volunteer, 2)
    cut(services.database, services.storage, "1.0", utc_now(), cut_by="demo")
    synthetic.upload(0)
    assert clear(services, utc_now()) == Cleared(n_clips=1, n_speakers=1, n_releases=0, mixed_releases=())
    assert n_rows(services)[-1] == 1
