"""The same recording gives the same bytes on every Python, every numpy and every processor.

The golden hashes were compared on Python 3.11, 3.12 and 3.13 and on x86-64 and ARM. Where a change is meant to change
the clips, as another way of aligning does: `.venv/bin/python -m tests.audio.make_golden`, and say so in the changelog.
"""

import json

import pytest

from tests.audio.golden_recordings import RECORDINGS
from tests.audio.make_golden import GOLDEN, digests


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_golden_recording_becomes_its_golden_clip(name: str) -> None:
    assert digests(name) == json.loads(GOLDEN.read_text())[name]


def test_no_two_golden_clips_are_the_same() -> None:
    golden = json.loads(GOLDEN.read_text())
    assert golden.keys() == RECORDINGS.keys()
    assert len({entry["clip"] for entry in golden.values()}) == len(golden)
