"""Imports: recordings keep the speakers and numbers they came with, come in once, and refusals say why."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from speechapp import imports
from speechapp.audio.format import write_wav
from speechapp.imports import Recording, Refusal, Registered
from speechapp.models import Clip, Speaker
from speechapp.release.partition import partition_of_speaker
from speechapp.services import Services
from tests.databases import on_every_database
from tests.rows import ADA, BEN, NOON, add_clip, add_speaker

ONE, TWO, THREE = (write_wav(bytes([number, 0]) * 50) for number in (1, 2, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


def put(folder: Path, name: str, data: bytes = ONE) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def scan(folder: Path, speaker_from_name: bool = True, label: str | None = None) -> list[Recording | Refusal]:
    return list(imports.scan(folder, speaker_from_name=speaker_from_name, speaker_label=label))


def register(services: Services, found: Sequence[Recording | Refusal]) -> Registered:
    recordings = [item for item in found if isinstance(item, Recording)]
    return imports.register(services.database, services.storage, recordings, NOON, 60, partition_of_speaker)


def file_names(services: Services) -> list[str]:
    with services.database.read() as session:
        return sorted(clip.file_name for clip in session.scalars(select(Clip)))


def test_speech_commands_names_give_word_speaker_and_number(folder: Path) -> None:
    path = put(folder, "Yes/0a0a0a0a_nohash_7.wav")
    assert scan(folder) == [Recording(path, "yes", "0a0a0a0a", 7)]


@pytest.mark.parametrize(
    ("name", "speaker_id", "utterance"),
    [
        ("0a0a0a0a_nohash_127.wav", "0a0a0a0a", 127),
        ("0a0a0a0a_nohash_128.wav", "0a0a0a0a", None),
        ("0a0a0a0a_anything.wav", "0a0a0a0a", None),
        ("jackson_3.wav", imports.speaker_of_label("jackson"), None),
        ("jackson_nohash_3.wav", imports.speaker_of_label("jackson"), None),
        ("jackson.wav", imports.speaker_of_label("jackson"), None),
    ],
)
def test_other_names_give_the_speaker_up_to_the_mark(
    folder: Path, name: str, speaker_id: str, utterance: int | None
) -> None:
    path = put(folder, f"yes/{name}")
    assert scan(folder) == [Recording(path, "yes", speaker_id, utterance)]


def test_a_label_always_means_the_same_speaker() -> None:
    assert imports.speaker_of_label("jackson") == "dc355ec7"
    assert imports.speaker_of_label("theo") != imports.speaker_of_label("jackson")


def test_without_speakers_in_names_the_folder_or_the_label_is_the_speaker(folder: Path) -> None:
    path = put(folder, "yes/0a0a0a0a_nohash_7.wav")
    of_folder, of_label = imports.speaker_of_label("recordings"), imports.speaker_of_label("ada")
    assert scan(folder, speaker_from_name=False) == [Recording(path, "yes", of_folder, None)]
    assert scan(folder, speaker_from_name=False, label="ada") == [Recording(path, "yes", of_label, None)]


def test_word_folders_are_read_in_order_and_all_the_way_down(folder: Path) -> None:
    put(folder, "yes/b.wav")
    put(folder, "yes/a/c.wav")
    put(folder, "no/d.wav")
    assert [item.path.relative_to(folder).as_posix() for item in scan(folder)] == [
        "no/d.wav",
        "yes/a/c.wav",
        "yes/b.wav",
    ]


def test_noise_hidden_things_and_files_beside_the_folders_are_no_words(folder: Path) -> None:
    put(folder, "_background_noise_/tap.wav")
    put(folder, ".git/a.wav")
    put(folder, "yes/.hidden.wav")
    put(folder, "README.md")
    assert scan(folder) == []


def test_what_is_not_audio_by_its_name_is_refused(folder: Path) -> None:
    text, bare = put(folder, "yes/notes.txt"), put(folder, "yes/notes")
    assert scan(folder) == [
        Refusal(bare, "not_audio", "no ending is not the ending of an audio file we know"),
        Refusal(text, "not_audio", ".txt is not the ending of an audio file we know"),
    ]


def test_a_folder_that_is_no_word_is_refused(folder: Path) -> None:
    path = put(folder, "good-bye/a.wav")
    message = "the folder “good-bye” is not a word of a-z and 0-9, beginning with a letter"
    assert scan(folder) == [Refusal(path, "word_invalid", message)]


@on_every_database
def test_registered_recordings_keep_speaker_number_and_bytes(services: Services, folder: Path) -> None:
    put(folder, "yes/0a0a0a0a_nohash_7.wav")
    registered = register(services, scan(folder))
    assert (len(registered.clip_ids), registered.n_known, registered.refusals) == (1, 0, ())
    with services.database.read() as session:
        [clip] = session.scalars(select(Clip))
        speaker = session.get_one(Speaker, ADA)
    assert (clip.file_name, clip.state, clip.settings) == (
        "yes/0a0a0a0a_nohash_7.wav",
        "pending",
        {"imported_from": "yes/0a0a0a0a_nohash_7.wav"},
    )
    assert (speaker.origin, speaker.partition) == ("import", partition_of_speaker(ADA))
    assert services.storage.get(clip.raw_key) == ONE


@on_every_database
def test_importing_again_imports_nothing_twice(services: Services, folder: Path) -> None:
    put(folder, "yes/0a0a0a0a_nohash_0.wav")
    first = register(services, scan(folder))
    put(folder, "yes/0a0a0a0a_nohash_1.wav", TWO)
    second = register(services, scan(folder))
    assert second.n_known == 1
    assert set(first.clip_ids) < set(second.clip_ids)
    assert file_names(services) == ["yes/0a0a0a0a_nohash_0.wav", "yes/0a0a0a0a_nohash_1.wav"]


def test_the_same_file_found_twice_is_one_clip(services: Services, folder: Path) -> None:
    put(folder, "yes/one/0a0a0a0a_nohash_0.wav")
    put(folder, "yes/two/0a0a0a0a_nohash_0.wav")
    registered = register(services, scan(folder))
    assert (len(registered.clip_ids), registered.n_known) == (1, 1)


def test_a_number_that_is_taken_gives_way_to_the_next(services: Services, folder: Path) -> None:
    put(folder, "yes/one/0a0a0a0a_nohash_0.wav", ONE)
    put(folder, "yes/two/0a0a0a0a_nohash_0.wav", TWO)
    put(folder, "yes/two/0a0a0a0a_take.wav", THREE)
    register(services, scan(folder))
    assert file_names(services) == [f"yes/0a0a0a0a_nohash_{number}.wav" for number in (0, 1, 2)]


@on_every_database
def test_batches_of_the_same_speakers_at_once_all_come_in(services: Services, folder: Path) -> None:
    for word in ("down", "no", "up", "yes"):
        put(folder, f"{word}/0a0a0a0a_nohash_0.wav")
        put(folder, f"{word}/0b0b0b0b_nohash_0.wav")
    found = scan(folder)
    with ThreadPoolExecutor(4) as pool:
        registered = list(pool.map(lambda start: register(services, found[start : start + 3]), [0, 2, 4, 5]))
    assert sum(batch.n_known for batch in registered) == 4
    assert len(file_names(services)) == 8
    with services.database.read() as session:
        assert sorted(session.scalars(select(Speaker.id))) == [ADA, BEN]


def test_bytes_that_are_not_audio_are_refused(services: Services, folder: Path) -> None:
    path = put(folder, "yes/0a0a0a0a_nohash_0.wav", b"MThd")
    registered = register(services, scan(folder))
    message = "its first bytes are not those of an audio file we know"
    assert registered.refusals == (Refusal(path, "container_unknown", message),)
    assert registered.clip_ids == ()


def test_a_file_of_more_than_32_mib_is_refused_unread(services: Services, folder: Path) -> None:
    path = put(folder, "yes/0a0a0a0a_nohash_0.wav")
    with path.open("r+b") as file:
        file.truncate(32 * 1024 * 1024 + 1)
    [refusal] = register(services, scan(folder)).refusals
    assert refusal.code == "file_too_large"


def test_a_file_that_is_gone_is_refused(services: Services, folder: Path) -> None:
    path = put(folder, "yes/0a0a0a0a_nohash_0.wav")
    found = scan(folder)
    path.unlink()
    refusal = Refusal(path, "unreadable", "cannot be read: No such file or directory")
    assert register(services, found).refusals == (refusal,)


def test_recordings_of_a_speaker_who_has_withdrawn_are_refused(services: Services, folder: Path) -> None:
    add_speaker(services.database, ADA)
    with services.database.write() as session:
        session.get_one(Speaker, ADA).withdrawn_at = NOON
    put(folder, "yes/0a0a0a0a_nohash_0.wav")
    [refusal] = register(services, scan(folder)).refusals
    assert (refusal.code, refusal.message) == ("speaker_withdrawn", "speaker 0a0a0a0a has withdrawn all recordings")


def test_a_speaker_with_128_takes_of_a_word_is_refused_another(services: Services, folder: Path) -> None:
    add_speaker(services.database, ADA)
    add_clip(services.database, "c127", word="yes", utterance=127)
    put(folder, "yes/0a0a0a0a_take.wav")
    [refusal] = register(services, scan(folder)).refusals
    assert refusal.code == "utterances_exhausted"


def test_one_refusal_does_not_hold_up_the_others(services: Services, folder: Path) -> None:
    put(folder, "yes/0a0a0a0a_nohash_0.wav", b"MThd")
    put(folder, "yes/0a0a0a0a_nohash_1.wav")
    registered = register(services, scan(folder))
    assert (len(registered.clip_ids), len(registered.refusals)) == (1, 1)
    assert file_names(services) == ["yes/0a0a0a0a_nohash_1.wav"]


def test_batches_hold_everything_in_order() -> None:
    recordings = [Recording(Path(name), "yes", ADA, None) for name in "abcde"]
    assert imports.batches(recordings, 2) == [recordings[:2], recordings[2:4], recordings[4:]]


def test_the_language_is_told_to_new_clips_and_to_those_that_had_none(folder: Path, services: Services) -> None:
    first, second = put(folder, "no/0a0a0a0a_nohash_0.wav", ONE), put(folder, "no/0a0a0a0a_nohash_1.wav", TWO)
    recordings = [Recording(path, "no", ADA, number) for number, path in enumerate((first, second))]
    for told, language in ((recordings[:1], None), (recordings, "es"), (recordings, "en")):
        imports.register(services.database, services.storage, told, NOON, 60, partition_of_speaker, language)
    with services.database.read() as session:
        assert list(session.scalars(select(Clip.language))) == ["es", "es"]
