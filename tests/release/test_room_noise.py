"""Room noises in releases: only what was accepted, named after nobody, and the same bytes every time."""

import tarfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from speechapp import noises
from speechapp.errors import Conflict, DataError
from speechapp.models import RoomNoise, Speaker
from speechapp.release.revocation import revoked_names
from speechapp.release.room_noise import COLUMNS, NOISE_LIST_NAME, NoiseRow, parse_noise_list
from speechapp.release.selection import plan
from speechapp.release.verification import verify
from speechapp.withdrawals import withdraw
from tests.release.collection import NOW, TESTER, TRAINER, VALIDATOR, Collection, noise_wav

pytestmark = pytest.mark.slow

SYNTHETIC = [f"_background_noise_/{name}" for name in ("pink_noise.wav", "running_tap.wav", "white_noise.wav")]


@pytest.fixture
def collection(make_collection: Callable[[], Collection]) -> Collection:
    collection = make_collection()
    collection.add_everybody()
    return collection


def contents(collection: Collection, folder: Path, version: str = "0.1", **options: Any) -> dict[str, bytes]:
    """Cut, and give name to content of everything in the archive, in order."""
    collection.download(collection.cut(version, **options), folder)
    with tarfile.open(folder / f"speechapp_{version}.tar.gz") as tar:
        return {member.name: file.read() for member in tar if (file := tar.extractfile(member))}


def test_accepted_noises_stand_behind_the_synthetic_ones_in_order_of_their_names(
    collection: Collection, tmp_path: Path
) -> None:
    names = [collection.add_noise(TRAINER, 0), collection.add_noise(TESTER, 1)]
    archived = contents(collection, tmp_path)
    assert [name for name in archived if "noise_/" in name] == [*SYNTHETIC, *sorted(names)]
    assert [archived[name] for name in names] == [noise_wav(0), noise_wav(1)]
    assert verify(tmp_path).problems == ()


def test_the_list_beside_the_archive_names_every_noise_with_its_hash(collection: Collection, tmp_path: Path) -> None:
    name = collection.add_noise(TRAINER)
    archived = contents(collection, tmp_path)
    rows = parse_noise_list((tmp_path / NOISE_LIST_NAME).read_bytes())
    assert [row.file for row in rows] == [*SYNTHETIC, name]
    assert [(row.kind, row.seconds) for row in rows] == [("synthetic", 60)] * 3 + [("room", 3)]
    assert [row.sha256 for row in rows] == [sha256(archived[row.file]).hexdigest() for row in rows]
    assert NOISE_LIST_NAME in (tmp_path / "SHA256SUMS").read_text()


def test_the_datasheet_counts_them_and_nothing_tells_whose_they_are(collection: Collection, tmp_path: Path) -> None:
    collection.add_noise("0123abcd", 0)  # who gave no word
    collection.add_noise("0123abcd", 1)
    archived = contents(collection, tmp_path)
    readme = archived["README.md"].decode()
    assert "three minutes of synthetic noise and 6 s of rooms" in readme
    assert "Recorded: 2 rooms, 6 s in all" in readme
    assert b"0123abcd" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "changed",
    [
        {"decision": None},
        {"decision": "reject"},
        {"state": "unusable"},
        {"withdrawn_at": NOW},
        {"purged_at": NOW},
    ],
)
def test_a_release_without_an_accepted_noise_is_as_it_always_was(
    collection: Collection, make_collection: Callable[[], Collection], changed: dict[str, Any]
) -> None:
    collection.add_noise(TRAINER, **changed)
    without = make_collection()
    without.add_everybody()
    here, there = collection.cut(), without.cut()
    assert [(file.name, file.sha256) for file in here.files] == [(file.name, file.sha256) for file in there.files]


def test_a_noise_of_a_speaker_who_withdrew_is_in_no_release(collection: Collection, tmp_path: Path) -> None:
    collection.add_noise("0123abcd")
    with collection.database.write() as session:
        withdraw(session, session.get_one(Speaker, "0123abcd"), NOW)
    assert [name for name in contents(collection, tmp_path) if "room_" in name] == []


def test_noise_of_the_demo_is_in_releases_of_the_demo_alone(
    collection: Collection, make_collection: Callable[[], Collection], tmp_path: Path
) -> None:
    demo = make_collection()
    for each in (demo, collection):
        each.add("0123abcd", "yes", origin="demo")
    name = demo.add_noise("0123abcd")
    assert name in contents(demo, tmp_path / "demo")
    collection.add_noise("0123abcd")
    given = collection.add_noise(TRAINER, 1)
    archived = contents(collection, tmp_path / "people")
    assert [found for found in archived if "room_" in found] == [given]


