"""Every route of both documents, asked by every caller for everybody's things, against one table.

Beside the status each answer is searched for what it must not show: names, ids and addresses of
other organizations and of customers out of reach; and what is refused must have changed nothing.
"""

import re

import pytest

from support.api import Client
from support.rights import LASTING, STATUSES, WHOSE, lines, operations
from support.rights_asking import Asked, requests
from support.rights_building import town
from support.rights_town import Caller
from support.rights_world import Open
from support.schemas import refused

NAMING = re.compile(r"(Ids?|_ids?|notifications)$")
NAMES_NOTHING = {
    "project_id",
    "ping_servers_ids",
    "locationIds",
    "sourceChannelId",
    "vatId",
    "oauthClientId",
}
"""Projects and copied channels are not there yet, locations are everybody's, and an OAuth client is
known elsewhere.
"""


async def test_the_table_names_every_route_of_both_documents() -> None:
    told = {line.operation.name for line in lines()}
    assert told == {operation.name for operation in operations()}


async def test_the_table_names_every_field_that_names_a_thing() -> None:
    told = {line.name for line in lines()}
    for operation in operations():
        asked = [f"?{name}" for name in operation.query if name != "organizationId"]
        for field in filter(NAMING.search, [*asked, *operation.fields]):
            if field.lstrip("?") not in NAMES_NOTHING:
                assert f"{operation.name} {field}" in told


@pytest.mark.parametrize("name", town().callers)
async def test_each_caller_gets_what_the_table_says(here: Open, name: str) -> None:
    caller = here.town.callers[name]
    client = here.client(caller)
    wrong = []
    for line in lines():
        wanted = line.wanted(caller.column, with_session=caller.has_session)
        for asked in requests(line, caller):
            sign = wanted[WHOSE.index(asked.whose)] if len(wanted) > 1 else wanted
            wrong += await _differences(here, caller, client, asked, sign)
    assert not wrong, "\n".join(wrong)


async def _differences(
    here: Open, caller: Caller, client: Client, asked: Asked, sign: str
) -> list[str]:
    answer = await asked.of(client)
    found = []
    if answer.status not in STATUSES[sign]:
        found.append(f"wanted {sign}")
    if answer.status not in asked.line.operation.statuses:
        found.append("not documented")
    if answer.status >= 400:
        refused(answer, asked.line.operation.contract, answer.status)
    if shown := here.town.shown(caller, answer, asked.said):
        found.append(f"shows {shown}")
    is_changed = here.is_changed
    may_change = answer.status < 400 and not asked.line.operation.is_safe
    if is_changed != (may_change and asked.line.operation.key not in LASTING):
        found.append("changed something" if is_changed else "changed nothing")
    if is_changed:
        here.reset()
    what = (
        f"{caller.name}: {asked.line.name} of {asked.whose}: {answer.status} {answer.body!r:.200}"
    )
    return [f"{what} {one}" for one in found]
