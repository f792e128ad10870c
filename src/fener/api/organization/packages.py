"""Packages in the organization API: the policies of the organization, under its name for them."""

from litestar import delete, get, patch

from fener.actions import organizations, policies
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.package_shapes import (
    EXAMPLE,
    Package,
    PackageForm,
    change_of,
    shown,
)
from fener.api.organization.references import path_reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.routes import Routes
from fener.domain.errors import NotFound
from fener.domain.people import Identity

PATH = "/api/package-configs"
ITEM = f"{PATH}/{{package_type:str}}"
NAMED_PATH = "/api/organizations/{organization_id:str}/package-configs"
TAG = "Packages"
WANTED = "Invalid Organization identifier"
KEY = Parameter(
    name="package_type", type="string", description="Key of the package, such as standard."
)
ORGANIZATION = Parameter(
    name="organization_id", type="string", description="UUID or number of the organization."
)
LISTING = "The first one is that of new customers."


@get(
    PATH,
    opt=described(
        summary="List packages",
        tag=TAG,
        description=LISTING,
        answer=list[Package],
        example=[EXAMPLE],
    ),
)
async def list_packages(request: OrganizationAsking) -> list[Package]:
    who = await request.identity()
    return await _listed(request, who)


@get(
    NAMED_PATH,
    opt=described(
        summary="List packages of an organization",
        tag=TAG,
        description=LISTING,
        path=(ORGANIZATION,),
        answer=list[Package],
        example=[EXAMPLE],
    ),
)
async def list_packages_of(request: OrganizationAsking) -> list[Package]:
    named = path_reference(request, ORGANIZATION.name, WANTED)
    who = await request.identity(await organizations.id_of(request.world, named))
    return await _listed(request, who)


@patch(
    ITEM,
    opt=described(
        summary="Create or update a package",
        tag=TAG,
        description="Where no package has the key, one is added. It counts from the next check on.",
        path=(KEY,),
        body=PackageForm,
        answer=Package,
        example=EXAMPLE,
    ),
)
async def put_package(request: OrganizationAsking) -> Package:
    form, key = request.read(PackageForm), str(request.path_params[KEY.name])
    who = await request.identity()
    known = await policies.list_all(request.world, who)
    before = next((one for one in known if one.key == key.casefold()), None)
    return shown(await policies.put(request.world, who, key, change_of(form, before)))


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a package",
        tag=TAG,
        description="Only one that no customer and no monitor has.",
        path=(KEY,),
        answer=Success,
        example=SUCCESS_EXAMPLE,
    ),
)
async def delete_package(request: OrganizationAsking) -> Success:
    key = str(request.path_params[KEY.name])
    who = await request.identity()
    try:
        await policies.delete(request.world, who, key)
    except NotFound:
        raise NotFound("Package not found") from None
    return Success()


async def _listed(request: OrganizationAsking, who: Identity) -> list[Package]:
    return [shown(one) for one in await policies.list_all(request.world, who)]


ROUTES: Routes = (list_packages, list_packages_of, put_package, delete_package)
