"""Commands on the policies of the local store, and on who has them."""

from fener.actions import checks, customers, monitors, policies
from fener.actions.context import Context
from fener.actions.policy_rules import Change
from fener.cli import seen
from fener.cli.desk import LONGEST_NUMBER, Key
from fener.cli.local_store import LocalStore
from fener.cli.views import CustomerView, MonitorView, PolicyView
from fener.domain.people import Identity


class LocalPolicies:
    """`fener.cli.desk.PolicyDesk` on the local store."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def customers(self) -> list[CustomerView]:
        async def read(context: Context, who: Identity) -> list[CustomerView]:
            return [seen.customer(one) for one in await customers.list_all(context, who)]

        return self._store.act(read)

    def policies(self) -> list[PolicyView]:
        async def read(context: Context, who: Identity) -> list[PolicyView]:
            return [seen.policy(one) for one in await policies.list_all(context, who)]

        return self._store.act(read)

    def policy(self, name: str) -> PolicyView:
        async def read(context: Context, who: Identity) -> PolicyView:
            return seen.policy(await policies.get(context, who, _reference(name)))

        return self._store.act(read)

    def set_policy(self, key: str, change: Change) -> PolicyView:
        async def put(context: Context, who: Identity) -> PolicyView:
            return seen.policy(await policies.put(context, who, key, change))

        return self._store.act(put)

    def delete_policy(self, name: str) -> None:
        self._store.act(lambda context, who: policies.delete(context, who, _reference(name)))

    def give_customer(self, customer_id: int, policy: str) -> CustomerView:
        async def give(context: Context, who: Identity) -> CustomerView:
            key = (await policies.get(context, who, _reference(policy))).key
            change = customers.CustomerChange(policy=key)
            return seen.customer(await customers.change(context, who, customer_id, change))

        return self._store.act(give)

    def give_monitor(self, key: Key, policy: str | None) -> MonitorView:
        async def give(context: Context, who: Identity) -> MonitorView:
            change = monitors.Change(policy_id=await policy_id(context, who, policy))
            changed = await monitors.change(context, who, key, change)
            return seen.monitor(await checks.line(context, who, changed.id))

        return self._store.act(give)


async def policy_id(context: Context, who: Identity, name: str | None) -> int | None:
    """Of a policy named by number, key or name; None for none. Raises NotFound."""
    if name is None:
        return None
    return (await policies.get(context, who, _reference(name))).id


def _reference(name: str) -> int | str:
    """Keys begin with a letter, so a number is an ID."""
    typed = name.strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
    return int(typed) if is_number else typed
