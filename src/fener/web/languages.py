"""What the pages say in each language: catalogues read from `locales/*.po`, and whose to take.

English is the language of the sources. The pseudo-language, for tests, shows by its accents which
words went through a catalogue.
"""

import io
from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

NAMES = {"en": "English", "de": "Deutsch", "tr": "Türkçe", "zh": "中文"}
"""Each language by its own name."""
DEFAULT = "en"
PSEUDO = "en-XA"
_LOCALES = {"en": "en_GB", PSEUDO: "ru"}
"""Whose dates and numbers to use where the language does not say it: 24 hours in English, and in
the pseudo-language a script that nobody types by accident."""


def marked(message: str) -> str:
    """Marks a message for the catalogue where it stands; it is translated where it is shown."""
    return message


class Words:
    """Messages of one language, with `%(name)s` places filled in."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES.get(language, language))
        self._translations = translations

    def __call__(self, message: str, **values: object) -> str:
        said = self.gettext(message)
        return said % values if values else said

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """The form for a number, which fills `%(num)s`."""
        return self.ngettext(one, more, number) % {"num": number, **values}

    def gettext(self, message: str) -> str:
        return self._translations.gettext(message) if message else ""

    def ngettext(self, one: str, more: str, number: int) -> str:
        return self._translations.ngettext(one, more, number)


@cache
def words(language: str) -> Words:
    """The words of a known language; its catalogue is read once."""
    if language == PSEUDO:
        return Words(language, _PseudoTranslations())
    if language == DEFAULT:
        return Words(language, NullTranslations())
    source = files("fener.web") / "locales" / f"{language}.po"
    with source.open("rb") as po, io.BytesIO() as mo:
        write_mo(mo, read_po(po, locale=language))
        mo.seek(0)
        return Words(language, GNUTranslations(mo))


def chosen(wishes: Iterable[str | None], known: Iterable[str] = NAMES) -> str:
    """The first wish that is known; `de-AT` is content with `de`."""
    spoken = frozenset(known)
    for wish in wishes:
        for candidate in (wish, (wish or "").partition("-")[0].lower()):
            if candidate in spoken:
                return str(candidate)
    return DEFAULT


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first."""
    weighed = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((-weight, tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]


_ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýž",
)


class _PseudoTranslations(NullTranslations):
    """Every letter accented, and about a third longer: what is neither was not translated."""

    def gettext(self, message: str) -> str:
        return _pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _pseudo(msgid1 if n == 1 else msgid2)


def _pseudo(message: str) -> str:
    told, rest = "", message
    while rest:
        plain, mark, after = rest.partition("%")
        told += plain.translate(_ACCENTED)
        if not mark:
            break
        end = after.index(")s") + 2 if after.startswith("(") else 1
        told += mark + after[:end]
        rest = after[end:]
    return f"⟦{told}{'·' * (len(message) // 3)}⟧"
