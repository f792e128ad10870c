"""A customer of an organization: to whom monitors belong, and to whom people can be limited."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from fener.domain.time import DAY, Instant, Span

GRACE: Span = 3 * DAY
"""Between the mark and the end of a customer who left."""


class CustomerStatus(StrEnum):
    ACTIVE = "active"
    MARKED_FOR_CANCELLATION = "marked_for_cancellation"


class CustomerDetails(Struct, frozen=True, kw_only=True):
    """What is kept of a customer and moves nothing in Fener."""

    notification_email: str | None = None
    notification_phone_number: str | None = None
    monthly_reports_enabled: bool = False
    custom_fields: dict[str, Any] = {}


class Customer(Struct, frozen=True, kw_only=True):
    id: int
    public_id: UUID
    organization_id: int
    name: str
    email: str
    policy_id: int
    policy_name: str
    """The key of the policy, for machines: `standard`."""
    policy_title: str
    """The name of the policy, for people: `Standard`."""
    status: CustomerStatus
    details: CustomerDetails
    incidents_total: int
    cancelled_at: Instant | None
    created_at: Instant
    updated_at: Instant

    @property
    def ends_at(self) -> Instant | None:
        """When the cancellation takes effect."""
        return None if self.cancelled_at is None else self.cancelled_at + GRACE
