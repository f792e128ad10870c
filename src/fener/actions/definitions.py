"""The definition of a monitor as people give it: checked, completed and made uniform.

Refusals are `fener.domain.errors.Invalid` with a sentence that says what would be right.
"""

from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import client_certificates, kind_settings, schedules
from fener.actions.names import checked_name, name_after
from fener.domain.credentials import ClientCertificate, Credentials
from fener.domain.errors import Invalid
from fener.domain.kinds import ProbeSettings, Settings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, LEAST_INTERVAL, Monitor
from fener.domain.time import DAY, SECOND, Instant, Span

LONGEST_INTERVAL: Span = 31 * DAY
LEAST_TIMEOUT: Span = SECOND // 2
LONGEST_TIMEOUT: Span = 60 * SECOND
T = TypeVar("T")


class New(Struct, frozen=True, kw_only=True):
    """A monitor to be added. Without a name it is named after its host."""

    settings: Settings
    name: str = ""
    customer_id: int | None = None
    """None for the first customer that the caller reaches."""
    interval: Span = DEFAULT_INTERVAL
    timeout: Span | None = None
    """None for ten seconds, or the interval where that is shorter."""
    location_ids: tuple[int, ...] | None = None
    channel_ids: tuple[int, ...] | None = None
    policy_id: int | None = None
    """None for the policy of the customer."""
    credentials: Credentials | None = None
    client_certificate: ClientCertificate | None = None
    paused: bool = False


class Change(Struct, frozen=True, kw_only=True):
    """What shall be otherwise; what is UNSET stays."""

    settings: Settings | UnsetType = UNSET
    name: str | UnsetType = UNSET
    customer_id: int | UnsetType = UNSET
    interval: Span | UnsetType = UNSET
    timeout: Span | UnsetType = UNSET
    location_ids: tuple[int, ...] | UnsetType = UNSET
    channel_ids: tuple[int, ...] | UnsetType | None = UNSET
    policy_id: int | UnsetType | None = UNSET
    credentials: Credentials | UnsetType | None = UNSET
    client_certificate: ClientCertificate | UnsetType | None = UNSET
    paused: bool | UnsetType = UNSET


def checked_new(new: New, now: Instant) -> New:
    """The same with nothing left open but the places where it belongs. Raises Invalid."""
    distinct = replace(
        new, location_ids=_distinct(new.location_ids), channel_ids=_distinct(new.channel_ids)
    )
    if isinstance(new.settings, HeartbeatSettings):
        return _new_heartbeat(distinct, new.settings, now)
    return _new_probed(distinct, new.settings)


def _new_heartbeat(new: New, settings: HeartbeatSettings, now: Instant) -> New:
    if new.credentials is not None or new.client_certificate is not None:
        raise Invalid("A heartbeat is pinged by its job: it needs no credentials.", "credentials")
    schedule = schedules.checked(settings, now)
    interval = schedules.interval_of(schedule)
    return replace(
        new,
        settings=schedule,
        name=checked_name(new.name),
        interval=interval,
        timeout=DEFAULT_TIMEOUT,
    )


def _new_probed(new: New, settings: ProbeSettings) -> New:
    request = kind_settings.checked(settings, new.credentials)
    interval = _interval(new.interval)
    timeout = min(DEFAULT_TIMEOUT, interval) if new.timeout is None else new.timeout
    return replace(
        new,
        settings=request.settings,
        credentials=request.credentials,
        client_certificate=client_certificates.checked(new.client_certificate),
        name=checked_name(new.name, name_after(request.settings.target)),
        interval=interval,
        timeout=_timeout(timeout, interval),
    )


def changed(before: Monitor, change: Change, now: Instant) -> Monitor:
    """The monitor as it shall be, apart from pausing. Raises Invalid."""
    settings = _or(change.settings, before.settings)
    if type(settings) is not type(before.settings):
        raise Invalid("A monitor keeps its kind: add another one instead.", "kind")
    placed = replace(
        before,
        customer_id=_or(change.customer_id, before.customer_id),
        location_ids=_distinct(_or(change.location_ids, before.location_ids)) or (),
        channel_ids=_distinct(_or(change.channel_ids, before.channel_ids)),
        policy_id=_or(change.policy_id, before.policy_id),
    )
    name = _or(change.name, before.name)
    if isinstance(settings, HeartbeatSettings):
        schedule = schedules.checked(settings, now)
        interval = schedules.interval_of(schedule)
        return replace(placed, settings=schedule, interval=interval, name=checked_name(name))
    return _changed_probed(placed, settings, name, change)


def _changed_probed(placed: Monitor, settings: ProbeSettings, name: str, change: Change) -> Monitor:
    kept = None if change.credentials is UNSET else change.credentials
    uniform, credentials = kind_settings.checked(settings, kept)
    if change.credentials is UNSET and credentials is None:
        credentials = placed.credentials
    interval = _interval(_or(change.interval, placed.interval))
    timeout = _or(change.timeout, min(placed.timeout, interval))
    return replace(
        placed,
        settings=uniform,
        credentials=credentials,
        client_certificate=placed.client_certificate
        if change.client_certificate is UNSET
        else client_certificates.checked(change.client_certificate),
        name=checked_name(name, name_after(uniform.target)),
        interval=interval,
        timeout=_timeout(timeout, interval),
    )


def _interval(interval: Span) -> Span:
    if not LEAST_INTERVAL <= interval <= LONGEST_INTERVAL:
        raise Invalid(
            f"The interval is {_seconds(interval)}, but may be from {_seconds(LEAST_INTERVAL)} to "
            f"{LONGEST_INTERVAL // DAY} days.",
            "interval",
        )
    return interval


def _timeout(timeout: Span, interval: Span) -> Span:
    """A check ends before the next one of its monitor begins, so that answers keep their order."""
    if not LEAST_TIMEOUT <= timeout <= LONGEST_TIMEOUT:
        raise Invalid(
            f"The timeout is {_seconds(timeout)}, but may be from {_seconds(LEAST_TIMEOUT)} to "
            f"{_seconds(LONGEST_TIMEOUT)}.",
            "timeout",
        )
    if timeout > interval:
        raise Invalid(
            f"The timeout of {_seconds(timeout)} is longer than the interval of "
            f"{_seconds(interval)}: make it that long at most.",
            "timeout",
        )
    return timeout


def _seconds(span: Span) -> str:
    return f"{span / SECOND:g} s"


def _distinct(ids: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if ids is None else tuple(dict.fromkeys(ids))


def _or(given: T | UnsetType, before: T) -> T:
    return before if given is UNSET else given
