"""Users of an organization, which are its members, in the organization API."""

from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import UNSET, Struct, UnsetType

from fener.actions import members
from fener.actions.members import MemberChange, NewMember
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.references import path_reference, reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.organization.times import time_or_none
from fener.api.routes import Routes
from fener.domain.people import Member
from fener.domain.time import iso_text

PATH = "/api/users"
ITEM = f"{PATH}/{{user_id:str}}"
TAG = "Users"
WANTED = "Invalid User identifier"
BAD_CUSTOMER = "Invalid customer ID"
ID = Parameter(name="user_id", type="string", description="UUID or number of the user.")
CustomerIds = list[int | str] | None


class UserCreation(Struct, rename="camel"):
    """`role` is one of owner, admin, user and readonly. `customerIds` limits the last two; without
    it a `user` reaches every customer, a `readonly` none.
    """

    email: str
    role: str
    first_name: str = ""
    last_name: str = ""
    password: str | None = None
    customer_ids: CustomerIds = None


class UserUpdate(Struct, rename="camel"):
    """What is left out stays as it was; `customerIds` null takes the limit away."""

    email: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    customer_ids: CustomerIds | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class User(Struct, rename="camel"):
    """`customerIds` is null for who reaches every customer."""

    id: int
    public_id: str
    organization_id: int
    email: str
    first_name: str
    last_name: str
    role: str
    customer_ids: list[int] | None
    is_enabled: bool
    last_seen_at: str | None
    created_at: str


class ChangedUser(Struct):
    success: bool
    user: User


EXAMPLE = {
    "id": 4,
    "publicId": "019b7a2c-5a00-7f10-8c52-3be94d60a1f7",
    "organizationId": 1,
    "email": "ada@lakeside.example",
    "firstName": "Ada",
    "lastName": "Quill",
    "role": "readonly",
    "customerIds": [7],
    "isEnabled": True,
    "lastSeenAt": None,
    "createdAt": "2026-02-26T12:10:00.000Z",
}
CHANGED_EXAMPLE = {"success": True, "user": EXAMPLE}


@get(
    PATH,
    opt=described(summary="List users", tag=TAG, answer=list[User], example=[EXAMPLE]),
)
async def list_users(request: OrganizationAsking) -> list[User]:
    who = await request.identity()
    return [_shown(one) for one in await members.list_all(request.world, who)]


@post(
    PATH,
    status_code=200,
    opt=described(
        summary="Create a user",
        tag=TAG,
        description="Who has an account already joins with it, and no password is given then.",
        body=UserCreation,
        answer=ChangedUser,
        example=CHANGED_EXAMPLE,
        refusals={409: "This user is a member of the organization already."},
    ),
)
async def create_user(request: OrganizationAsking) -> ChangedUser:
    wanted = request.read(UserCreation)
    ids = wanted.customer_ids
    new = NewMember(
        email=wanted.email,
        role=wanted.role,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        password=wanted.password,
        customer_ids=None if ids is None else _references(ids),
    )
    who = await request.identity()
    return ChangedUser(True, _shown(await members.add(request.world, who, new)))


@get(ITEM, opt=described(summary="Get a user", tag=TAG, path=(ID,), answer=User, example=EXAMPLE))
async def get_user(request: OrganizationAsking) -> User:
    named = path_reference(request, ID.name, WANTED)
    who = await request.identity()
    return _shown(await members.get(request.world, who, named))


@patch(
    ITEM,
    opt=described(
        summary="Update a user",
        tag=TAG,
        description=(
            "Only owners change owners. Address, name and password of who belongs to other "
            "organizations too are nobody else's to change."
        ),
        path=(ID,),
        body=UserUpdate,
        answer=ChangedUser,
        example=CHANGED_EXAMPLE,
        refusals={409: f"{members.LAST_OWNER} Or: {members.TAKEN}"},
    ),
)
async def update_user(request: OrganizationAsking) -> ChangedUser:
    named = path_reference(request, ID.name, WANTED)
    update = request.read(UserUpdate)
    ids = update.customer_ids
    change = MemberChange(
        email=update.email,
        role=update.role,
        first_name=update.first_name,
        last_name=update.last_name,
        password=update.password,
        customer_ids=_references(ids) if isinstance(ids, list) else ids,
        is_enabled=update.is_enabled,
    )
    who = await request.identity()
    return ChangedUser(True, _shown(await members.change(request.world, who, named, change)))


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Remove a user from the organization",
        tag=TAG,
        path=(ID,),
        answer=Success,
        example=SUCCESS_EXAMPLE,
        refusals={409: members.LAST_OWNER},
    ),
)
async def remove_user(request: OrganizationAsking) -> Success:
    named = path_reference(request, ID.name, WANTED)
    who = await request.identity()
    await members.remove(request.world, who, named)
    return Success()


def _references(named: list[int | str]) -> tuple[int | UUID, ...]:
    return tuple(reference(one, BAD_CUSTOMER) for one in named)


def _shown(member: Member) -> User:
    limit = member.customer_ids
    return User(
        id=member.user_id,
        public_id=str(member.public_id),
        organization_id=member.organization_id,
        email=member.email,
        first_name=member.first_name,
        last_name=member.last_name,
        role=member.role,
        customer_ids=None if limit is None else sorted(limit),
        is_enabled=member.is_enabled,
        last_seen_at=time_or_none(member.last_seen_at),
        created_at=iso_text(member.created_at),
    )


ROUTES: Routes = (list_users, create_user, get_user, update_user, remove_user)
