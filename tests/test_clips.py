"""Clips: however often and in whatever order uploads come, each recording is kept once."""

import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from speechapp import clips, speakers, visits, withdrawals
from speechapp.audio.format import write_wav
from speechapp.clips import Received, Upload
from speechapp.errors import Conflict, Forbidden, InvalidInput, NotFound, SpeechappError, TooLarge, Unauthenticated
from speechapp.models import Clip, Speaker, Visit
from speechapp.release.partition import partition_of_speaker
from speechapp.services import Services
from tests.databases import on_every_database
from tests.rows import NOON, add_clip
from tests.vocabularies import vocabulary_of

YES_AND_NO = vocabulary_of(("yes", "no"))
AUDIO = write_wav(b"\1\2" * 50)


@dataclass(frozen=True)
class Sitting:
    """One visit of a new speaker, and what uploads in it need."""

    services: Services
    token: str
    visit: Visit

    def receive(self, upload: Upload, audio: bytes = AUDIO) -> Received:
        return clips.receive(self.services.database, self.services.storage, self.token, upload, audio, NOON, 60)

    def upload(self, word: str = "yes", nth: int = 0, audio: bytes = AUDIO) -> Upload:
        """An upload for the nth prompt of this word."""
        position = [place for place, prompted in enumerate(self.visit.words) if prompted == word][nth]
        sha256 = hashlib.sha256(audio).hexdigest()
        return Upload(uuid.uuid4().hex, self.visit.id, position, word, len(audio), sha256)

    def rows(self) -> list[Clip]:
        with self.services.database.read() as session:
            return list(session.scalars(select(Clip).where(Clip.speaker_id == self.visit.speaker_id)))

    def standing(self) -> list[str]:
        """The ids of the clips that count, by position."""
        with self.services.database.read() as session:
            return [clip.id for clip in visits.recorded_clips(session, self.visit)]


@pytest.fixture
def sit_down(services: Services) -> Callable[[], Sitting]:
    """Start a visit of another new speaker each time."""

    def start() -> Sitting:
        with services.database.write() as session:
            speaker, token = speakers.mint(
                session, origin="recorder", consent_version="3", now=NOON, partition_of=partition_of_speaker
            )
            return Sitting(services, token, visits.start(session, speaker, YES_AND_NO, NOON))

    return start


@pytest.fixture
def sitting(sit_down: Callable[[], Sitting]) -> Sitting:
    return sit_down()


@on_every_database
def test_an_upload_becomes_one_pending_row_and_its_raw_bytes(sitting: Sitting) -> None:
    upload = replace(sitting.upload(), settings={"echo_cancellation": False})
    received = sitting.receive(upload)
    assert received.is_new
    [clip] = sitting.rows()
    assert (clip.id, clip.word, clip.utterance, clip.state) == (upload.clip_id, "yes", 0, "pending")
    assert (clip.raw_sha256, clip.raw_bytes, clip.settings) == (upload.sha256, 144, {"echo_cancellation": False})
    assert clip.raw_key == f"raw/{upload.sha256[:2]}/{upload.sha256}.wav"
    assert sitting.services.storage.get(clip.raw_key) == AUDIO


@on_every_database
def test_a_repeated_upload_is_answered_alike_and_changes_nothing(sitting: Sitting) -> None:
    upload = sitting.upload()
    first, second = sitting.receive(upload), sitting.receive(upload)
    assert (first.is_new, second.is_new) == (True, False)
    assert (second.clip.id, second.clip.utterance) == (first.clip.id, first.clip.utterance)
    assert len(sitting.rows()) == 1


@on_every_database
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(repeats=st.lists(st.integers(0, 5), max_size=8), order=st.permutations(range(6)))
def test_any_order_with_any_repeats_keeps_each_clip_once(
    sit_down: Callable[[], Sitting], repeats: list[int], order: list[int]
) -> None:
    sitting = sit_down()
    takes = [sitting.upload("yes", nth) for nth in range(3)]
    uploads = takes + [replace(sitting.upload("yes", nth), replaces=takes[nth].clip_id) for nth in range(3)]

    received = [sitting.receive(uploads[index]) for index in [*repeats, *order]]

    assert {clip.id for clip in sitting.rows()} == {upload.clip_id for upload in uploads}
    assert sorted(clip.utterance for clip in sitting.rows()) == [0, 1, 2, 3, 4, 5]
    assert sum(answer.is_new for answer in received) == 6
    assert len({(answer.clip.id, answer.clip.utterance) for answer in received}) == 6
    assert sitting.standing() == [upload.clip_id for upload in uploads[3:]]


