"""The form of a probed monitor that is no website: drawn from its kind's fields, and read back."""

from typing import Any

from fener.actions.monitors import Change, New
from fener.domain.kinds import SETTINGS, Kind, ProbeSettings
from fener.domain.kinds.tls import PORTS
from fener.domain.monitor import Monitor
from fener.web import field_reading, monitor_rhythm
from fener.web.forms import Form, Wanted
from fener.web.kind_fields import fields_of
from fener.web.languages import Words, marked

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
        "notice_changes": marked("What is upside down has no records whose changes are noticed."),
        **field_reading.TOLD,
    },
    names=monitor_rhythm.WANTED.names,
)


def empty(kind: Kind) -> Form:
    given = field_reading.empty(fields_of(kind))
    if kind is Kind.TLS:
        given["port"] = None  # each protocol has its own
    return Form.filled(**monitor_rhythm.empty(), **given)


def of(monitor: Monitor) -> Form:
    given = field_reading.of(fields_of(monitor.kind), monitor.settings)
    return Form.filled(**monitor_rhythm.of(monitor), **given)


def new(form: Form, words: Words, kind: Kind) -> New | None:
    """None where something is wrong, which the form then says."""
    return monitor_rhythm.new(form, words, _settings(form, words, kind, {}))


def change(form: Form, words: Words, before: Monitor) -> Change | None:
    """None where something is wrong, which the form then says."""
    settings = _settings(form, words, before.kind, before.settings.extra)
    return monitor_rhythm.change(form, words, settings, before)


def _settings(
    form: Form, words: Words, kind: Kind, extra: dict[str, object]
) -> ProbeSettings | None:
    given = field_reading.read(form, words, fields_of(kind))
    if not form.is_good:
        return None
    if kind is Kind.TLS and not form.text("port"):
        given["port"] = PORTS[given["starttls"]]
    made: type[Any] = SETTINGS[kind]
    settings: ProbeSettings = made(**given, extra=extra)
    return settings
