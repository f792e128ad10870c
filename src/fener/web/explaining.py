"""Why a check failed, as pages say it, for messages that leave: plain text in any language."""

from zoneinfo import ZoneInfo

from fener.domain.failure import Facts, FailureReason
from fener.web.formats import Reader
from fener.web.languages import words
from fener.web.rendering import environment


def explained(language: str, reason: FailureReason, facts: Facts) -> str:
    """`Falscher Status in der Antwort: 500 statt 200-299`; without the facts' English detail.

    The macro of the pages says it, so that a reason has its words once. Days are those of UTC.
    """
    nobodys = Reader(words(language), ZoneInfo("UTC"), 0)  # nothing here is told from now
    said = environment(language).get_template("checks.html").module.why(reason, facts, nobodys)  # type: ignore[attr-defined]
    return str(said.striptags())