@on_every_database
def test_the_same_upload_from_many_threads_makes_one_row(sitting: Sitting) -> None:
    upload = sitting.upload()
    with ThreadPoolExecutor(6) as pool:
        received = list(pool.map(lambda _: sitting.receive(upload), range(12)))
    assert [answer.is_new for answer in received].count(True) == 1
    assert len(sitting.rows()) == 1


@on_every_database
def test_takes_of_one_word_from_many_threads_get_numbers_of_their_own(sitting: Sitting) -> None:
    uploads = [sitting.upload("yes", index % 5) for index in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(sitting.receive, uploads))
    assert sorted(clip.utterance for clip in sitting.rows()) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


@on_every_database
def test_no_upload_slips_past_a_withdrawal(sitting: Sitting) -> None:
    def withdraw() -> None:
        with sitting.services.database.write() as session:
            withdrawals.withdraw(session, speakers.known_by(session, sitting.token, hold=True), NOON)

    with ThreadPoolExecutor(6) as pool:
        before = [pool.submit(sitting.receive, sitting.upload("yes", nth)) for nth in range(5)]
        pool.submit(withdraw).result()
        after = [pool.submit(sitting.receive, sitting.upload("no", nth)) for nth in range(5)]
    assert [str(future.exception()) for future in after] == 5 * [
        "These recordings were withdrawn. Start anew to record again."
    ]
    assert len(before) == 5
    assert all(clip.withdrawn_at == NOON for clip in sitting.rows())


