"""What the worker does to one clip: claim the row, process the raw bytes, store the result, finish the row."""

import hashlib
import logging
from dataclasses import asdict
from typing import Any

from speechapp import leases
from speechapp.audio.clip import process
from speechapp.db import utc_now
from speechapp.errors import NotFound, Unusable
from speechapp.release.packing import keep_segment
from speechapp.services import Services
from speechapp.storage.contract import Storage

log = logging.getLogger(__name__)


def process_clip(services: Services, clip_id: str) -> bool:
    """Process one clip, once: safe to call twice, at once, and after a kill. True where this call finished it."""
    with services.database.write() as session:
        held = leases.claim(session, clip_id, utc_now(), services.config.lease_s)
    if held is None:
        return False
    values = _result(services.storage, held)
    with services.database.write() as session:
        finished = leases.finish(session, held, {**values, "processed_at": utc_now()})
    if not finished:
        log.warning("clip %s took longer than its lease; another worker has it", clip_id)
    return finished


def _result(storage: Storage, held: leases.Claim) -> dict[str, Any]:
    """The columns that say how it went."""
    try:
        clip = process(storage.get(held.raw_key))
    except Unusable as error:
        return {"state": "unusable", "unusable_reason": error.code}
    except NotFound:
        return {"state": "unusable", "unusable_reason": "raw_missing"}
    sha256 = hashlib.sha256(clip.wav).hexdigest()
    processed_key = f"clips/{sha256[:2]}/{sha256}.wav"
    storage.put_if_absent(processed_key, clip.wav)
    return {
        "state": "processed",
        "processed_key": processed_key,
        "processed_sha256": sha256,
        "segment_key": keep_segment(storage, held.file_name, clip.wav),
        **asdict(clip.measures),
    }
