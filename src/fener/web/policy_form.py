"""The form of a policy: from its rules into the fields, in units that people think in, and back."""

import re
from typing import Any

from msgspec.structs import asdict

from fener.actions.policies import Change, New
from fener.actions.policy_rules import COUNTS, SPANS, laid_over
from fener.domain.policy import NamedPolicy, Policy, Quorum
from fener.domain.time import DAY, MINUTE, SECOND, Span
from fener.web.forms import Form, Wanted
from fener.web.languages import Words, marked

UNITS: dict[str, Span] = {
    "recheck_every": SECOND,
    "reminder_every": MINUTE,
    "certificate_warn_before": DAY,
    "certificate_critical_before": DAY,
    "flap_window": MINUTE,
    "flap_hold": MINUTE,
    "flap_calm": MINUTE,
}
"""In what the fields of spans are typed."""
_NUMBER = re.compile(r"[0-9]{1,9}([.,][0-9]{1,3})?")
_WHOLE = marked("A whole number from %(least)s to %(most)s is wanted.")
_BETWEEN = marked("A number from %(least)s to %(most)s is wanted.")
WANTED = Wanted(
    told={
        "title": marked("A name of 1 to 255 characters that no other policy has is wanted."),
        "quorum": marked("One of these is wanted."),
        "flap_calm": marked("Longer than an outage must last to be told is wanted."),
        "certificate_critical_before": marked("Not earlier than the warning is wanted."),
    },
    names={"key": "title"},
)


def empty() -> Form:
    return Form.filled(**_shown(Policy()))


def of(policy: NamedPolicy) -> Form:
    return Form.filled(title=policy.title, **_shown(policy.rules))


def new(form: Form, words: Words) -> New | None:
    """None where something is wrong, which the form then says."""
    read = rules(form, words)
    return None if read is None else New(title=form.text("title"), rules=read)


def change(form: Form, words: Words) -> Change | None:
    """None where something is wrong, which the form then says."""
    given = _read(form, words)
    return Change(title=form.text("title"), **given) if form.is_good else None


def rules(form: Form, words: Words) -> Policy | None:
    """What was typed so far, whether or not an action would take it."""
    given = _read(form, words)
    return laid_over(Policy(), Change(**given)) if form.is_good else None


def _shown(policy: Policy) -> dict[str, Any]:
    values = asdict(policy)
    for name, unit in UNITS.items():
        span = values[name]
        values[name] = None if span is None else f"{span / unit:.10g}"
    return values


def _read(form: Form, words: Words) -> dict[str, Any]:
    given: dict[str, Any] = {name: _count(form, words, name) for name in COUNTS}
    given |= {name: _span(form, words, name) for name in SPANS}
    try:
        given["quorum"] = Quorum(form.text("quorum"))
    except ValueError:
        form.refuse("quorum", words(WANTED.told["quorum"]))
    return given


def _count(form: Form, words: Words, name: str) -> int | None:
    bounds = COUNTS[name]
    count = form.number(name, bounds.least, bounds.most)
    if count is None:
        form.refuse(name, words(_WHOLE, least=bounds.least, most=bounds.most))
    return count


def _span(form: Form, words: Words, name: str) -> Span | None:
    """None where nothing is typed into the only one that may be empty."""
    text, unit, bounds = form.text(name), UNITS[name], SPANS[name]
    if name == "reminder_every" and not text:
        return None
    typed = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else -1.0
    span = round(typed * unit)
    if not bounds.least <= span <= bounds.most:
        least, most = bounds.least // unit, bounds.most // unit
        form.refuse(name, words(_BETWEEN, least=least, most=most))
    return span
