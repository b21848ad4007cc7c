"""Details: what speakers choose to tell of themselves. Kept apart, never needed, and released as counts only."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Final

from babel import Locale, localedata
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from speechapp.errors import Forbidden, InvalidInput
from speechapp.models import Speaker, SpeakerDetails

FIRST_CONSENT: Final = 2  # the first version of the consent that says what becomes of details
MAX_ACCENT_CHARS: Final = 64
AGE_BANDS: Final = ("under-18", "18-29", "30-44", "45-59", "60-plus")
GENDERS: Final = ("female", "male", "other")
DEVICE_KINDS: Final = ("phone", "tablet", "computer", "headset")

_PRIMARY_CODE: Final = re.compile(r"[a-z]{2,3}")
_N_NAMED_CODES: Final = 20  # more would make no readable sentence
_ACCENT_MARKS: Final = frozenset(" -'’,.()/")  # beside letters and digits; none of them means anything in Markdown


@dataclass(frozen=True)
class Details:
    """What one speaker told; None is rather not say, and stands everywhere until something is told."""

    first_language: str | None = None
    accent: str | None = None
    age_band: str | None = None
    gender: str | None = None
    device_kind: str | None = None


NOTHING: Final = Details()
FIELDS: Final = tuple(field.name for field in fields(Details))


@cache
def choices() -> Mapping[str, tuple[str, ...]]:
    """The codes that may be told, by field. An accent has none: it is told in the speaker's own words."""
    return MappingProxyType(
        {
            "first_language": _language_codes(),
            "age_band": AGE_BANDS,
            "gender": GENDERS,
            "device_kind": DEVICE_KINDS,
        }
    )


def language_names(locale: Locale) -> dict[str, str]:
    """What the languages that may be told are called in another; in English where nobody has translated it."""
    names = {**Locale("en").languages, **locale.languages}
    return {code: names[code][0].upper() + names[code][1:] for code in choices()["first_language"]}


def parse(told: Mapping[str, object]) -> Details:
    """Details of this form, what is missing being not told; raises InvalidInput that names field and allowed values."""
    for name in told:
        if name not in FIELDS:
            raise InvalidInput(
                "detail_unknown",
                "“%(name)s” is no detail. Send any of: %(fields)s.",
                name=name,
                fields=", ".join(FIELDS),
            )
    codes = {name: _code(name, told.get(name), allowed) for name, allowed in choices().items()}
    return Details(accent=_accent(told.get("accent")), **codes)


def of_speaker(session: Session, speaker: Speaker) -> Details:
    """What this speaker told."""
    row = session.get(SpeakerDetails, speaker.id)
    return Details(**{name: getattr(row, name) for name in FIELDS}) if row else NOTHING


def replace(session: Session, speaker: Speaker, details: Details, now: datetime) -> None:
    """Keep these details instead of the former ones, and nothing where nothing is told.

    Raises Forbidden while the speaker has agreed only to a consent that does not speak of details.
    """
    if details == NOTHING:
        forget(session, speaker)
        return
    if not _is_covered(speaker.consent_version):
        raise Forbidden("consent_needed", "Read the consent as it is now and agree to it first; the recorder shows it.")
    session.merge(SpeakerDetails(speaker_id=speaker.id, updated_at=now, **asdict(details)))


def forget(session: Session, speaker: Speaker) -> None:
    """Delete what this speaker told; nothing of it stays."""
    session.execute(delete(SpeakerDetails).where(SpeakerDetails.speaker_id == speaker.id))


def tally(session: Session, speaker_ids: Set[str]) -> dict[str, dict[str, int]]:
    """Field to answer to how many of these speakers gave it, as far as their consent covers it; in a fixed order.

    Accents are the same when they differ in capitals and spaces only.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    told = select(SpeakerDetails, Speaker.consent_version).join(Speaker, Speaker.id == SpeakerDetails.speaker_id)
    for row, consent_version in session.execute(told):
        if row.speaker_id in speaker_ids and _is_covered(consent_version):
            for name in FIELDS:
                counts[name].update(answer.casefold() for answer in (getattr(row, name),) if answer)
    return {name: _in_order(name, answers) for name, answers in counts.items()}


def _is_covered(consent_version: str | None) -> bool:
    return consent_version is not None and int(consent_version) >= FIRST_CONSENT


def _language_codes() -> tuple[str, ...]:
    """The languages that CLDR has data for and a name of in English."""
    named = Locale("en").languages
    codes = {identifier.partition("_")[0] for identifier in localedata.locale_identifiers()}
    return tuple(sorted(code for code in codes if code in named and _PRIMARY_CODE.fullmatch(code)))


def _code(name: str, told: object, allowed: tuple[str, ...]) -> str | None:
    if told is None or (isinstance(told, str) and told in allowed):
        return told
    named = ", ".join(allowed[:_N_NAMED_CODES]) + (" …" if len(allowed) > _N_NAMED_CODES else "")
    raise InvalidInput(
        "detail_unknown", "“%(name)s” must be null (rather not say) or one of: %(allowed)s.", name=name, allowed=named
    )


def _accent(told: object) -> str | None:
    if told is None:
        return None
    accent = " ".join(unicodedata.normalize("NFC", told).split()) if isinstance(told, str) else ""
    if not accent or len(accent) > MAX_ACCENT_CHARS or not all(map(_is_accent_char, accent)):
        raise InvalidInput(
            "detail_unknown",
            "“accent” must be null (rather not say) or a text of 1 to %(n)s letters, digits, spaces "
            "and the marks - ' , . ( ) /.",
            n=MAX_ACCENT_CHARS,
        )
    return accent


def _is_accent_char(char: str) -> bool:
    return char in _ACCENT_MARKS or unicodedata.category(char)[0] in "LMN"


def _in_order(name: str, answers: Mapping[str, int]) -> dict[str, int]:
    allowed = choices().get(name) or sorted(answers)
    return {answer: answers[answer] for answer in allowed if answer in answers}
