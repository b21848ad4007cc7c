"""Which partition a clip belongs to: a pure function of its speaker, so that no speaker is ever in two of them."""

import hashlib
from typing import Final, Literal

Partition = Literal["training", "validation", "testing"]
PARTITIONS: Final[tuple[Partition, ...]] = ("training", "validation", "testing")
UTTERANCE_MARK: Final = "_nohash_"

_MAX_BUCKET: Final = 2**27 - 1
_VALIDATION_PERCENT: Final = 10.0
_TESTING_PERCENT: Final = 10.0


def which_partition(file_name: str) -> Partition:
    """The partition of a file such as `yes/0a1b2c3d_nohash_4.wav`; folders in front do not count.

    Whatever follows `_nohash_` is left out of the hash; a name without that mark is hashed whole, ending included.
    Source of the method: `which_set` of TensorFlow's speech_commands example, of which this is bit for bit the same.
    """
    base_name = file_name.rsplit("/", 1)[-1]
    return partition_of_speaker(base_name.split(UTTERANCE_MARK, 1)[0])


def partition_of_speaker(speaker: str) -> Partition:
    """The partition of all that this speaker (8 hex digits) ever says: about 80 % training, 10 % each of the others."""
    percent = _bucket(speaker) * (100.0 / _MAX_BUCKET)
    if percent < _VALIDATION_PERCENT:
        return "validation"
    if percent < _VALIDATION_PERCENT + _TESTING_PERCENT:
        return "testing"
    return "training"


def _bucket(name: str) -> int:
    digest = hashlib.sha1(name.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "big") % (_MAX_BUCKET + 1)
