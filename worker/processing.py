"""What the worker does to one clip: claim the row, process the raw bytes, store the result, finish the row."""

import hashlib
import logging
from dataclasses import asdict
from typing import Any, Final

from speechapp import leases, reprocessing
from speechapp.audio.align import Alignment
from speechapp.audio.clip import ProcessedClip, Processing, process
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.config import Config
from speechapp.db import utc_now
from speechapp.doubt import doubt
from speechapp.errors import NotFound, Unusable
from speechapp.models import Clip
from speechapp.release.packing import keep_segment, segment_key
from speechapp.reprocessing import Change
from speechapp.services import Services
from speechapp.storage.contract import Storage

MEASURES: Final = (  # that have a column of their own
    "take_ms",
    "source_rate_hz",
    "peak_dbfs",
    "rms_dbfs",
    "noise_floor_dbfs",
    "snr_db",
    "n_clipped_samples",
    "window_start_ms",
)
log = logging.getLogger(__name__)


def process_clip(services: Services, clip_id: str) -> bool:
    """Process one clip, once: safe to call twice, at once, and after a kill. True where this call finished it."""
    with services.database.write() as session:
        held = leases.claim(session, clip_id, utc_now(), services.config.lease_s)
    if held is None:
        return False
    made = _made(services, held.raw_key)
    values = {**_columns(made), **_store(services.storage, held.file_name, made)}
    with services.database.write() as session:
        finished = leases.finish(session, held, {**values, "processed_at": utc_now()})
    if not finished:
        log.warning("clip %s took longer than its lease; another worker has it", clip_id)
    return finished


def process_again(services: Services, clip_id: str, *, keep_decisions: bool = False) -> Change:
    """Process a clip that is done once more, from its raw bytes; what it is now stays until the new clip is stored."""
    with services.database.write() as session:
        held = leases.claim_again(session, clip_id, utc_now(), services.config.lease_s)
    if held is None:
        return Change(clip_id, clip_id, "busy")
    try:
        return _again(services, held, keep_decisions=keep_decisions)
    except Exception:
        with services.database.write() as session:
            leases.give_back(session, held)
        return _failed(clip_id, held.file_name)


def _again(services: Services, held: leases.Claim, *, keep_decisions: bool) -> Change:
    made = _made(services, held.raw_key)
    with services.database.write() as session:
        reprocessing.expect(session, held, _keys(held.file_name, made), utc_now())
    stored = _store(services.storage, held.file_name, made)
    with services.database.write() as session:
        values = {**_columns(made), **stored}
        change = reprocessing.finish(session, held, values, utc_now(), keep_decisions=keep_decisions)
        if change.outcome != "busy":
            _store(
                services.storage, held.file_name, made
            )  # again: a leftover of the same bytes may have gone meanwhile
    return change


def would_change(services: Services, clip_id: str) -> Change:
    """What processing again would make of a clip; changes nothing."""
    with services.database.read() as session:
        clip = session.get(Clip, clip_id)
    if clip is None:
        return Change(clip_id, clip_id, "busy")
    try:
        return reprocessing.change(clip, _columns(_made(services, clip.raw_key)))
    except Exception:
        return _failed(clip_id, clip.file_name)


def _failed(clip_id: str, name: str) -> Change:
    """Say why in the log; the other clips go on. To be called while the error is being handled."""
    log.exception("clip %s could not be processed again", clip_id)
    return Change(clip_id, name, "failed")


def _made(services: Services, raw_key: str) -> ProcessedClip | str:
    """The clip, or why there can be none."""
    try:
        return process(services.storage.get(raw_key), _processing(services.config))
    except Unusable as error:
        return error.code
    except NotFound:
        return "raw_missing"


def _processing(config: Config) -> Processing:
    return Processing(method=config.align_method, level_dbfs=config.clip_level_dbfs, dither=config.clip_dither)


def _store(storage: Storage, file_name: str, made: ProcessedClip | str) -> dict[str, Any]:
    """Keep the clip and its segment; the column that follows from it."""
    if isinstance(made, str):
        return {}
    storage.put_if_absent(_key(hashlib.sha256(made.wav).hexdigest()), made.wav)
    return {"segment_key": keep_segment(storage, file_name, made.wav)}


def _keys(file_name: str, made: ProcessedClip | str) -> tuple[str, ...]:
    """Where `_store` keeps them."""
    if isinstance(made, str):
        return ()
    return (_key(hashlib.sha256(made.wav).hexdigest()), segment_key(file_name, made.wav))


def _columns(made: ProcessedClip | str) -> dict[str, Any]:
    """The columns that say how it went."""
    if isinstance(made, str):
        return {"state": "unusable", "unusable_reason": made}
    sha256 = hashlib.sha256(made.wav).hexdigest()
    measures = asdict(made.measures)
    return {
        "state": "processed",
        "unusable_reason": None,
        "processed_key": _key(sha256),
        "processed_sha256": sha256,
        **{name: measures[name] for name in MEASURES},
        **_alignment_columns(made.alignment),
        "faults": list(made.faults),
        "measures": measures,
        "doubt": doubt(made.faults, made.alignment.confidence, made.measures.snr_db),
    }


def _alignment_columns(alignment: Alignment) -> dict[str, Any]:
    word = alignment.word
    return {
        "word_start_ms": 1000 * word.start_samples / SAMPLE_RATE_HZ if word else None,
        "word_end_ms": 1000 * word.stop_samples / SAMPLE_RATE_HZ if word else None,
        "alignment_confidence": alignment.confidence,
        "alignment_method": alignment.method,
    }


def _key(sha256: str) -> str:
    return f"clips/{sha256[:2]}/{sha256}.wav"
