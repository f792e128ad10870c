"""Which contract answers: the rules, one by one, and through both applications."""

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from fener.api.account import app as account
from fener.api.dispatch import Contract, contract_of
from fener.api.organization import app as organization
from support.api import Answer, Client
from support.house import House
from support.schemas import good, refused

UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
ACC, ORG, BY_CREDENTIAL = Contract.ACCOUNT, Contract.ORGANIZATION, None


def _chosen(line: str) -> Contract | None:
    method, _, target = line.partition(" ")
    path, _, query = target.encode().partition(b"?")
    return contract_of(method, path, query)


@pytest.mark.parametrize(
    ("line", "contract"),
    [
        # Rule 1: what only one contract has.
        ("GET /api/monitors", ACC),
        ("GET /api/monitors/5", ACC),
        ("PATCH /api/monitors/5", ACC),
        ("GET /api/user", ACC),
        ("GET /api/users", ORG),
        ("GET /api/websites/", ORG),
        ("DELETE /api/websites/5", ORG),
        ("GET /api/customer/tokens", ORG),
        ("GET /api/status-pages/public/acme", ORG),
        ("GET /api/status-pages/5/design", ORG),
        ("DELETE /api/status-pages/domains/5", ORG),
        ("PATCH /api/incidents/5", ORG),
        ("PUT /api/dns-monitors/5", ORG),
        ("PATCH /api/incidents/?page=1", ORG),
        (f"POST /api/incidents/{UUID}/acknowledge", ORG),
        ("POST /api/incidents/5/acknowledge", ORG),
        # Rule 2: what the request says, then the slash.
        ("GET /api/incidents", ORG),
        ("GET /api/incidents/", ACC),
        ("POST /api/incidents/", ACC),
        ("GET /api/incidents/?", ACC),
        ("GET /api/incidents?limit=5", ORG),
        ("GET /api/incidents/?limit=5", ORG),
        ("GET /api/incidents/?offset=0", ORG),
        ("GET /api/incidents/?includeTotal=1", ORG),
        ("GET /api/incidents/?organizationId=", ORG),
        ("GET /api/incidents/?organization%49d=1", ORG),
        ("GET /api/incidents?page=2", ACC),
        ("GET /api/incidents?page=", ACC),
        ("GET /api/incidents?results_per_page=10", ACC),
        ("GET /api/incidents?search=x", ACC),
        ("GET /api/incidents?search_by=comment", ACC),
        ("GET /api/incidents?order_type=ASC", ACC),
        ("GET /api/incidents?datetime_start=x", ACC),
        ("GET /api/incidents?page=2&limit=5", ORG),
        ("GET /api/incidents/?limit=5&page=2", ORG),
        ("GET /api/incidents?Page=2", ORG),
        ("GET /api/incidents?unknown=1", ORG),
        ("GET /api/incidents/?unknown=1", ACC),
        ("GET /api/%69ncidents/", ACC),
        # Rule 3: the form of the id.
        ("GET /api/incidents/5", ACC),
        ("GET /api/incidents/5/", ACC),
        ("GET /api/incidents/-5", ACC),
        (f"GET /api/incidents/{2**63}", ACC),
        ("GET /api/incidents/5?limit=1", ACC),
        ("DELETE /api/incidents/5", ACC),
        (f"GET /api/incidents/{UUID}", ORG),
        (f"GET /api/incidents/{UUID.upper()}/", ORG),
        (f"GET /api/incidents/{UUID}?page=1", ORG),
        (f"DELETE /api/incidents/{UUID}", ORG),
        ("GET /api/incidents/latest", BY_CREDENTIAL),
        ("GET /api/incidents/5.0", BY_CREDENTIAL),
        ("GET /api/incidents/%D9%A3", BY_CREDENTIAL),
        (f"GET /api/incidents/{UUID.replace('-', '')}", BY_CREDENTIAL),
        ("GET /api/dns-monitors/5", ACC),
        (f"GET /api/dns-monitors/{UUID}", ORG),
        ("GET /api/dns-monitors/first", BY_CREDENTIAL),
        # Rule 4: everything else that both have, or neither.
        ("GET /api/dns-monitors", BY_CREDENTIAL),
        ("GET /api/dns-monitors/?page=1", BY_CREDENTIAL),
        ("GET /api/status-pages", BY_CREDENTIAL),
        ("POST /api/status-pages/5", BY_CREDENTIAL),
        ("GET /api/nonsense", BY_CREDENTIAL),
        ("GET /api/nonsense/deep/down", BY_CREDENTIAL),
        ("GET /api/", BY_CREDENTIAL),
    ],
)
def test_the_request_names_its_contract(line: str, contract: Contract | None) -> None:
    assert _chosen(line) is contract


def _routes(app: Litestar) -> list[tuple[str, str]]:
    return [
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
    ]


