"""What a channel of each kind needs, checked; and what of it is a secret.

A secret is stored sealed and never shown again. In a change None keeps it, an empty text drops it.
"""

from typing import Any, NamedTuple

import msgspec

from fener.actions import http_settings
from fener.domain.email import normal_address
from fener.domain.errors import Invalid
from fener.domain.notification import ChannelKind, EmailSettings, WebhookSettings
from fener.domain.people import Language

MOST_RECIPIENTS = 50
LONGEST_SECRET = 1_000
SECRETS: dict[ChannelKind, frozenset[str]] = {
    ChannelKind.EMAIL: frozenset(),
    ChannelKind.WEBHOOK: frozenset({"secret", "authorization"}),
}
_SETTINGS: dict[ChannelKind, type[msgspec.Struct]] = {
    ChannelKind.EMAIL: EmailSettings,
    ChannelKind.WEBHOOK: WebhookSettings,
}


class Parts(NamedTuple):
    """What may be shown, and what may not."""

    settings: dict[str, Any]
    secrets: dict[str, str]


def checked(kind: ChannelKind, given: dict[str, Any], before: Parts | None = None) -> Parts:
    """The settings of a channel, `given` laid over those from before. Raises Invalid."""
    known = before or Parts({}, {})
    whole = _laid_over({**known.settings, **known.secrets}, given, SECRETS[kind])
    unknown = sorted(set(whole) - set(_SETTINGS[kind].__struct_fields__))
    if unknown:
        fields = ", ".join(_SETTINGS[kind].__struct_fields__)
        raise Invalid(f"{unknown[0][:50]!r} is no setting of {kind}: {fields}.", "config")
    try:
        settings = msgspec.convert(whole, _SETTINGS[kind])
    except msgspec.ValidationError as error:
        raise Invalid(f"The settings of the channel do not fit: {error}.", "config") from error
    if isinstance(settings, WebhookSettings):
        return _split(_checked_webhook(settings), SECRETS[kind])
    if isinstance(settings, EmailSettings):
        return _split(_checked_email(settings), SECRETS[kind])
    raise AssertionError(kind)


def _laid_over(
    before: dict[str, Any], given: dict[str, Any], secrets: frozenset[str]
) -> dict[str, Any]:
    """None takes a setting back, but keeps a secret: readers of a channel get None for those."""
    whole = dict(before)
    for name, value in given.items():
        if name in secrets and value is None:
            continue
        if value is None or value == "":
            whole.pop(name, None)
        else:
            whole[name] = value
    return whole


def _checked_email(settings: EmailSettings) -> EmailSettings:
    addresses = settings.recipients
    if not 1 <= len(addresses) <= MOST_RECIPIENTS:
        raise Invalid(f"From 1 to {MOST_RECIPIENTS} e-mail addresses are needed.", "to")
    try:
        normal = [normal_address(one) for one in addresses]
    except Invalid as error:
        raise Invalid(error.message, "to") from error
    language = settings.language and Language.of(settings.language)
    return EmailSettings(", ".join(dict.fromkeys(normal)), language)


def _checked_webhook(settings: WebhookSettings) -> WebhookSettings:
    url, credentials = http_settings.checked_url(settings.url)
    if credentials is not None:
        raise Invalid(
            "User and password in the address would be readable: give the whole value of the "
            "Authorization header as `authorization` instead.",
            "url",
        )
    headers = http_settings.checked_headers(tuple(settings.headers.items()), "headers")
    kept = {name: value for name, value in headers if name.lower() != "authorization"}
    named = next((value for name, value in headers if name.lower() == "authorization"), None)
    return msgspec.structs.replace(
        settings,
        url=url,
        headers=kept,
        secret=_checked_secret(settings.secret, "secret"),
        authorization=_checked_secret(named or settings.authorization, "authorization"),
    )


def _checked_secret(text: str | None, field: str) -> str | None:
    if text is not None and (len(text) > LONGEST_SECRET or not text.isprintable()):
        raise Invalid(f"{field} may have {LONGEST_SECRET} characters, and no line break.", field)
    return text


def _split(settings: msgspec.Struct, secret_names: frozenset[str]) -> Parts:
    """Defaults are left out, so that a later default reaches the channels that chose nothing."""
    fields = msgspec.structs.fields(settings)
    chosen = {
        field.name: msgspec.to_builtins(getattr(settings, field.name))
        for field in fields
        if field.required or getattr(settings, field.name) != _default(field)
    }
    secrets = {name: value for name, value in chosen.items() if name in secret_names}
    return Parts({name: chosen[name] for name in chosen if name not in secrets}, secrets)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default
