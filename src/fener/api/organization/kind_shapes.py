"""How the organization API shows the settings of kinds that have no fields of their own in it."""

from typing import Any

import msgspec

from fener.domain.kinds import Settings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings


def names_of(kind: type[Settings]) -> dict[str, str]:
    """The fields that `settings` holds, by their names in this contract; `extra` is ours."""
    return {_camel(name): name for name in kind.__struct_fields__ if name != "extra"}


def settings_of(settings: Settings) -> dict[str, Any] | None:
    """The kind's fields with their values; None for websites and heartbeats."""
    if isinstance(settings, HttpSettings | HeartbeatSettings):
        return None
    names = names_of(type(settings)).items()
    return {shown: msgspec.to_builtins(getattr(settings, name)) for shown, name in names}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def dns_config_of(settings: DnsSettings) -> dict[str, Any]:
    return {
        "rrtypes": list(settings.record_types),
        "matchMode": settings.match,
        "expectedValues": {kind: list(values) for kind, values in settings.expected.items()},
        "triggerOn": {"resolveError": True, "mismatch": True},
    }
