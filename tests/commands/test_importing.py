"""`speechapp import`: recordings become processed clips, once, and whatever could not is listed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from speechapp.db import Database
from speechapp.errors import InvalidInput
from speechapp.models import Clip, Review, Speaker
from tests import sounds
from tests.databases import on_every_database

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Two good takes, a silent one, one that is no audio, and a text file."""
    folder = tmp_path / "recordings"
    files = {
        "yes/0a0a0a0a_nohash_0.wav": sounds.word_like(seed=1),
        "no/0b0b0b0b_nohash_3.wav": sounds.word_like(seed=2),
        "no/0b0b0b0b_nohash_4.wav": sounds.silence(),
        "no/0b0b0b0b_nohash_5.wav": b"MThd",
        "no/notes.txt": b"notes",
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def states(database: Database) -> dict[str, tuple[str, str | None]]:
    """State and decision of every clip, by its name in a release."""
    with database.read() as session:
        return {clip.file_name: (clip.state, clip.decision) for clip in session.scalars(select(Clip))}


@on_every_database
def test_an_import_processes_what_it_can_and_lists_the_rest(run: Run, recordings: Path, database: Database) -> None:
    result = run("import", str(recordings), "--speaker-from-name", "--jobs", "1")
    assert result.exit_code == 0
    assert result.stdout == (
        "refused   no/notes.txt: .txt is not the ending of an audio file we know\n"
        "refused   no/0b0b0b0b_nohash_5.wav: its first bytes are not those of an audio file we know\n"
        "unusable  no/0b0b0b0b_nohash_4.wav: Nothing can be heard in the recording; "
        "check the microphone and speak closer to it.\n"
        "2 clips processed (0 files were imported before)\n"
        "1 unusable (silent 1)\n"
        "2 refused (not_audio 1, container_unknown 1)\n"
    )
    assert states(database) == {
        "yes/0a0a0a0a_nohash_0.wav": ("processed", None),
        "no/0b0b0b0b_nohash_3.wav": ("processed", None),
        "no/0b0b0b0b_nohash_4.wav": ("unusable", None),
    }


def test_an_import_that_is_run_again_imports_nothing_twice_and_can_accept(
    run: Run, recordings: Path, database: Database
) -> None:
    run("import", str(recordings), "--speaker-from-name", "--jobs", "1")
    (recordings / "yes" / "0a0a0a0a_nohash_1.wav").write_bytes(sounds.word_like(seed=3))
    result = run("import", str(recordings), "--speaker-from-name", "--jobs", "1", "--accept")
    assert "3 clips processed (3 files were imported before)" in result.stdout
    assert states(database) == {
        "yes/0a0a0a0a_nohash_0.wav": ("processed", "accept"),
        "yes/0a0a0a0a_nohash_1.wav": ("processed", "accept"),
        "no/0b0b0b0b_nohash_3.wav": ("processed", "accept"),
        "no/0b0b0b0b_nohash_4.wav": ("unusable", None),
    }
    with database.read() as session:
        assert [review.user_id for review in session.scalars(select(Review))] == [None, None, None]


def test_without_names_all_files_are_by_one_speaker(run: Run, recordings: Path, database: Database) -> None:
    run("import", str(recordings), "--speaker", "ada", "--jobs", "2")
    with database.read() as session:
        assert len(list(session.scalars(select(Speaker)))) == 1


def test_a_speaker_and_speakers_from_names_do_not_go_together(run: Run, recordings: Path) -> None:
    with pytest.raises(InvalidInput, match="not both"):
        run("import", str(recordings), "--speaker-from-name", "--speaker", "ada")


def test_a_folder_without_word_folders_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="It should hold WORD/FILE"):
        run("import", str(tmp_path / "empty"))


def test_a_folder_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("import", str(tmp_path / "nowhere"))
    assert (result.exit_code, "does not exist" in result.stderr) == (2, True)


def test_the_language_of_an_import_is_kept_with_its_clips(run: Run, recordings: Path, database: Database) -> None:
    run("import", str(recordings), "--speaker-from-name", "--language", "es", "--jobs", "1")
    with database.read() as session:
        assert set(session.scalars(select(Clip.language))) == {"es"}


def test_a_language_that_is_none_is_refused_before_anything_is_read(run: Run, recordings: Path) -> None:
    with pytest.raises(InvalidInput, match="“Spanish” is no language tag; write it like en, de or pt-BR"):
        run("import", str(recordings), "--language", "Spanish")
