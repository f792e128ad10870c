"""Everybody who could ask in the town of rights, and the headers by which they do."""

from fener.actions import members, signing_in, tokens
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.actions.tokens import NewToken
from fener.domain.people import Identity, Role
from fener.domain.time import DAY
from support.api import HOST
from support.people import PASSWORD, World
from support.rights_town import mark


class People:
    """Puts people into a world that is being built."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.context = here.context

    async def nobodies(self, acme: Identity) -> dict[str, dict[str, str]]:
        """Credentials that were good once, or never; two days pass."""
        brief = NewToken(name=mark("acme"), expires_in_days=1)
        expired = await tokens.create_token(self.context, acme, brief)
        expired_key = await tokens.create_account_key(self.context, acme, "brief", 1)
        self.here.clock.step_wall(2 * DAY)
        revoked = await tokens.create_token(self.context, acme, NewToken(name=mark("acme")))
        revoked_key = await tokens.create_account_key(self.context, acme, "revoked")
        for one in (revoked, revoked_key):
            await tokens.revoke(self.context, acme, one.token.id)
        gone = await self.here.member(acme.organization_id, Role.ADMIN, "gone@acme.example")
        disabled_key = await tokens.create_account_key(self.context, gone, "disabled")
        disabled = await self._session("gone@acme.example")
        async with self.context.database.write() as session:
            disable = "UPDATE users SET is_enabled = 0 WHERE id = :id"  # their session stays
            await session.run(disable, {"id": gone.user_id})
        ended = await self._session("owner@acme.example")
        async with self.context.database.write() as session:
            end = "DELETE FROM sessions WHERE user_id = :id"
            await session.run(end, {"id": acme.user_id})
        return {
            "no credential": {},
            "bad token": bearer("wsm_0123456789abcdef"),
            "bad key": bearer("0123456789abcdef"),
            "bad session": {**disabled, "cookie": "fener_session=0123456789abcdef"},
            "expired token": bearer(expired.secret),
            "expired key": bearer(expired_key.secret),
            "revoked token": bearer(revoked.secret),
            "revoked key": bearer(revoked_key.secret),
            "key of a disabled user": bearer(disabled_key.secret),
            "session of a disabled user": disabled,
            "ended session": ended,
        }

    async def memberless(self, acme: Identity) -> dict[str, dict[str, str]]:
        left = await self.here.member(acme.organization_id, Role.ADMIN, "left@acme.example")
        key = await tokens.create_account_key(self.context, left, "left")
        await members.remove(self.context, acme, left.user_id or 0)
        session = await self._session("left@acme.example")
        return {"key": bearer(key.secret), "session": session}

    async def sign_in_all(self, acme: Identity, a: int) -> dict[str, tuple[str, dict[str, str]]]:
        """The column and the headers of each caller of Acme, by name."""
        members_of: dict[str, tuple[Role, tuple[int, ...] | None]] = {
            "admin": (Role.ADMIN, None),
            "user": (Role.USER, None),
            "userA": (Role.USER, (a,)),
            "readA": (Role.READONLY, (a,)),
            "read0": (Role.READONLY, ()),
        }
        people = {"owner": acme}
        for column, (role, reach) in members_of.items():
            email = f"{column.lower()}@acme.example"
            people[column] = await self.here.member(acme.organization_id, role, email, reach)
        found: dict[str, tuple[str, dict[str, str]]] = {}
        for column, who in people.items():
            for name, headers in (await self.person(who, f"{column.lower()}@acme.example")).items():
                found[f"{name} of {column}"] = (column, headers)
        for column, customer_id in (("token", None), ("tokenA", a)):
            name = mark("A" if customer_id else "acme")
            new = NewToken(name=name, customer_id=customer_id)
            issued = await tokens.create_token(self.context, acme, new)
            found[column] = (column, bearer(issued.secret))
        return found

    async def person(self, who: Identity, email: str) -> dict[str, dict[str, str]]:
        key = await tokens.create_account_key(self.context, who, "own")
        return {"session": await self._session(email), "key": bearer(key.secret)}

    async def _session(self, email: str) -> dict[str, str]:
        attempt = Attempt(email, PASSWORD, "192.0.2.1")
        made = await signing_in.sign_in(self.context, SignInThrottle(self.here.clock), attempt)
        return {"cookie": f"fener_session={made.cookie}", "origin": f"http://{HOST}"}


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}
