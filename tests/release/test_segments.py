"""Stored segments: used when sound, made again when not."""

from dataclasses import replace

import pytest

from speechapp.errors import DataError
from speechapp.release.packing import keep_segment, make_segment, unpack_segment
from speechapp.release.segments import ready_segment
from speechapp.release.selection import SelectedClip, select_clips
from tests.release.collection import TESTER, Collection, clip_wav

NAME = f"yes/{TESTER}_nohash_0.wav"
WAV = clip_wav(TESTER, "yes", 0)


@pytest.fixture
def clip(collection: Collection) -> SelectedClip:
    """A clip whose segment is stored."""
    collection.add(TESTER, "yes", segment_key=keep_segment(collection.storage, NAME, WAV))
    with collection.database.read() as session:
        return select_clips(session).clips[0]


def test_a_sound_segment_is_used_without_the_processed_clip(collection: Collection, clip: SelectedClip) -> None:
    collection.storage.delete(clip.processed_key)
    key, segment = ready_segment(collection.storage, clip)
    assert (key, segment) == (clip.segment_key, make_segment(NAME, WAV))


def test_a_segment_nobody_made_is_made_and_stored(collection: Collection, clip: SelectedClip) -> None:
    key, segment = ready_segment(collection.storage, replace(clip, segment_key=None))
    assert unpack_segment(segment) == (NAME, WAV)
    assert collection.storage.get(key) == segment.to_bytes()


def test_a_segment_that_is_gone_is_made_again(collection: Collection, clip: SelectedClip) -> None:
    assert clip.segment_key
    collection.storage.delete(clip.segment_key)
    assert ready_segment(collection.storage, clip) == (clip.segment_key, make_segment(NAME, WAV))


@pytest.mark.parametrize(
    "stored", [b"rubbish", make_segment(NAME, WAV).to_bytes()[:-9], make_segment("no/x.wav", WAV).to_bytes()]
)
def test_a_damaged_or_foreign_segment_is_replaced(collection: Collection, clip: SelectedClip, stored: bytes) -> None:
    assert clip.segment_key
    collection.storage.delete(clip.segment_key)
    collection.storage.put_if_absent(clip.segment_key, stored)
    assert ready_segment(collection.storage, clip) == (clip.segment_key, make_segment(NAME, WAV))
    assert collection.storage.get(clip.segment_key) == make_segment(NAME, WAV).to_bytes()


def test_a_processed_clip_that_is_gone_is_named(collection: Collection, clip: SelectedClip) -> None:
    collection.storage.delete(clip.processed_key)
    with pytest.raises(DataError, match=rf"{NAME}: .*Have the clip processed again"):
        ready_segment(collection.storage, replace(clip, segment_key=None))


def test_a_processed_clip_that_is_damaged_is_named(collection: Collection, clip: SelectedClip) -> None:
    collection.storage.delete(clip.processed_key)
    collection.storage.put_if_absent(clip.processed_key, b"rubbish")
    with pytest.raises(DataError, match=rf"{NAME}: .* is damaged"):
        ready_segment(collection.storage, replace(clip, segment_key=None))
