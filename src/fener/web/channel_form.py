"""The form of a channel: each kind has its fields, and its words for what they want."""

from typing import Any

from fener.domain.notification import Channel, ChannelKind, WebhookFormat
from fener.web.forms import Form, Wanted
from fener.web.languages import Words, marked

METHODS = ("POST", "PUT", "PATCH")
FORMATS = {
    WebhookFormat.ORGANIZATION: marked("Like the organization API"),
    WebhookFormat.ACCOUNT: marked("Like the account API"),
}
_HEADERS = marked("One header a line, as Name: value.")
_TIMEOUT = marked("A whole number of seconds from 1 to 25 is wanted.")
_NEEDED = marked("This is needed.")
WANTED = Wanted(
    told={
        "name": marked("A name of 1 to 255 characters in one line is wanted."),
        "to": marked("E-mail addresses such as ada@example.com are wanted, with commas between."),
        "url": marked("An address such as https://example.com/hook is wanted, without a password."),
        "headers": _HEADERS,
        "timeout": _TIMEOUT,
        "secret": marked("At most 1000 characters in one line are wanted."),
        "authorization": marked("At most 1000 characters in one line are wanted."),
    },
    names={"config": "", "customer_id": "customer"},
)


def empty(kind: ChannelKind) -> Form:
    form = Form.filled(active=True, method="POST", format=WebhookFormat.ORGANIZATION, timeout=10)
    form.set("kind", kind)
    return form


def of(channel: Channel) -> Form:
    """Secrets are not shown again; empty fields keep them."""
    given = {"method": "POST", "format": WebhookFormat.ORGANIZATION, "timeout": 10}
    known = {**given, **channel.settings}
    headers = known.pop("headers", None) or {}
    form = Form.filled(
        name=channel.name,
        active=channel.is_active,
        headers="\n".join(f"{name}: {value}" for name, value in headers.items()),
        **{name: value for name, value in known.items() if isinstance(value, str | int)},
    )
    form.set("kind", channel.kind)
    return form


def settings(form: Form, words: Words, kind: ChannelKind) -> dict[str, Any]:
    """What actions take; what is wrong already stands in the form."""
    if not form.text("name"):
        form.refuse("name", words(WANTED.told["name"]))
    if kind is ChannelKind.EMAIL:
        return {"to": _needed(form, words, "to"), "language": form.text("language") or None}
    given: dict[str, Any] = {
        "url": _needed(form, words, "url"),
        "method": form.text("method") or "POST",
        "format": form.text("format") or WebhookFormat.ORGANIZATION,
        "headers": _headers(form, words),
        "timeout": _timeout(form, words),
    }
    for name in ("secret", "authorization"):
        # None keeps what is stored, the empty text drops it
        given[name] = "" if form.ticked(f"drop_{name}") else form.raw(name).strip() or None
    return given


def _needed(form: Form, words: Words, name: str) -> str:
    if not form.text(name):
        form.refuse(name, words(_NEEDED))
    return form.text(name)


def _headers(form: Form, words: Words) -> dict[str, str]:
    found = {}
    for line in form.raw("headers").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            found[name.strip()] = value.strip()
        elif line.strip():
            form.refuse("headers", words(_HEADERS))
    return found


def _timeout(form: Form, words: Words) -> int:
    seconds = form.number("timeout", 1, 25)
    if seconds is None:
        form.refuse("timeout", words(_TIMEOUT))
    return seconds or 1
