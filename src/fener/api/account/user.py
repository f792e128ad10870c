"""The user of the key in the account API."""

from litestar import get
from msgspec import Struct

from fener.actions import profile
from fener.api.account.answers import Item
from fener.api.account.asking import AccountAsking
from fener.api.described import described
from fener.api.routes import Routes
from fener.domain.people import Language
from fener.domain.people import User as Stored
from fener.domain.time import plain_text

LANGUAGES = {
    Language.ENGLISH: "english",
    Language.GERMAN: "german",
    Language.TURKISH: "turkish",
    Language.CHINESE: "chinese",
}


class Billing(Struct):
    """Fener bills nobody, so this is always empty."""

    type: str = "personal"
    name: str = ""
    address: str = ""
    city: str = ""
    county: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""
    tax_id: str = ""


class User(Struct):
    """Fener has no plans: everybody has the one called `custom`, which never ends."""

    id: str
    type: str
    email: str
    billing: Billing
    is_enabled: bool
    plan_id: str
    plan_expiration_date: str | None
    plan_settings: dict[str, int]
    plan_trial_done: bool
    language: str
    timezone: str
    country: str | None
    date: str
    last_activity: str | None
    total_logins: int


EXAMPLE = {
    "data": {
        "id": "1",
        "type": "users",
        "email": "ada@lakeside.example",
        "billing": {
            "type": "personal",
            "name": "",
            "address": "",
            "city": "",
            "county": "",
            "zip": "",
            "country": "",
            "phone": "",
            "tax_id": "",
        },
        "is_enabled": True,
        "plan_id": "custom",
        "plan_expiration_date": None,
        "plan_settings": {},
        "plan_trial_done": False,
        "language": "english",
        "timezone": "UTC",
        "country": None,
        "date": "2026-02-26 12:10:00",
        "last_activity": "2026-02-27 08:04:31",
        "total_logins": 12,
    }
}


@get(
    "/api/user",
    opt=described(summary="Get the user", tag="User", answer=Item[User], example=EXAMPLE),
)
async def get_user(request: AccountAsking) -> Item[User]:
    return Item(_shown(await profile.get_profile(request.world, request.asked.caller)))


def _shown(user: Stored) -> User:
    seen = user.last_seen_at
    return User(
        id=str(user.id),
        type="users",
        email=user.email,
        billing=Billing(),
        is_enabled=user.is_enabled,
        plan_id="custom",
        plan_expiration_date=None,
        plan_settings={},
        plan_trial_done=False,
        language=LANGUAGES[user.language],
        timezone=user.timezone,
        country=None,
        date=plain_text(user.created_at),
        last_activity=None if seen is None else plain_text(seen),
        total_logins=user.total_logins,
    )


ROUTES: Routes = (get_user,)
