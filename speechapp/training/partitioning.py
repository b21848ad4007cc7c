"""Which clips a run trains on, chooses by, and is judged by."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from speechapp.errors import DataError
from speechapp.release.manifest import IndexedClip

HELD_OUT_SHARE = 0.1  # of the speakers, for validation and again for testing
MIN_SPEAKERS = 3

Clips = tuple[IndexedClip, ...]


@dataclass(frozen=True)
class Partitions:
    """No speaker is in two of them."""

    training: Clips
    validation: Clips
    testing: Clips


def split(clips: Sequence[IndexedClip], by_speaker: bool) -> Partitions:
    """Part the clips as the release has them, or grouped anew by speaker for data of few speakers.

    The grouped split ranks the speakers by the SHA-1 of their name and gives a tenth of them, at least one, to
    validation and as many to testing. It is for training only: a release keeps the rule that never moves a speaker.
    Raises DataError when there are fewer than three.
    """
    grouped = _grouped({clip.speaker for clip in clips}) if by_speaker else {}
    named = [(grouped.get(clip.speaker, clip.partition), clip) for clip in clips]
    return Partitions(
        training=tuple(clip for partition, clip in named if partition == "training"),
        validation=tuple(clip for partition, clip in named if partition == "validation"),
        testing=tuple(clip for partition, clip in named if partition == "testing"),
    )


def _grouped(speakers: Collection[str]) -> dict[str, str]:
    if len(speakers) < MIN_SPEAKERS:
        raise DataError("too_few_speakers", f"Three speakers are the least to split by; here are {len(speakers)}.")
    ranked = sorted(speakers, key=lambda name: hashlib.sha1(name.encode(), usedforsecurity=False).digest())
    n_held_out = max(1, round(len(ranked) * HELD_OUT_SHARE))
    return {
        speaker: "validation" if rank < n_held_out else "testing" if rank < 2 * n_held_out else "training"
        for rank, speaker in enumerate(ranked)
    }
