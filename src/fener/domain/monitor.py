"""A monitor: what is watched, how, and under which policy."""

from uuid import UUID

from msgspec import Struct

from fener.domain.credentials import ClientCertificate, Credentials
from fener.domain.kinds import Kind, Settings, kind_of
from fener.domain.place import Place
from fener.domain.policy import Policy
from fener.domain.time import SECOND, Instant, Span

DEFAULT_INTERVAL: Span = 60 * SECOND
DEFAULT_TIMEOUT: Span = 10 * SECOND
LEAST_INTERVAL: Span = 1 * SECOND


class Monitor(Struct, frozen=True):
    """What is watched. `interval` of a heartbeat is that of its schedule where it has one."""

    id: int
    public_id: UUID
    organization_id: int
    customer_id: int
    owner_id: int
    name: str
    settings: Settings
    policy: Policy
    interval: Span = DEFAULT_INTERVAL
    timeout: Span = DEFAULT_TIMEOUT
    location_ids: tuple[int, ...] = (1,)
    channel_ids: tuple[int, ...] | None = None
    """Channels chosen for this monitor; None for all of its customer and organization."""
    policy_id: int | None = None
    """The policy chosen for this monitor; None for that of its customer. `policy` is its rules."""
    credentials: Credentials | None = None
    client_certificate: ClientCertificate | None = None
    ping_key: UUID | None = None
    created_at: Instant = 0
    paused_at: Instant | None = None
    deleted_at: Instant | None = None

    @property
    def place(self) -> Place:
        return Place(self.organization_id, self.customer_id, self.public_id)

    @property
    def kind(self) -> Kind:
        return kind_of(self.settings)

    @property
    def is_watched(self) -> bool:
        return self.paused_at is None and self.deleted_at is None

    @property
    def target(self) -> str:
        """What a person calls the target; a heartbeat has none, its ping address is a secret."""
        return self.settings.target
