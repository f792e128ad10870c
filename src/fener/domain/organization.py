"""An organization: whose monitors, people and customers these are."""

from uuid import UUID

from msgspec import Struct

from fener.domain.time import Instant


class OrganizationDetails(Struct, frozen=True, kw_only=True):
    """The organization as a company; empty where it was never said."""

    company_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""
    billing_email: str = ""


class Organization(Struct, frozen=True, kw_only=True):
    id: int
    public_id: UUID
    name: str
    details: OrganizationDetails
    allow_private: bool
    """Whether its monitors may watch private addresses."""
    created_at: Instant
