"""JSON Schemas made from the published pages of both APIs."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from support.api import Answer

_FOLDER = Path(__file__).parent.parent / "api" / "schemas"


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((_FOLDER / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def fits(name: str, value: Any) -> Any:
    """The value, if it is as the schema of this name says; fails telling every difference."""
    differences = [f"{one.json_path}: {one.message}" for one in _validator(name).iter_errors(value)]
    assert not differences, "\n".join(differences)
    return value


def good(answer: Answer, schema: str) -> Any:
    """The body of an answer 200 that fits the schema."""
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    return fits(schema, answer.json)


def refused(answer: Answer, contract: str, status: int, message: str | None = None) -> str:
    """The message of a refusal in the words of `account` or `organization`."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    body = fits(f"{contract}-error", answer.json)
    if contract == "account":
        (error,) = body["errors"]
        told, said = error["status"], error["title"]
    else:
        told, said = body["statusCode"], body["message"]
    assert told == status
    if message is not None:
        assert said == message
    return str(said)
