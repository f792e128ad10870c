"""Commands on the tokens of the local store."""

from fener.actions import tokens
from fener.actions.context import Context
from fener.actions.tokens import Issued, NewToken
from fener.cli import seen
from fener.cli.local_store import LocalStore
from fener.cli.views import NewSecret, TokenView
from fener.domain.people import Identity


class LocalTokens:
    """`fener.cli.desk.TokenDesk` on the local store."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def create_token(self, name: str, customer_id: int | None, days: int | None) -> NewSecret:
        new = NewToken(name=name, customer_id=customer_id, expires_in_days=days)

        async def create(context: Context, who: Identity) -> NewSecret:
            return _secret(await tokens.create_token(context, who, new))

        return self._store.act(create)

    def create_account_key(self, name: str, days: int | None) -> NewSecret:
        async def create(context: Context, who: Identity) -> NewSecret:
            return _secret(await tokens.create_account_key(context, who, name, days))

        return self._store.act(create)

    def tokens(self) -> list[TokenView]:
        """Those of the organization and the keys of its owner, newest first."""

        async def read(context: Context, who: Identity) -> list[TokenView]:
            known = await tokens.list_tokens(context, who)
            known += await tokens.list_account_keys(context, who)
            newest_first = sorted(known, key=lambda one: one.id, reverse=True)
            return [seen.token(one) for one in newest_first]

        return self._store.act(read)

    def revoke_token(self, token_id: int) -> None:
        self._store.act(lambda context, who: tokens.revoke(context, who, token_id))


def _secret(issued: Issued) -> NewSecret:
    return NewSecret(issued.token.id, issued.token.name, issued.secret)