def test_cutting_the_same_noises_twice_gives_the_same_bytes(
    make_collection: Callable[[], Collection],
) -> None:
    here, there = make_collection(), make_collection()
    for collection, numbers in ((here, (0, 1, 2)), (there, (2, 0, 1))):
        collection.add_everybody()
        for number in numbers:
            collection.add_noise(TRAINER, number)
    assert here.cut().tar_sha256 == there.cut(now=NOW + timedelta(days=3)).tar_sha256


def test_noise_has_no_language(collection: Collection, tmp_path: Path) -> None:
    collection.add(TRAINER, "ja", language="de")
    name = collection.add_noise(TRAINER)
    assert name in contents(collection, tmp_path, language="de")


def test_the_dry_run_counts_the_noises(collection: Collection) -> None:
    with collection.database.read() as session:
        before = plan(session)
    collection.add_noise(TRAINER)
    with collection.database.read() as session:
        after = plan(session)
    assert (before.n_noises, after.n_noises) == (0, 1)
    assert after.estimated_bytes - before.estimated_bytes == 44 + 3 * 32_000


def test_what_two_people_gave_byte_for_byte_is_there_once(collection: Collection, tmp_path: Path) -> None:
    name = collection.add_noise(TRAINER)
    assert collection.add_noise(TESTER) == name
    assert [found for found in contents(collection, tmp_path) if "room_" in found] == [name]


def test_a_noise_whose_bytes_are_damaged_stops_the_cut(collection: Collection) -> None:
    collection.add_noise(TRAINER, processed_sha256="0" * 64)
    with pytest.raises(DataError) as refused:
        collection.cut()
    assert refused.value.code == "noise_damaged"


def test_a_noise_whose_bytes_are_gone_stops_the_cut(collection: Collection) -> None:
    collection.add_noise(TRAINER, processed_key="noises/gone")
    with pytest.raises(DataError) as refused:
        collection.cut()
    assert refused.value.code == "noise_missing"


def test_a_noise_that_is_taken_back_during_the_cut_stops_it(collection: Collection) -> None:
    collection.add_noise(TRAINER)

    def take_back(_step: str, _n_done: int, _n_total: int) -> None:
        with collection.database.write() as session:
            session.execute(update(RoomNoise).values(withdrawn_at=NOW))

    with pytest.raises(Conflict) as refused:
        collection.cut(progress=take_back)
    assert refused.value.code == "clips_changed"


def test_a_published_noise_that_was_taken_back_is_on_the_revocation_list(collection: Collection) -> None:
    name, kept = collection.add_noise(TRAINER, 0), collection.add_noise(VALIDATOR, 1)
    collection.add_noise(TESTER, 1)  # the same bytes as the one that is kept
    collection.cut()
    unpublished = collection.add_noise(TRAINER, 2)
    with collection.database.write() as session:
        for noise in session.query(RoomNoise):
            if noise.speaker_id in (TRAINER, TESTER):
                noises.withdraw(noise, NOW)
    with collection.database.read() as session:
        revoked = revoked_names(session, collection.storage)
    assert revoked == [name]
    assert kept not in revoked
    assert unpublished not in revoked


def test_verification_finds_a_noise_that_was_exchanged(collection: Collection, tmp_path: Path) -> None:
    name = collection.add_noise(TRAINER)
    contents(collection, tmp_path)
    noise_list = tmp_path / NOISE_LIST_NAME
    good = noise_list.read_text()
    noise_list.write_text(good.replace(sha256(noise_wav(0)).hexdigest(), "0" * 64))
    assert f"{name} is not the file of which {NOISE_LIST_NAME} has the SHA-256." in verify(tmp_path).problems
    noise_list.write_text("".join(line for line in good.splitlines(keepends=True) if "room_" not in line))
    assert f"{name} is in the archive, but not in {NOISE_LIST_NAME}." in verify(tmp_path).problems


@pytest.mark.parametrize("data", [b"", b"file,word\n", b"file,kind,seconds,sha256\na,b\n", b"\xff"])
def test_a_list_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(DataError) as refused:
        parse_noise_list(data)
    assert refused.value.code == "bad_noise_list"


def test_a_list_reads_back() -> None:
    line = "_background_noise_/room_0123456789abcdef.wav,room,5," + "a" * 64
    row = NoiseRow("_background_noise_/room_0123456789abcdef.wav", "room", 5, "a" * 64)
    assert parse_noise_list(f"{','.join(COLUMNS)}\n{line}\n".encode()) == [row]