@pytest.mark.parametrize(
    ("app", "contract", "identifier"),
    [(account.create_app(), ACC, "5"), (organization.create_app(), ORG, UUID)],
    ids=["account", "organization"],
)
def test_every_route_is_reached_with_its_own_form_of_id(
    app: Litestar, contract: Contract, identifier: str
) -> None:
    lost = []
    for method, path in _routes(app):
        parts = [identifier if part.startswith("{") else part for part in path.split("/")]
        chosen = _chosen(f"{method} {'/'.join(parts)}{'/' if contract is ACC else ''}")
        wanted = BY_CREDENTIAL if path == "/api/dns-monitors" else contract
        if chosen is not wanted:
            lost.append((method, path, chosen))
    assert not lost


def _contract(answer: Answer) -> str:
    """In whose words the answer is."""
    body = answer.json
    match body:
        case {"data": _} | {"errors": _}:
            return "account"
        case {"incidents": _} | {"statusCode": _} | list():
            return "organization"
    raise AssertionError(body)


@pytest.fixture(params=["key", "token", "nobody"])
async def asked(request: pytest.FixtureRequest, house: House) -> Client:
    """Each kind of credential, and none."""
    if request.param == "key":
        return await house.key_of(house.owner)
    return await house.token() if request.param == "token" else house.nobody


@pytest.mark.parametrize(
    ("target", "contract"),
    [
        ("/api/incidents", "organization"),
        ("/api/incidents/", "account"),
        ("/api/incidents/?organizationId=1", "organization"),
        ("/api/incidents?page=1&results_per_page=10", "account"),
        ("/api/incidents/?page=1&limit=1", "organization"),
        ("/api/incidents?includeTotal=TRUE&page=x", "organization"),
        ("/api/incidents/7", "account"),
        (f"/api/incidents/{UUID}", "organization"),
    ],
)
async def test_no_credential_changes_the_contract(
    asked: Client, target: str, contract: str
) -> None:
    answer = await asked.get(target)
    assert _contract(answer) == contract
    assert answer.status in {200, 401, 404}
    assert "location" not in answer.headers


async def test_parameters_of_the_other_contract_are_ignored(house: House, key: Client) -> None:
    for _ in range(3):
        await house.goes_down(await house.monitor())
    mixed = await key.get("/api/incidents/?limit=2&page=99&results_per_page=10&search=nothing")
    assert len(good(mixed, "organization-incidents")) == 2


async def test_an_id_of_neither_form_is_missing_for_a_key_and_wrong_for_all_else(
    house: House, key: Client, token: Client
) -> None:
    for target in ("/api/incidents/latest", "/api/incidents/latest/", "/api/incidents/1.5"):
        refused(await key.get(target), "account", 404)
        wrong = "Incident public ID (UUID) required"
        refused(await token.get(target), "organization", 400, wrong)
        refused(await house.nobody.get(target), "organization", 401, "Unauthorized")


@pytest.mark.parametrize("target", ["/api/status-pages", "/api/status-pages/", "/api/what"])
async def test_what_both_share_follows_the_credential(
    house: House, key: Client, token: Client, target: str
) -> None:
    refused(await key.get(target), "account", 404)
    refused(await token.get(target), "organization", 404)
    refused(await house.nobody.get(target), "organization", 401)
    refused(await house.nobody.bearing("wsm_wrong").get(target), "organization", 401)


async def test_monitors_of_dns_are_the_organizations_but_for_a_key(
    house: House, key: Client, token: Client
) -> None:
    listed = await token.get("/api/dns-monitors")
    assert (listed.status, listed.json["items"]) == (200, [])
    listed = await key.get("/api/dns-monitors")
    assert (listed.status, listed.json["data"]) == (200, [])
    refused(await house.nobody.get("/api/dns-monitors"), "organization", 401)


@pytest.mark.parametrize(
    ("line", "contract"),
    [
        ("POST /api/incidents/", "account"),
        ("POST /api/incidents", "organization"),
        ("PUT /api/incidents/", "organization"),
        ("PATCH /api/incidents/5", "organization"),
        (f"DELETE /api/incidents/{UUID}", "organization"),
        (f"GET /api/incidents/{UUID}/resolve", "organization"),
    ],
)
async def test_a_method_that_a_path_does_not_have_is_refused_in_its_contract(
    key: Client, line: str, contract: str
) -> None:
    method, _, target = line.partition(" ")
    answer = await key.ask(method, target)
    refused(answer, contract, 405)
    assert answer.headers["allow"]


async def test_head_answers_like_get_without_a_body(key: Client) -> None:
    for target in ("/api/incidents", "/api/incidents/"):
        asked, told = await key.get(target), await key.ask("HEAD", target)
        assert (told.status, told.body) == (200, b"")
        assert told.headers["content-length"] == str(len(asked.body))
