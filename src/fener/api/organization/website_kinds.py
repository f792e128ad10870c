"""Websites that are no websites: what a form says of targets of the other probed kinds.

`url` is a target's address as `fener.net.targets` reads it, or its host alone; `settings` holds
the kind's own fields.
"""

from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from fener.api.organization.kind_shapes import names_of
from fener.api.organization.website_forms import WebsiteForm
from fener.api.organization.website_settings import extra_of
from fener.domain.errors import Invalid
from fener.domain.kinds import SETTINGS, Kind, ProbeSettings, kind_of
from fener.domain.kinds.dns import Match, RecordType
from fener.net.targets import read_target
from fener.net.url import BadUrl

_SCHEMES = {
    Kind.TLS: "tls",
    Kind.DNS: "dns",
    Kind.TCP: "tcp",
    Kind.ICMP: "icmp",
    Kind.HTTPS_REDIRECT: "redirect",
}
_PLACE = ("host", "port", "starttls", "path", "record_types", "resolver")
"""The fields that an address can tell."""
_MATCHES = {"exact": Match.EXACT, "contains": Match.CONTAINED, "contained": Match.CONTAINED}


def kind_of_new(form: WebsiteForm, kind: Kind) -> Kind:
    """The kind that the form names, or where it names none the one of its address."""
    url = "" if form.url is UNSET else form.url or ""
    scheme, separator, _ = url.partition("://")
    is_named = form.monitoring_type is not UNSET
    if is_named or not separator or scheme.lower() in {"http", "https"}:
        return kind
    return kind_of(_target(url))


def probed_settings(form: WebsiteForm, kind: Kind, before: ProbeSettings | None) -> ProbeSettings:
    """Raises Invalid."""
    settings = _placed(form, kind, before)
    told = _named(form.settings or {}, kind) if form.settings is not UNSET else {}
    if kind is Kind.DNS and form.dns_config is not UNSET:
        told |= _dns_config(form.dns_config)
    told |= _shared(form, settings)
    return replace(_converted(settings, told), extra=extra_of(form, settings.extra))


def _shared(form: WebsiteForm, before: ProbeSettings) -> dict[str, Any]:
    """What is given beside `settings` though it is there, too, and differs from what is stored."""
    given = {"slow_after": form.slow_after_ms, "upside_down": form.upside_down}
    return {
        name: value
        for name, value in given.items()
        if value is not UNSET and value != getattr(before, name)
    }


def _named(given: dict[str, Any], kind: Kind) -> dict[str, Any]:
    known = names_of(SETTINGS[kind])
    unknown = sorted(given.keys() - known)
    if unknown:
        there = ", ".join(sorted(known))
        raise Invalid(f"settings has no {unknown[0]}: there are {there}", "settings")
    return {known[name]: value for name, value in given.items()}


def _placed(form: WebsiteForm, kind: Kind, before: ProbeSettings | None) -> ProbeSettings:
    if form.url is UNSET or not form.url:
        if before is None:
            raise Invalid("url is required", "url")
        return before
    if before is not None and form.url == before.target:
        return before
    named = _read(form.url, kind)
    if before is None:
        return named
    place = {name: getattr(named, name) for name in _PLACE if hasattr(named, name)}
    return replace(before, **place)


def _read(url: str, kind: Kind) -> ProbeSettings:
    scheme = _SCHEMES[kind]
    given, separator, rest = url.partition("://")
    is_web = given.lower() in {"http", "https"}
    host = rest.partition("/")[0] if is_web else url
    typed = f"{scheme}://{host}" if is_web or not separator else url
    settings = _target(typed)
    if not isinstance(settings, SETTINGS[kind]):
        raise Invalid(f"url must begin with {scheme}:// or be a host", "url")
    return settings


def _target(address: str) -> ProbeSettings:
    try:
        return read_target(address)
    except BadUrl as error:
        raise Invalid(f"The address cannot be watched: {error}", "url") from error


def _converted(settings: ProbeSettings, told: dict[str, Any]) -> ProbeSettings:
    whole = {**msgspec.to_builtins(settings), **told}
    try:
        return msgspec.convert(whole, type(settings))
    except msgspec.ValidationError as error:
        raise Invalid(f"settings: {error}", "settings") from error


def _dns_config(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise Invalid("dnsConfig must be an object", "dnsConfig")
    types = config.get("rrtypes")
    expected = config.get("expectedValues")
    if not isinstance(types, list) or not types or not set(types) <= set(RecordType):
        raise Invalid(f"rrtypes must be a list of {', '.join(RecordType)}", "dnsConfig")
    if config.get("matchMode") not in _MATCHES:
        raise Invalid(f"matchMode must be one of {', '.join(_MATCHES)}", "dnsConfig")
    if not isinstance(expected, dict):
        raise Invalid("expectedValues must be an object", "dnsConfig")
    for one in types:
        if not expected.get(one):
            raise Invalid(f"Expected values are required for RR type {one}", "dnsConfig")
    if not _triggers_on_all(config.get("triggerOn")):
        raise Invalid("triggerOn can only name both, resolveError and mismatch", "dnsConfig")
    return {
        "record_types": types,
        "match": _MATCHES[config["matchMode"]],
        "expected": {one: expected[one] for one in types},
    }


def _triggers_on_all(given: Any) -> bool:
    return given is None or (isinstance(given, dict) and all(given.values()))
