"""The organization itself in the organization API, under each of its published names."""

from litestar import get, patch
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from fener.actions import organizations
from fener.actions.organizations import OrganizationChange
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.references import path_reference
from fener.api.routes import Routes
from fener.domain.organization import Organization as Stored
from fener.domain.people import Identity
from fener.domain.time import iso_text

PATHS = ["/api/organization", "/api/organizations"]
ITEM = "/api/organizations/{organization_id:str}"
TAG = "Organization"
WANTED = "Invalid Organization identifier"
ID = Parameter(
    name="organization_id", type="string", description="UUID or number of the organization."
)


class Organization(Struct, rename="camel"):
    """Its details are null for who is limited to some of its customers, and where never said."""

    id: int
    public_id: str
    name: str
    company_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    vat_id: str | None
    billing_email: str | None
    created_at: str


class OrganizationUpdate(Struct, rename="camel"):
    """What is left out stays as it was; null or an empty text takes a detail away."""

    name: str | UnsetType = UNSET
    company_name: str | UnsetType | None = UNSET
    street: str | UnsetType | None = UNSET
    postal_code: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    vat_id: str | UnsetType | None = UNSET
    billing_email: str | UnsetType | None = UNSET


EXAMPLE = {
    "id": 1,
    "publicId": "019b7a2c-59f2-7b86-a1c4-7d02e6fd9350",
    "name": "Harbour Hosting",
    "companyName": "Harbour Hosting Ltd",
    "street": "1 Quay Street",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "DE",
    "vatId": None,
    "billingEmail": "billing@harbour.example",
    "createdAt": "2026-02-26T12:10:00.000Z",
}
READING = described(
    summary="Get the organization", tag=TAG, answer=Organization, example=EXAMPLE, path=(ID,)
)
CHANGING = described(
    summary="Update the organization",
    tag=TAG,
    body=OrganizationUpdate,
    answer=Organization,
    example=EXAMPLE,
    path=(ID,),
)


@get(PATHS, opt=READING)
async def get_organization(request: OrganizationAsking) -> Organization:
    who = await request.identity()
    return _shown(await organizations.get(request.world, who))


@get(ITEM, opt=READING)
async def get_named_organization(request: OrganizationAsking) -> Organization:
    who = await _named(request)
    return _shown(await organizations.get(request.world, who))


@patch(PATHS, opt=CHANGING)
async def update_organization(request: OrganizationAsking) -> Organization:
    change = _change(request)
    who = await request.identity()
    return _shown(await organizations.change(request.world, who, change))


@patch(ITEM, opt=CHANGING)
async def update_named_organization(request: OrganizationAsking) -> Organization:
    change = _change(request)
    who = await _named(request)
    return _shown(await organizations.change(request.world, who, change))


async def _named(request: OrganizationAsking) -> Identity:
    """The caller in the organization of the path, which counts more than the query's."""
    named = path_reference(request, ID.name, WANTED)
    return await request.identity(await organizations.id_of(request.world, named))


def _change(request: OrganizationAsking) -> OrganizationChange:
    return OrganizationChange(**asdict(request.read(OrganizationUpdate)))


def _shown(found: Stored) -> Organization:
    details = {name: text or None for name, text in asdict(found.details).items()}
    return Organization(
        id=found.id,
        public_id=str(found.public_id),
        name=found.name,
        created_at=iso_text(found.created_at),
        **details,
    )


ROUTES: Routes = (
    get_organization,
    get_named_organization,
    update_organization,
    update_named_organization,
)
