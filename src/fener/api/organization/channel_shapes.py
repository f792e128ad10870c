"""How the organization API shows a notification channel, and the bodies that write and try one.

What Fener cannot do yet is refused, so that nothing is silently without effect.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from fener.domain.errors import Invalid
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Channel, ChannelKind, WebhookSettings

DIRECT = ("email", "sms", "webhook")
INTEGRATIONS = (
    *("slack", "discord", "teams", "pagerduty", "opsgenie", "allquiet", "telegram", "googlechat"),
    *("mattermost", "rocketchat", "matrix", "lark", "dingtalk", "wecom", "ilert", "grafanaoncall"),
    *("squadcast", "incidentio", "pushover", "ntfy", "gotify", "jira", "github", "gitlab"),
    *("linear", "servicenow"),
)
TYPES = (*DIRECT, *INTEGRATIONS)
FIRST_PRIORITY = 1
_LATER = ("bodyTemplate", "retryAttempts", "retryDelay", "expectedStatusCodes")
HIDDEN = "***"


class NotificationChannel(Struct, rename="camel"):
    """Secrets of `config` are null; `hasSecret` says whether there is one."""

    id: int
    organization_id: int
    customer_id: int | None
    website_id: int | None
    type: ChannelKind
    category: str
    name: str
    config: dict[str, Any]
    has_secret: bool
    priority: int
    delay_seconds: int
    conditions: None
    is_active: bool
    allowed_package_types: None


class ChannelForm(Struct, rename="camel", kw_only=True):
    """Creating needs `type`, `name` and `config`. What an update leaves out stays as it was;
    `config` is laid over the stored one, where null keeps a secret and an empty text drops it.
    """

    type: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    config: dict[str, Any] | UnsetType = UNSET
    organization_id: int | None = None
    customer_id: int | str | UnsetType | None = UNSET
    website_id: int | str | UnsetType | None = UNSET
    source_channel_id: Any = UNSET
    priority: int | UnsetType = UNSET
    delay_seconds: int | UnsetType = UNSET
    conditions: Any = UNSET
    is_active: bool | UnsetType = UNSET
    allowed_package_types: Any = UNSET


class TestForm(Struct, rename="camel", kw_only=True):
    """With `dryRun` nothing is sent: the answer says whether it could be."""

    type: str
    config: dict[str, Any]
    organization_id: int | None = None
    customer_id: int | str | None = None
    website_id: int | str | None = None
    dry_run: bool = False


class Validation(Struct):
    ok: bool
    errors: list[str]
    warnings: list[str]


class Request(Struct, rename="camel"):
    """Secrets and the values of headers are not shown."""

    url: str
    method: str
    timeout_seconds: int
    headers: dict[str, str]


class Response(Struct, rename="camel"):
    """`message` is what became of it, in words."""

    ok: bool
    duration_ms: int
    message: str


class Tested(Struct):
    """`request` is null for e-mail, `response` where nothing was sent."""

    success: bool
    mode: str
    message: str
    validation: Validation
    request: Request | None
    response: Response | None


def kind_of(text: str) -> ChannelKind:
    """Raises Invalid."""
    if text in set(ChannelKind):
        return ChannelKind(text)
    if text in TYPES:
        offered = " or ".join(ChannelKind)
        raise Invalid(f"type {text} is not supported yet: use {offered}", "type")
    raise Invalid("Invalid type", "type")


def refuse_what_would_do_nothing(form: ChannelForm) -> None:
    """Values that change nothing are what a record shows, so they may be sent back."""
    asked = {
        "priority": form.priority not in {UNSET, FIRST_PRIORITY},
        "delaySeconds": form.delay_seconds not in {UNSET, 0},
        "conditions": form.conditions is not UNSET and bool(form.conditions),
        "allowedPackageTypes": (
            form.allowed_package_types is not UNSET and bool(form.allowed_package_types)
        ),
        "sourceChannelId": form.source_channel_id is not UNSET and bool(form.source_channel_id),
    }
    for name, is_asked in asked.items():
        if is_asked:
            raise Invalid(f"{name} is not supported yet: leave it out", name)


def settings_of(kind: ChannelKind, config: dict[str, Any]) -> dict[str, Any]:
    """The settings that a `config` of this contract means. Raises Invalid."""
    for name in _LATER:
        if config.get(name) is not None:
            raise Invalid(f"config.{name} is not supported yet: leave it out", "config")
    settings = {name: value for name, value in config.items() if name not in _LATER}
    if kind is ChannelKind.EMAIL:
        address = settings.pop("email", None)
        if address is not None:
            settings.setdefault("to", address)
    return settings


def shown(channel: Channel) -> NotificationChannel:
    return NotificationChannel(
        id=channel.id,
        organization_id=channel.organization_id,
        customer_id=channel.customer_id,
        website_id=channel.monitor_id,
        type=channel.kind,
        category="direct",
        name=channel.name,
        config=_config(channel),
        has_secret=bool(channel.secrets),
        priority=FIRST_PRIORITY,
        delay_seconds=0,
        conditions=None,
        is_active=channel.is_active,
        allowed_package_types=None,
    )


def _config(channel: Channel) -> dict[str, Any]:
    hidden = dict.fromkeys(channel.secrets)
    if channel.kind is ChannelKind.EMAIL:
        return {**channel.settings, "email": channel.settings["to"], **hidden}
    return {**channel.settings, **hidden}


def refused(message: str, *, dry_run: bool) -> Tested:
    """What was asked for could not be sent."""
    validation = Validation(ok=False, errors=[message], warnings=[])
    return Tested(False, _mode(dry_run=dry_run), message, validation, None, None)


def tested(message: Message, delivery: Delivery | None) -> Tested:
    """What became of a test; without a delivery it was a dry run."""
    validation = Validation(ok=True, errors=[], warnings=[])
    request = _request(message)
    if delivery is None:
        said = "The settings are good; nothing was sent."
        return Tested(True, _mode(dry_run=True), said, validation, request, None)
    ok = delivery.status is DeliveryStatus.SENT
    response = Response(ok, delivery.took, delivery.answer)
    return Tested(ok, _mode(dry_run=False), delivery.answer, validation, request, response)


def _mode(*, dry_run: bool) -> str:
    return "dryRun" if dry_run else "send"


def _request(message: Message) -> Request | None:
    if message.channel.kind is not ChannelKind.WEBHOOK:
        return None
    settings: WebhookSettings = message.channel.as_webhook()
    headers = dict.fromkeys(settings.headers, HIDDEN)
    return Request(settings.url, settings.method, settings.timeout, headers)