def test_an_upload_that_a_withdrawal_overtakes_leaves_no_bytes_behind(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_if_absent = sitting.services.storage.put_if_absent

    def put_and_withdraw(key: str, data: bytes) -> bool:
        put = put_if_absent(key, data)
        with sitting.services.database.write() as session:
            withdrawals.withdraw(session, speakers.known_by(session, sitting.token), NOON)
        return put

    monkeypatch.setattr(sitting.services.storage, "put_if_absent", put_and_withdraw)
    with pytest.raises(Conflict, match="These recordings were withdrawn"):
        sitting.receive(sitting.upload())
    assert list(sitting.services.storage.list("")) == []


@on_every_database
def test_a_clip_withdrawn_and_purged_just_after_it_was_stored_is_not_stored_again(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, storage = sitting.services.database, sitting.services.storage
    size = storage.size

    def withdraw_purge_and_look(key: str) -> int:
        with database.write() as session:
            withdrawals.withdraw_clip(session.scalars(select(Clip)).one(), NOON)
        assert withdrawals.purge(database, storage, NOON) == 1
        return size(key)

    monkeypatch.setattr(storage, "size", withdraw_purge_and_look)
    sitting.receive(sitting.upload())
    assert list(storage.list("")) == []


@on_every_database
def test_a_clip_whose_bytes_a_purge_of_others_took_along_is_stored_again(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = sitting.services.storage
    size = storage.size

    def delete_and_look(key: str) -> int:
        storage.delete(key)
        return size(key)

    monkeypatch.setattr(storage, "size", delete_and_look)
    assert storage.get(sitting.receive(sitting.upload()).clip.raw_key) == AUDIO


def test_numbers_are_counted_for_each_word_and_each_speaker(sit_down: Callable[[], Sitting]) -> None:
    ada, ben = sit_down(), sit_down()
    answers = [
        ada.receive(ada.upload("yes", 0)),
        ada.receive(ada.upload("no", 0)),
        ada.receive(ada.upload("yes", 1)),
        ben.receive(ben.upload("yes", 0)),
    ]
    assert [answer.clip.utterance for answer in answers] == [0, 0, 1, 0]


def test_the_128th_take_of_a_word_is_the_last(sitting: Sitting) -> None:
    add_clip(sitting.services.database, "126th", speaker_id=sitting.visit.speaker_id, utterance=126)
    assert sitting.receive(sitting.upload("yes", 0)).clip.utterance == 127
    with pytest.raises(Conflict, match="has said “yes” 128 times") as refused:
        sitting.receive(sitting.upload("yes", 1))
    assert refused.value.code == "utterances_exhausted"
    assert sitting.receive(sitting.upload("no", 0)).clip.utterance == 0


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
def test_a_clip_redone_twice_leaves_the_last_whatever_comes_first(sitting: Sitting, order: list[int]) -> None:
    first = sitting.upload()
    second = replace(sitting.upload(), replaces=first.clip_id)
    third = replace(sitting.upload(), replaces=second.clip_id)
    takes = [first, second, third]
    for index in order:
        sitting.receive(takes[index])
    assert sitting.standing() == [third.clip_id]


def test_a_redo_replaces_only_the_take_of_its_own_prompt(sit_down: Callable[[], Sitting]) -> None:
    ada, ben = sit_down(), sit_down()
    adas = ada.upload("yes", 0)
    ada.receive(adas)
    ada.receive(replace(ada.upload("yes", 1), replaces=adas.clip_id))
    ben.receive(replace(ben.upload("yes", 0), replaces=adas.clip_id))
    assert adas.clip_id in ada.standing()
    assert len(ada.standing()) == 2


def test_two_speakers_with_the_same_bytes_share_one_object(sit_down: Callable[[], Sitting]) -> None:
    ada, ben = sit_down(), sit_down()
    ada.receive(ada.upload())
    ben.receive(ben.upload())
    assert len(list(ada.services.storage.list("raw/"))) == 1


def test_an_id_that_names_another_recording_is_refused(sit_down: Callable[[], Sitting]) -> None:
    ada, ben = sit_down(), sit_down()
    taken = ada.upload("yes", 0)
    ada.receive(taken)
    other_prompt = replace(ada.upload("yes", 1), clip_id=taken.clip_id)
    other_bytes = replace(ada.upload("yes", 0, audio=AUDIO + b"\0\0"), clip_id=taken.clip_id)
    other_speaker = replace(ben.upload("yes", 0), clip_id=taken.clip_id)
    assert why_refused(ada, other_prompt) == (Conflict, "clip_id_taken")
    assert why_refused(ada, other_bytes, AUDIO + b"\0\0") == (Conflict, "clip_id_taken")
    assert why_refused(ben, other_speaker) == (Conflict, "clip_id_taken")


def test_bytes_that_are_not_the_ones_announced_are_refused_and_not_kept(sitting: Sitting) -> None:
    upload = sitting.upload()
    assert why_refused(sitting, upload, AUDIO[:-2]) == (InvalidInput, "length_mismatch")
    assert why_refused(sitting, upload, AUDIO[:-1] + b"?") == (InvalidInput, "hash_mismatch")
    assert why_refused(sitting, sitting.upload(audio=b"MThd"), b"MThd") == (InvalidInput, "container_unknown")
    too_large = AUDIO + bytes(2 * 1024 * 1024)
    assert why_refused(sitting, sitting.upload(audio=too_large), too_large) == (TooLarge, "clip_too_large")
    assert sitting.rows() == []
    assert list(sitting.services.storage.list("")) == []


def test_a_clip_of_exactly_2_mib_is_taken(sitting: Sitting) -> None:
    largest = AUDIO.ljust(2 * 1024 * 1024, b"\0")
    assert sitting.receive(sitting.upload(audio=largest), largest).clip.raw_bytes == 2_097_152


def test_a_word_that_was_not_asked_for_there_is_refused(sitting: Sitting) -> None:
    upload = sitting.upload("yes")
    refused = (InvalidInput, "word_not_prompted")
    assert why_refused(sitting, replace(upload, word="no")) == refused
    assert why_refused(sitting, replace(upload, position=10)) == refused
    assert why_refused(sitting, replace(upload, position=-1)) == refused


def test_visits_that_are_not_the_speakers_own_are_refused(sit_down: Callable[[], Sitting]) -> None:
    ada, ben = sit_down(), sit_down()
    assert why_refused(ada, ben.upload()) == (Forbidden, "visit_of_other_speaker")
    assert why_refused(ada, replace(ada.upload(), visit_id="0" * 32)) == (NotFound, "visit_unknown")


def test_a_speaker_who_is_unknown_or_has_withdrawn_is_refused(sitting: Sitting) -> None:
    assert why_refused(replace(sitting, token="guess"), sitting.upload()) == (Unauthenticated, "token_unknown")
    with sitting.services.database.write() as session:
        session.get_one(Speaker, sitting.visit.speaker_id).withdrawn_at = NOON
    assert why_refused(sitting, sitting.upload()) == (Conflict, "speaker_withdrawn")


def why_refused(sitting: Sitting, upload: Upload, audio: bytes = AUDIO) -> tuple[type[SpeechappError], str]:
    """The kind and the code of the refusal of this upload."""
    with pytest.raises(SpeechappError) as refused:
        sitting.receive(upload, audio)
    return type(refused.value), refused.value.code
