"""The form of a probed monitor that is no website: drawn from its kind's fields, and read back."""

from collections.abc import Callable
from typing import Any

from fener.actions.monitors import Change, New
from fener.domain.kinds import SETTINGS, Kind, ProbeSettings
from fener.domain.kinds.tls import PORTS
from fener.domain.monitor import Monitor
from fener.web import monitor_rhythm
from fener.web.forms import Form, Wanted, chosen_channels
from fener.web.kind_fields import Field, Shape, fields_of
from fener.web.languages import Words, marked
from fener.web.monitor_rhythm import customer_of, interval_of, timeout_of

_MOST = 10**9
_NEEDED = marked("This is needed.")
_BETWEEN = marked("A whole number from %(least)s to %(most)s is wanted.")
_FROM = marked("A whole number from %(least)s is wanted.")
_CHOICE = marked("One of these is wanted.")
_CHOICES = marked("At least one of these is wanted.")
_LINES = marked("One record a line is wanted, with its type before it, such as A 192.0.2.1.")
WANTED = Wanted(
    told={
        **monitor_rhythm.WANTED.told,
        "host": marked("A host name or an IP address is wanted, such as example.com."),
        "path": marked("A path begins with / and holds no space, such as /login."),
        "send": marked(r"At most 4096 characters are wanted; of escapes there are \r \n \t \xHH."),
        "expect": marked(
            r"At most 1000 characters are wanted; of escapes there are \r \n \t \xHH."
        ),
        "server_name": marked("A host name is wanted, or nothing."),
        "resolver": marked("An address is wanted, such as 9.9.9.9 or [2620:fe::fe]:53."),
        "expected": marked("At most 50 records of a type are wanted."),
        "slow_after": marked("A whole number of milliseconds from 1 to 60000 is wanted."),
    },
    names=monitor_rhythm.WANTED.names,
)


def empty(kind: Kind) -> Form:
    given = {one.name: _shown(one, one.default) for one in fields_of(kind)}
    if kind is Kind.TLS:
        given["port"] = None  # each protocol has its own
    return Form.filled(**monitor_rhythm.empty(), **given)


def of(monitor: Monitor) -> Form:
    settings = monitor.settings
    given = {one.name: _shown(one, getattr(settings, one.name)) for one in fields_of(monitor.kind)}
    return Form.filled(**monitor_rhythm.of(monitor), **given)


def new(form: Form, words: Words, kind: Kind) -> New | None:
    """None where something is wrong, which the form then says."""
    settings, timeout = _settings(form, words, kind, {}), timeout_of(form, words)
    if settings is None or not form.is_good:
        return None
    return New(
        settings=settings,
        name=form.text("name"),
        customer_id=customer_of(form),
        interval=interval_of(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
    )


def change(form: Form, words: Words, before: Monitor) -> Change | None:
    """None where something is wrong, which the form then says."""
    kept = before.settings.extra
    settings, timeout = _settings(form, words, before.kind, kept), timeout_of(form, words)
    if settings is None or timeout is None or not form.is_good:
        return None
    customer = customer_of(form)
    return Change(
        settings=settings,
        name=form.text("name"),
        customer_id=before.customer_id if customer is None else customer,
        interval=interval_of(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
    )


def _settings(
    form: Form, words: Words, kind: Kind, extra: dict[str, object]
) -> ProbeSettings | None:
    given = {one.name: _READERS[one.shape](form, words, one) for one in fields_of(kind)}
    if not form.is_good:
        return None
    if kind is Kind.TLS and not form.text("port"):
        given["port"] = PORTS[given["starttls"]]
    made: type[Any] = SETTINGS[kind]
    settings: ProbeSettings = made(**given, extra=extra)
    return settings


def _shown(field: Field, value: Any) -> Any:
    if field.shape is not Shape.LINES:
        return value
    return "\n".join(f"{kind} {one}" for kind, values in (value or {}).items() for one in values)


def _text(form: Form, words: Words, field: Field) -> str | None:
    """As typed: a space may belong to what is sent; hosts are trimmed where they are checked."""
    if form.text(field.name):
        return form.raw(field.name)
    default: str | None = _nothing(form, words, field)
    return default


def _nothing(form: Form, words: Words, field: Field) -> Any:
    if field.is_required:
        form.refuse(field.name, words(_NEEDED))
    return field.default


def _number(form: Form, words: Words, field: Field) -> int | None:
    if not form.text(field.name):
        default: int | None = _nothing(form, words, field)
        return default
    read = form.number(field.name, field.least, _MOST if field.most is None else field.most)
    if read is None:
        told = _FROM if field.most is None else _BETWEEN
        form.refuse(field.name, words(told, least=field.least, most=field.most))
    return read


def _choice(form: Form, words: Words, field: Field) -> Any:
    chosen = form.raw(field.name) or str(field.default)
    if chosen not in field.choices:
        form.refuse(field.name, words(_CHOICE))
        return field.default
    return type(field.default)(chosen)


def _choices(form: Form, words: Words, field: Field) -> Any:
    chosen = form.all(field.name)
    if not chosen or not set(chosen) <= set(field.choices):
        form.refuse(field.name, words(_CHOICES))
        return field.default
    return tuple(map(type(field.default[0]), chosen))


def _tick(form: Form, _: Words, field: Field) -> bool:
    return form.ticked(field.name)


def _lines(form: Form, words: Words, field: Field) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in form.raw(field.name).split("\n"):
        kind, _, value = line.strip().partition(" ")
        if kind.upper() in field.choices and value.strip():
            found[kind.upper()] = (*found.get(kind.upper(), ()), value.strip())
        elif kind:
            form.refuse(field.name, words(_LINES))
    return found


_READERS: dict[Shape, Callable[[Form, Words, Field], Any]] = {
    Shape.TEXT: _text,
    Shape.NUMBER: _number,
    Shape.CHOICE: _choice,
    Shape.CHOICES: _choices,
    Shape.TICK: _tick,
    Shape.LINES: _lines,
}
