"""Cutting releases: what is in them, that they never change, and that nothing half done is ever seen."""

import signal
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from speechapp import withdrawals
from speechapp.errors import Conflict, DataError, InvalidInput, NotFound
from speechapp.models import Clip, Release, Speaker
from speechapp.release.cut import begin
from speechapp.release.manifest import parse_manifest
from speechapp.release.packing import Segment
from speechapp.release.published import all_releases, file_of_release, next_version, one_release
from speechapp.release.segments import ready_segment
from speechapp.release.selection import SelectedClip
from speechapp.release.verification import verify
from speechapp.services import Services
from speechapp.storage.local import LocalStorage
from tests.databases import on_every_database
from tests.release.collection import NOW, TESTER, TRAINER, Collection, clip_wav

pytestmark = pytest.mark.slow

FILES = ["LICENSE", "README.md", "SHA256SUMS", "manifest.csv", "speechapp_0.1.tar.gz"]
KILL_ONESELF_AFTER_PACKING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from speechapp.db import Database
from speechapp.release.cut import cut
from speechapp.storage.local import LocalStorage

def progress(step, n_done, n_total):
    if step == "storing":
        os.kill(os.getpid(), signal.SIGKILL)

root = Path(sys.argv[1])
database = Database(f"sqlite:///{root / 'speechapp.db'}")
cut(database, LocalStorage(root / "storage"), "0.1", datetime(2026, 1, 1, tzinfo=UTC), progress=progress)
"""


def state(collection: Collection, version: str = "0.1") -> tuple[str, str | None]:
    with collection.database.read() as session:
        release = session.get_one(Release, version)
        return release.state, release.error


def test_the_archive_has_the_speech_commands_layout(archived: dict[str, bytes]) -> None:
    assert list(archived) == [
        "README.md",
        "LICENSE",
        "validation_list.txt",
        "testing_list.txt",
        "_background_noise_/pink_noise.wav",
        "_background_noise_/running_tap.wav",
        "_background_noise_/white_noise.wav",
        "no/00176480_nohash_0.wav",
        "no/a69b9b3e_nohash_0.wav",
        "no/bb05582b_nohash_0.wav",
        "yes/00176480_nohash_0.wav",
        "yes/a69b9b3e_nohash_0.wav",
        "yes/bb05582b_nohash_0.wav",
    ]
    assert archived["testing_list.txt"] == b"no/bb05582b_nohash_0.wav\nyes/bb05582b_nohash_0.wav\n"
    assert archived["validation_list.txt"] == b"no/a69b9b3e_nohash_0.wav\nyes/a69b9b3e_nohash_0.wav\n"


def test_clips_come_out_as_they_went_in(archived: dict[str, bytes]) -> None:
    assert archived["yes/bb05582b_nohash_0.wav"] == clip_wav(TESTER, "yes", 0)


def test_every_reader_unpacks_the_archive(archive: Path, archived: dict[str, bytes], tmp_path: Path) -> None:
    subprocess.run(["gzip", "-t", archive], check=True)
    subprocess.run(["tar", "xzf", archive], cwd=tmp_path, check=True)
    unpacked = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {str(path.relative_to(tmp_path)): path.read_bytes() for path in unpacked} == archived
    with tarfile.open(archive, "r|gz") as stream:
        assert [member.name for member in stream] == list(archived)
    inflater = zlib.decompressobj(wbits=31)
    inflater.decompress(archive.read_bytes())
    assert (inflater.eof, inflater.unused_data) == (True, b"")


def test_the_files_beside_the_archive_agree_with_it(released: Path, archived: dict[str, bytes]) -> None:
    assert sorted(path.name for path in released.iterdir()) == FILES
    assert verify(released).problems == ()
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=released, check=True)
    rows = parse_manifest((released / "manifest.csv").read_bytes())
    assert [row.file for row in rows] == [name for name in archived if "_nohash_" in name]
    assert (rows[0].speaker, rows[0].partition, rows[0].snr_db, rows[0].window_start_ms) == (
        TRAINER,
        "training",
        39.5,
        412.5,
    )


def test_the_published_row_says_what_is_in_the_release(collection: Collection) -> None:
    collection.add_everybody()
    release = collection.cut(cut_by="maintainer")
    assert (release.state, release.created_by, release.published_at) == ("published", "maintainer", NOW)
    assert (release.n_clips, release.n_speakers, release.n_words, release.n_done, release.n_total) == (6, 3, 2, 6, 6)
    assert release.counts["yes"] == {"training": 1, "validation": 1, "testing": 1}
    assert [file.name for file in release.files] == FILES
    with collection.database.read() as session:
        assert file_of_release(session, "0.1", "README.md").n_bytes == len(collection.storage.get(release.files[1].key))


def test_the_same_clips_give_the_same_bytes_in_two_stores(make_collection: Callable[[], Collection]) -> None:
    here, there = make_collection(), make_collection()
    here.add_everybody()
    for speaker, word in (("bb05582b", "yes"), ("a69b9b3e", "no"), ("00176480", "yes"), ("a69b9b3e", "yes")):
        there.add(speaker, word)
    there.cut("0.0.1")  # so that some segments are stored already, and some are not
    for speaker, word in (("00176480", "no"), ("bb05582b", "no")):
        there.add(speaker, word)
    one, other = here.cut(), there.cut(now=NOW + timedelta(days=9), cut_by="somebody else")
    assert [(file.name, file.sha256) for file in one.files] == [(file.name, file.sha256) for file in other.files]


@on_every_database
def test_a_release_is_cut_once_on_every_database(services: Services, tmp_path: Path) -> None:
    collection = Collection(services.database, LocalStorage(tmp_path / "storage"), tmp_path)
    collection.add_everybody()
    release = collection.cut()
    assert verify(collection.download(release, tmp_path / "download")).problems == ()
    with pytest.raises(Conflict, match="never changes"):
        collection.cut(now=NOW + timedelta(days=1))


def test_a_published_version_never_changes(collection: Collection) -> None:
    collection.add_everybody()
    first = collection.cut()
    collection.add("0014e9fc", "yes")
    with pytest.raises(Conflict, match=r"Release 0.1 is published and never changes; choose another version"):
        collection.cut()
    with collection.database.read() as session:
        assert one_release(session, "0.1") == first
    assert collection.cut("0.2").n_clips == 7


@pytest.mark.parametrize("version", ["", "v1", "1.", "1.2.3.4", "01x", "../1", "1.2-rc1", "12345", "١"])
def test_a_version_of_another_form_is_refused_with_the_form(collection: Collection, version: str) -> None:
    collection.add_everybody()
    with pytest.raises(InvalidInput, match=r"one to three numbers with dots, such as 1, 0.2 or 1.2.3"):
        collection.cut(version)


@pytest.mark.parametrize("version", ["1", "0.1", "10.20.30"])
def test_versions_of_one_to_three_numbers_are_taken(collection: Collection, version: str) -> None:
    begin(collection.database, version, NOW, "maintainer")
    assert state(collection, version) == ("cutting", None)


def test_what_cannot_be_released_is_said_and_kept_with_the_row(collection: Collection) -> None:
    with pytest.raises(InvalidInput, match="No clip has been accepted yet"):
        collection.cut()
    assert state(collection) == ("failed", "This cannot be released. No clip has been accepted yet; review some.")


def test_a_damaged_clip_stops_the_cut_and_is_named(collection: Collection) -> None:
    clip_id = collection.add(TESTER, "yes")
    collection.storage.delete(collection.clip(clip_id).processed_key or "")
    with pytest.raises(DataError, match=r"yes/bb05582b_nohash_0.wav: .*Have the clip processed again"):
        collection.cut()
    assert state(collection)[0] == "failed"
    assert list(collection.storage.list("releases/")) == []


def test_segments_are_kept_for_the_next_release(collection: Collection) -> None:
    clip_id = collection.add(TESTER, "yes")
    collection.cut("0.1")
    key = collection.clip(clip_id).segment_key
    assert key
    collection.storage.delete(collection.clip(clip_id).processed_key or "")
    collection.cut("0.2")
    assert collection.clip(clip_id).segment_key == key


def test_a_begun_release_is_cut_in_the_name_of_who_began_it(collection: Collection) -> None:
    collection.add_everybody()
    begin(collection.database, "0.1", NOW, "maintainer")
    assert collection.cut(now=NOW + timedelta(seconds=1)).created_by == "maintainer"


def test_a_killed_cut_can_be_repeated_and_gives_the_same_bytes(
    make_collection: Callable[[], Collection], released: Path
) -> None:
    collection = make_collection()
    collection.add_everybody()
    killed = subprocess.run([sys.executable, "-c", KILL_ONESELF_AFTER_PACKING, str(collection.root)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert state(collection) == ("cutting", None)
    again = collection.download(collection.cut(), collection.root / "again")
    assert (again / "SHA256SUMS").read_bytes() == (released / "SHA256SUMS").read_bytes()


def test_what_a_failed_cut_left_behind_is_removed(collection: Collection) -> None:
    collection.storage.put_if_absent("releases/0.1/0123456789abcdef/speechapp_0.1.tar.gz", b"of other clips")
    collection.storage.put_if_absent("releases/0.1.1/0123456789abcdef/readme.md", b"of another version")
    collection.add_everybody()
    release = collection.cut()
    kept = sorted([file.key for file in release.files] + ["releases/0.1.1/0123456789abcdef/readme.md"])
    assert list(collection.storage.list("releases/")) == kept
    assert verify(collection.download(release, collection.root / "download")).problems == ()


def test_who_was_overtaken_publishes_nothing(collection: Collection) -> None:
    collection.add_everybody()

    def overtake(step: str, n_done: int, _n_total: int) -> None:
        if (step, n_done) == ("storing", 1):
            collection.cut(now=NOW + timedelta(seconds=1), cut_by="the quicker one")

    with pytest.raises(Conflict, match="cut by somebody else"):
        collection.cut(progress=overtake, cut_by="the slower one")
    with collection.database.read() as session:
        release = one_release(session, "0.1")
    assert (release.state, release.created_by, release.error) == ("published", "the quicker one", None)
    assert verify(collection.download(release, collection.root / "download")).problems == ()


def test_who_was_overtaken_by_an_unfinished_cut_publishes_nothing_either(collection: Collection) -> None:
    collection.add_everybody()

    def overtake(step: str, n_done: int, _n_total: int) -> None:
        if (step, n_done) == ("storing", 1):
            begin(collection.database, "0.1", NOW + timedelta(seconds=1), "the later one")

    with pytest.raises(Conflict, match="cut by somebody else"):
        collection.cut(progress=overtake)
    assert state(collection) == ("cutting", None)


def test_a_withdrawal_during_the_cut_stops_it(collection: Collection) -> None:
    collection.add_everybody()

    def withdraw(step: str, n_done: int, _n_total: int) -> None:
        if (step, n_done) == ("storing", 5):
            with collection.database.write() as session:
                withdrawals.withdraw(session, session.get_one(Speaker, TESTER), NOW)

    with pytest.raises(Conflict, match="2 recordings were taken back during the cut; cut again without them"):
        collection.cut(progress=withdraw)
    assert state(collection)[0] == "failed"
    assert collection.cut().n_clips == 4


def test_a_clip_purged_after_it_was_selected_gets_no_segment(collection: Collection) -> None:
    clip_id = collection.add(TESTER, "yes", purged_at=NOW)  # still to be selected, as in the moment before
    collection.cut()
    assert collection.clip(clip_id).segment_key is None
    assert list(collection.storage.list("segments/")) == []


def test_a_clip_processed_again_during_the_cut_keeps_its_new_segment(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = collection.add(TESTER, "yes")

    def process_again_meanwhile(storage: LocalStorage, clip: SelectedClip) -> tuple[str, Segment]:
        with collection.database.write() as session:
            row = session.get_one(Clip, clip_id)
            row.processed_sha256, row.segment_key = "f" * 64, "segments/new"
        return ready_segment(storage, clip)

    monkeypatch.setattr("speechapp.release.cut.ready_segment", process_again_meanwhile)
    assert collection.cut().n_clips == 1
    assert collection.clip(clip_id).segment_key == "segments/new"
    assert list(collection.storage.list("segments/")) == []


def test_progress_is_heard_step_by_step(collection: Collection) -> None:
    collection.add_everybody()
    heard: list[tuple[str, int, int]] = []
    collection.cut(progress=lambda *step: heard.append(step))
    assert heard[0] == ("packing", 6, 6)
    assert ("checking", 6, 6) in heard
    assert heard[-1] == ("storing", 5, 5)


def test_releases_are_listed_newest_first(collection: Collection) -> None:
    collection.add_everybody()
    for days, version in enumerate(("0.1", "0.3", "0.2")):
        collection.cut(version, now=NOW + timedelta(days=days))
    with collection.database.read() as session:
        assert [release.version for release in all_releases(session)] == ["0.2", "0.3", "0.1"]
        assert next_version(session) == "0.3"


def test_files_of_an_unpublished_release_are_not_served(collection: Collection) -> None:
    begin(collection.database, "0.1", NOW, "maintainer")
    with collection.database.read() as session, pytest.raises(NotFound):
        file_of_release(session, "0.1", "README.md")
