"""The demo's reviewer: knows what is wrong with each take, and leaves some work to whoever tries the review page."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from speechapp import reviews
from speechapp.demo.crowd import Recorded
from speechapp.demo.plan import REASON_OF_FLAW
from speechapp.models import Clip
from speechapp.services import Services

BATCH: Final = 50  # decisions in one transaction; the service wants to write too


def judge(
    services: Services, recorded: Sequence[Recorded], now: datetime, judged: Callable[[int], None]
) -> Counter[str]:
    """Decide every clip that can be decided and is not left over; how many got which decision, or none."""
    outcomes: Counter[str] = Counter()
    for start in range(0, len(recorded), BATCH):
        with services.database.write() as session:
            outcomes.update(_judge_one(session, item, now) for item in recorded[start : start + BATCH])
        judged(outcomes.total())
    return outcomes


def _judge_one(session: Session, recorded: Recorded, now: datetime) -> str:
    clip, take = session.get_one(Clip, recorded.clip_id), recorded.take
    if clip.state != "processed":
        return "unusable"
    if take.waits_for_review or clip.decision is not None:  # somebody may be reviewing already
        return clip.decision or "waiting"
    reason = REASON_OF_FLAW[take.flaw] if take.flaw else None
    return reviews.decide(session, None, clip.id, "reject" if reason else "accept", reason, now).decision
