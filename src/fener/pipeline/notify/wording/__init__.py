"""What messages to people say, in each language. Plain texts by name, with `{placeholders}`.

A language that is not here is English; every language has every text.
"""

from collections.abc import Mapping, Sequence

from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.pipeline.notify.wording import de, en, tr, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": en.TEXTS,
    "de": de.TEXTS,
    "tr": tr.TEXTS,
    "zh": zh.TEXTS,
}
_UNITS = (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", SECOND))


class Words:
    """The texts of one language; `de-AT` is `de`.

    Each of `topics` may have a text of its own, `certificate.subject.down`; the first one counts.
    """

    def __init__(self, language: str, topics: Sequence[str] = ()) -> None:
        known = language.replace("_", "-").partition("-")[0].lower()
        self.language = known if known in LANGUAGES else "en"
        self._texts = LANGUAGES[self.language]
        self._topics = topics

    def say(self, text: str, /, **values: object) -> str:
        names = (*(f"{topic}.{text}" for topic in self._topics), text)
        found = next(name for name in names if name in self._texts)
        return self._texts[found].format(**values)

    def duration(self, span: Span) -> str:
        """A length in its two largest units, `1 hour 5 minutes`; minutes stand alone."""
        span = max(span, SECOND)
        index = next(index for index, (_, size) in enumerate(_UNITS) if span >= size)
        amounts = [self._amount(*_UNITS[index], span)]
        rest = span % _UNITS[index][1]
        if index < 2 and rest >= _UNITS[index + 1][1]:  # noqa: PLR2004 - days and hours
            amounts.append(self._amount(*_UNITS[index + 1], rest))
        return " ".join(amounts)

    def _amount(self, unit: str, size: Span, span: Span) -> str:
        count = span // size
        return self.say(f"{unit}.one" if count == 1 else f"{unit}.many", count=count)
