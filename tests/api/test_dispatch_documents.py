"""The OpenAPI documents say what the routes do."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.routes import HTTPRoute

from fener.api.account import app as account
from fener.api.app import documents
from fener.api.described import DESCRIBED
from fener.api.dispatch import Contract, contract_of
from fener.api.organization import app as organization
from support.api import Client
from support.house import House

UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
METHODS = {"get", "post", "put", "patch", "delete"}
Operation = tuple[str, str, dict[str, Any]]


def _operations(contract: Contract) -> list[Operation]:
    paths = documents()[contract]["paths"]
    return [
        (method.upper(), path, operation)
        for path, item in paths.items()
        for method, operation in item.items()
    ]


every_contract = pytest.mark.parametrize("contract", list(Contract))


@pytest.mark.parametrize("app", [account.create_app(), organization.create_app()])
def test_every_route_is_described(app: Litestar) -> None:
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    handlers = [handler for route in routes for handler in route.route_handlers]
    silent = [str(one) for one in handlers if DESCRIBED not in one.opt]
    assert [one for one in silent if "OPTIONS" not in one and "options" not in one] == []


@every_contract
def test_every_operation_has_a_name_of_its_own_a_summary_and_an_example(
    contract: Contract,
) -> None:
    operations = _operations(contract)
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))
    for method, path, operation in operations:
        good = operation["responses"][next(iter(operation["responses"]))]
        assert operation["summary"], path
        assert operation["tags"], path
        assert method == "DELETE" or "example" in good["content"]["application/json"], path
        assert all(one["description"] for one in operation["parameters"]), (method, path)


@every_contract
def test_every_example_fits_the_schema_of_its_answer(contract: Contract) -> None:
    known = documents()[contract]
    for method, path, operation in _operations(contract):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    _require_fit(known, content["schema"], content["example"], (method, path))


def _require_fit(known: dict[str, Any], schema: Any, value: Any, where: object) -> None:
    whole = {**schema, "components": known["components"]}
    wrong = [f"{one.json_path}: {one.message}" for one in _validator(whole).iter_errors(value)]
    assert not wrong, (where, wrong)


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@every_contract
async def test_answers_fit_the_document(house: House, key: Client, contract: Contract) -> None:
    incident = await house.goes_down(await house.monitor())
    public_id = await house.public_id(incident)
    asked: dict[Contract, list[tuple[str, str, str, Any]]] = {
        Contract.ACCOUNT: [
            ("GET", "/api/incidents/", "/api/incidents/", None),
            ("GET", "/api/incidents/{incident_id}", f"/api/incidents/{incident}", None),
            ("POST", "/api/incidents/{incident_id}", f"/api/incidents/{incident}", {}),
            ("GET", "/api/incidents/{incident_id}", "/api/incidents/999", None),
        ],
        Contract.ORGANIZATION: [
            ("GET", "/api/incidents", "/api/incidents", None),
            ("GET", "/api/incidents", "/api/incidents?includeTotal=1", None),
            ("GET", "/api/incidents", "/api/incidents?limit=x", None),
            (
                "GET",
                "/api/incidents/{incident_public_id}",
                f"/api/incidents/{public_id}",
                None,
            ),
            (
                "POST",
                "/api/incidents/{incident_public_id}/comments",
                f"/api/incidents/{public_id}/comments",
                {"text": "x"},
            ),
            (
                "GET",
                "/api/incidents/{incident_public_id}",
                f"/api/incidents/{UUID}",
                None,
            ),
        ],
    }
    known = documents()[contract]
    for method, path, target, body in asked[contract]:
        answer = await key.ask(method, target, **({} if body is None else {"json": body}))
        told = known["paths"][path][method.lower()]["responses"][str(answer.status)]
        schema = told["content"]["application/json"]["schema"]
        _require_fit(known, schema, answer.json, target)


@every_contract
async def test_the_document_is_served_to_anybody(house: House, contract: Contract) -> None:
    target = f"/api/openapi/{contract}.json"
    answer = await house.nobody.get(target)
    assert (answer.status, answer.json) == (200, documents()[contract])
    told = await house.nobody.ask("HEAD", target)
    assert (told.status, told.body) == (200, b"")


@every_contract
def test_a_contract_says_nothing_of_the_other(contract: Contract) -> None:
    text = repr(documents()[contract])
    other = {Contract.ACCOUNT: "publicId", Contract.ORGANIZATION: "results_per_page"}
    assert other[contract] not in text


@every_contract
def test_a_path_of_the_document_is_answered_by_its_contract(contract: Contract) -> None:
    identifier = "5" if contract is Contract.ACCOUNT else UUID
    for method, path, _ in _operations(contract):
        target = "/".join(identifier if part[:1] == "{" else part for part in path.split("/"))
        wanted = {contract, None} if path.rstrip("/") == "/api/dns-monitors" else {contract}
        assert contract_of(method, target.encode(), b"") in wanted, (method, path)


def test_what_fener_adds_is_marked() -> None:
    added = [
        path
        for _, path, operation in _operations(Contract.ORGANIZATION)
        if operation.get("x-addition")
    ]
    item = "/api/incidents/{incident_public_id}"
    for tail in ("acknowledge", "comments", "resolve", "postmortem"):
        assert f"{item}/{tail}" in added
    assert item not in added
