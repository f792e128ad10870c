"""Where commands are carried out: on the local store, or by a server's organization API.

With `FENER_URL` set it is the server at that address, else the store in `FENER_DATA`.
"""

import os
from typing import TYPE_CHECKING, Protocol, TypeAlias
from uuid import UUID

from fener import settings
from fener.actions.policy_rules import Change
from fener.cli.complaints import Code, Complaint
from fener.cli.views import (
    CustomerView,
    HeartbeatView,
    IncidentDetails,
    IncidentView,
    MonitorDetails,
    MonitorView,
    NewHeartbeat,
    NewMonitor,
    NewSecret,
    PolicyView,
    TokenView,
)
from fener.domain.time import Span

if TYPE_CHECKING:
    from fener.cli.local_store import LocalStore
    from fener.cli.remote import RemoteDesk

Key: TypeAlias = int | UUID
"""The number or the public id of a thing."""
LONGEST_NUMBER = 18


class Desk(Protocol):
    """Raises `fener.domain.errors`, StoreUnavailable, or Complaint."""

    def add_monitor(self, new: NewMonitor) -> MonitorView: ...
    def monitors(self) -> list[MonitorView]: ...
    def monitor(self, key: Key, over: Span | None) -> MonitorDetails: ...
    def pause(self, key: Key) -> MonitorView: ...
    def resume(self, key: Key) -> MonitorView: ...
    def delete(self, key: Key) -> None: ...
    def check_now(self, key: Key) -> MonitorView: ...

    def add_heartbeat(self, new: NewHeartbeat) -> HeartbeatView: ...
    def heartbeats(self) -> list[HeartbeatView]: ...
    def heartbeat(self, key: Key) -> HeartbeatView: ...

    def incidents(self, *, only_open: bool, limit: int) -> list[IncidentView]: ...
    def incident(self, key: Key) -> IncidentDetails: ...
    def acknowledge(self, key: Key) -> IncidentView: ...


class PolicyDesk(Protocol):
    """Policies, and who has them. Raises what Desk raises."""

    def customers(self) -> list[CustomerView]: ...
    def policies(self) -> list[PolicyView]: ...
    def policy(self, name: str) -> PolicyView: ...
    def set_policy(self, key: str, change: Change) -> PolicyView:
        """Change the policy of this key, or add it."""
        ...

    def delete_policy(self, name: str) -> None: ...
    def give_customer(self, customer_id: int, policy: str) -> CustomerView: ...
    def give_monitor(self, key: Key, policy: str | None) -> MonitorView:
        """None for the policy of its customer."""
        ...


class TokenDesk(Protocol):
    """What only the local store offers: tokens cannot manage tokens."""

    def create_token(self, name: str, customer_id: int | None, days: int | None) -> NewSecret: ...
    def create_account_key(self, name: str, days: int | None) -> NewSecret: ...
    def tokens(self) -> list[TokenView]: ...
    def revoke_token(self, token_id: int) -> None: ...


def open_desk() -> Desk:
    """The desk that the environment names. Raises SettingError, Complaint."""
    if is_remote():
        return _remote_desk()
    from fener.cli.local import LocalDesk  # noqa: PLC0415 - see _local_store

    return LocalDesk(_local_store())


def open_policies() -> PolicyDesk:
    """Like `open_desk`."""
    if is_remote():
        return _remote_desk()
    from fener.cli.local_policies import LocalPolicies  # noqa: PLC0415 - see _local_store

    return LocalPolicies(_local_store())


def open_tokens() -> TokenDesk:
    """Raises SettingError."""
    from fener.cli.local_tokens import LocalTokens  # noqa: PLC0415 - see _local_store

    return LocalTokens(_local_store())


def _remote_desk() -> "RemoteDesk":
    from fener.cli.remote import remote_desk  # noqa: PLC0415 - see _local_store

    return remote_desk(os.environ)


def _local_store() -> "LocalStore":
    # It brings much with it, and a command that needs none should start at once.
    from fener.cli.local_store import LocalStore  # noqa: PLC0415

    return LocalStore(settings.read(os.environ))


def is_remote() -> bool:
    return bool(os.environ.get("FENER_URL", "").strip())


def parse_key(text: str) -> Key:
    """A number or a public id as it was typed. Raises Complaint."""
    typed = text.strip()
    if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER:
        return int(typed)
    try:
        return UUID(typed)
    except ValueError:
        raise Complaint(
            f"{text!r} is no ID",
            "Take the number from the first column of the list, or the publicId of its --json.",
            Code.USAGE,
        ) from None
