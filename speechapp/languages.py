"""The languages of the interface: English in the source, others in translations/<language>/messages.po.

They have nothing to do with the languages of the vocabularies: somebody may say English words on a German page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_TAG = "en"
PSEUDO_TAG = "ar-XB"  # the tag that browsers know for it too
FOLDER = Path(__file__).with_name("translations")
SAMPLE_NUMBERS = (*range(200), 1_000, 1_000_000)  # every plural category of whole numbers is met among them
KEPT_WHOLE = re.compile(r"(%\(\w+\)[sd]|%%|\{\w+\}|<[^>]+>|&\w+;)")  # values, tags and entities
ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž",
)
TO_THE_LEFT = "\u200f\u202e"  # right-to-left mark and override; the marks keep neighbouring numbers in their place
AS_BEFORE = "\u202c\u200f"


@dataclass(frozen=True)
class Language:
    """One language that the interface can speak."""

    tag: str  # as in <html lang>
    name: str  # what its speakers call it
    locale: Locale
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return self.locale.text_direction

    def plural_forms(self, singular: str, plural: str) -> dict[str, str]:
        """The text for each plural category of whole numbers, by its CLDR name; `other` is always there."""
        return {
            category: self.translations.ungettext(singular, plural, number)
            for category, number in _sample_of_category(self.locale).items()
        }


@cache
def languages() -> dict[str, Language]:
    """All languages by their tag, the source first. The files are read once."""
    source = Language(SOURCE_TAG, "English", Locale.parse(SOURCE_TAG), NullTranslations())
    translated = [_read(path) for path in sorted(FOLDER.glob("*/messages.po"))]
    return {language.tag: language for language in (source, *translated)}


@cache
def pseudo_language() -> Language:
    """Right to left, accented and bracketed, made from the English texts: it shows what was never translated."""
    return Language(PSEUDO_TAG, pseudo_text("Pseudo"), Locale.parse("ar"), _PseudoTranslations())


def pseudo_text(text: str) -> str:
    """The text with every letter changed and its direction turned; what is filled in and what is markup stays."""
    return f"⟦{''.join(_pseudo_parts(text))}⟧"


def _read(path: Path) -> Language:
    locale = Locale.parse(path.parent.name)
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    name = locale.get_display_name(locale) or path.parent.name
    return Language(path.parent.name.replace("_", "-"), name[0].upper() + name[1:], locale, Translations(compiled))


@cache
def _sample_of_category(locale: Locale) -> dict[str, int]:
    """The smallest whole number of each plural category."""
    samples: dict[str, int] = {}
    for number in SAMPLE_NUMBERS:
        samples.setdefault(locale.plural_form(number), number)
    samples.setdefault("other", SAMPLE_NUMBERS[-1])
    return samples


def _pseudo_parts(text: str) -> Iterator[str]:
    for part in KEPT_WHOLE.split(text):
        if KEPT_WHOLE.fullmatch(part) or not part.strip():
            yield part
        else:
            yield f"{TO_THE_LEFT}{part.translate(ACCENTED)}{AS_BEFORE}"


class _PseudoTranslations(NullTranslations):
    """What Flask-Babel and Jinja call, under all the names they use."""

    def gettext(self, message: str) -> str:
        return pseudo_text(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo_text(msgid1 if n == 1 else msgid2)

    ugettext = gettext
    ungettext = ngettext
