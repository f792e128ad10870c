"""Both APIs over a world of people: callers by session, token and key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fener.actions import signing_in, tokens
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.actions.tokens import NewToken
from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.domain.people import Identity
from support.api import HOST, Client
from support.people import PASSWORD, World, world


class Callers:
    """A world with the APIs before it."""

    def __init__(self, here: World) -> None:
        self.here = here
        api = create_api(here.context, ApiOptions(rate_limit=0))
        self.nobody = Client(api)
        self._api = api

    async def session(self, email: str) -> Client:
        """Signed in, asking from one of our own pages."""
        attempt = Attempt(email, PASSWORD, "192.0.2.1")
        throttle = SignInThrottle(self.here.clock)
        made = await signing_in.sign_in(self.here.context, throttle, attempt)
        own = {"cookie": f"fener_session={made.cookie}", "origin": f"http://{HOST}"}
        return Client(self._api, own)

    async def token(self, owner: Identity, customer_id: int | None = None) -> Client:
        new = NewToken(name="a token", customer_id=customer_id)
        issued = await tokens.create_token(self.here.context, owner, new)
        return self.nobody.bearing(issued.secret)

    async def key(self, user: Identity) -> Client:
        issued = await tokens.create_account_key(self.here.context, user, "a key")
        return self.nobody.bearing(issued.secret)


@asynccontextmanager
async def callers(folder: Path) -> AsyncIterator[Callers]:
    async with world(folder) as here:
        yield Callers(here)
