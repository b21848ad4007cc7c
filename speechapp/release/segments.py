"""The stored segments of clips: used when they are sound, made again when they are not."""

import hashlib

from speechapp.errors import DataError, NotFound
from speechapp.release.packing import Segment, keep_segment, segment_from_bytes, unpack_segment
from speechapp.release.selection import SelectedClip
from speechapp.storage.contract import Storage


def ready_segment(storage: Storage, clip: SelectedClip) -> tuple[str, Segment]:
    """The key and the segment of a clip, checked against its name and SHA-256; made and stored where it is missing.

    Raises DataError when the processed clip it would be made from is missing or damaged.
    """
    if clip.segment_key:
        try:
            return clip.segment_key, _checked(storage, clip, clip.segment_key)
        except NotFound:
            pass
        except DataError:
            storage.delete(clip.segment_key)
    key = keep_segment(storage, clip.row.file, _processed(storage, clip))
    return key, _checked(storage, clip, key)


def _checked(storage: Storage, clip: SelectedClip, key: str) -> Segment:
    segment = segment_from_bytes(storage.get(key))
    name, wav = unpack_segment(segment)
    if name != clip.row.file or hashlib.sha256(wav).hexdigest() != clip.row.sha256:
        raise DataError("bad_segment", f"{key} does not hold {clip.row.file}; delete it, and it will be made again.")
    return segment


def _processed(storage: Storage, clip: SelectedClip) -> bytes:
    try:
        wav = storage.get(clip.processed_key)
    except NotFound as error:
        raise DataError("clip_missing", f"{clip.row.file}: {error.message} Have the clip processed again.") from error
    if hashlib.sha256(wav).hexdigest() != clip.row.sha256:
        raise DataError(
            "clip_damaged", f"{clip.row.file}: {clip.processed_key} is damaged; have the clip processed again."
        )
    return wav
