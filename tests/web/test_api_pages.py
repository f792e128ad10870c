"""The readable API pages tell what the OpenAPI documents say, in the forms of the contracts."""

from typing import Any

import msgspec
import pytest

from fener.web.api_pages import Operation, anchor, sections
from support.documents import documents

SITE = "https://fener.example"


def operations(contract: str) -> dict[tuple[str, str], Operation]:
    return {
        (one.method, one.path): one
        for section in sections(documents()[contract], SITE)
        for one in section.operations
    }


@pytest.mark.parametrize("contract", ["account", "organization"])
def test_every_operation_of_a_document_is_on_its_page(contract: str) -> None:
    described = {
        (method.upper(), path)
        for path, item in documents()[contract]["paths"].items()
        for method in item
    }
    assert operations(contract).keys() == described


@pytest.mark.parametrize("contract", ["account", "organization"])
def test_every_anchor_leads_to_one_place(contract: str) -> None:
    found = [
        place
        for section in sections(documents()[contract], SITE)
        for place in (section.anchor, *(one.anchor for one in section.operations))
    ]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("contract", ["account", "organization"])
def test_every_example_of_an_answer_is_json(contract: str) -> None:
    for one in operations(contract).values():
        if one.answer:
            msgspec.json.decode(one.answer)


def test_the_published_call_of_the_account_list_is_shown_as_it_is_typed() -> None:
    listed = operations("account")["GET", "/api/incidents/"]
    assert listed.curl == (
        "curl --request GET \\\n"
        "  --url 'https://fener.example/api/incidents/' \\\n"
        "  --header 'Authorization: Bearer {api_key}'"
    )


def test_a_form_is_sent_as_the_account_page_sends_it() -> None:
    changed = operations("account")["POST", "/api/incidents/{incident_id}"]
    assert "--form 'comment=Example'" in changed.curl


def test_references_and_choices_are_followed_to_what_they_mean() -> None:
    document: dict[str, Any] = {
        "paths": {
            "/api/things": {
                "post": {
                    "tags": ["Things & more"],
                    "summary": "Add a thing",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/a"}}}
                    },
                    "responses": {
                        "200": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/a"}}}
                        }
                    },
                }
            }
        },
        "components": {
            "a": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"enum": ["big", "small"]},
                    "sizes": {"type": "array", "items": {"type": "integer"}},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                    "again": {"$ref": "#/components/a"},
                },
            }
        },
    }
    (section,) = sections(document, SITE)
    (one,) = section.operations
    assert (section.anchor, anchor("Ä b")) == ("things-more", "b")
    assert [(field.name, field.type, field.is_required) for field in one.fields] == [
        ("kind", "string", True),
        ("sizes", "array of integer", False),
        ("note", "string or null", False),
        ("again", "object", False),
    ]
    assert one.fields[0].choices == ("big", "small")
    assert msgspec.json.decode(one.answer)["sizes"] == [1]
    assert '--data \'{"kind":"big"}\'' in one.curl
