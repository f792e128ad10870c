"""Reads the OpenAPI document of a contract into what a person reads: sections of operations."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

Document = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_JSON = "application/json"
_FORM = "multipart/form-data"
_DEEPEST = 5
_SAMPLES: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}
_FORMATS = {
    "uuid": "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
    "date-time": "2026-02-26T12:10:00.000Z",
    "text": "text",
}


class Field(Struct, frozen=True):
    """A parameter, or a field of a body."""

    name: str
    type: str
    is_required: bool
    description: str
    default: str = ""
    choices: tuple[str, ...] = ()


class Operation(Struct, frozen=True):
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    is_addition: bool
    """Fener's own, beside what the contract's published page has."""
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    curl: str
    status: str
    answer: str
    """An example as JSON text; empty where the answer has no body."""


class Section(Struct, frozen=True):
    name: str
    anchor: str
    operations: tuple[Operation, ...]


def sections(document: Document, site: str) -> tuple[Section, ...]:
    """The operations under their tags, in the document's order."""
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = _operation(document, path, method, item[method], site)
                tag = (item[method].get("tags") or [""])[0]
                found.setdefault(tag, []).append(operation)
    return tuple(Section(name, anchor(name), tuple(some)) for name, some in found.items())


def anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _operation(
    document: Document, path: str, method: str, given: Mapping[str, Any], site: str
) -> Operation:
    content: dict[str, Any] = given.get("requestBody", {}).get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    body = _resolved(document, first.get("schema", {}))
    status, answer = _answer(document, given.get("responses", {}))
    fields = _fields(document, body)
    return Operation(
        anchor=given.get("operationId") or anchor(f"{method} {path}"),
        method=method.upper(),
        path=path,
        summary=given.get("summary", ""),
        description=given.get("description", ""),
        is_addition=bool(given.get("x-addition")),
        parameters=tuple(_parameter(document, one) for one in given.get("parameters", ())),
        fields=fields,
        curl=_curl(site + path, method.upper(), fields, content),
        status=status,
        answer=answer,
    )


def _answer(document: Document, responses: Mapping[str, Any]) -> tuple[str, str]:
    for status, response in responses.items():
        if status.startswith("2"):
            content = response.get("content", {}).get(_JSON)
            if content is None:
                return status, ""
            example = content.get("example")
            if example is None:
                example = _sample(document, content.get("schema", {}), _DEEPEST)
            text = msgspec.json.format(msgspec.json.encode(example), indent=2)
            return status, text.decode()
    return "", ""


def _parameter(document: Document, given: Mapping[str, Any]) -> Field:
    return _field(
        document,
        given["name"],
        given.get("schema", {}),
        is_required=bool(given.get("required")),
        told=given.get("description", ""),
    )


def _fields(document: Document, schema: Mapping[str, Any]) -> tuple[Field, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        _field(document, name, one, is_required=name in required, told=one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )


def _field(
    document: Document, name: str, schema: Mapping[str, Any], *, is_required: bool, told: str
) -> Field:
    resolved = _resolved(document, schema)
    default = schema.get("default")
    has_default = default not in (None, "", [], {})
    return Field(
        name=name,
        type=_type(document, schema),
        is_required=is_required,
        description=told or resolved.get("description", ""),
        default=msgspec.json.encode(default).decode() if has_default else "",
        choices=tuple(str(one) for one in resolved.get("enum", ()) if one is not None),
    )


def _type(document: Document, schema: Mapping[str, Any]) -> str:
    """In one word or a few: `integer`, `array of string`, `string or null`."""
    schema = _resolved(document, schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(document, one) for one in schema[key]))
    kind = schema.get("type", "string" if "enum" in schema else "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array" and schema.get("items"):
        return f"array of {_type(document, schema['items'])}"
    return str(kind)


def _resolved(document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _sample(document: Document, schema: Mapping[str, Any], depth: int) -> Any:
    """Something that fits the schema, to show its shape."""
    schema = _resolved(document, schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _sample(document, choices[0], depth)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {}).items() if depth else ()
            return {name: _sample(document, one, depth - 1) for name, one in fields}
        case "array":
            return [_sample(document, schema.get("items", {}), depth - 1)] if depth else []
        case kind:
            plain = _SAMPLES.get(kind) if isinstance(kind, str) else None
            return next(iter(schema.get("enum", ())), plain or _FORMATS.get(_format(schema)))


def _format(schema: Mapping[str, Any]) -> str:
    return str(schema.get("format", "text"))


def _curl(url: str, method: str, fields: tuple[Field, ...], content: Mapping[str, Any]) -> str:
    lines = [
        f"curl --request {method}",
        f"--url '{url}'",
        "--header 'Authorization: Bearer {api_key}'",
    ]
    needed = [one for one in fields if one.is_required] or list(fields[:1])
    if _FORM in content:
        lines += [f"--form '{one.name}={_example(one)}'" for one in needed]
    elif _JSON in content:
        body = {one.name: _example(one) for one in needed}
        lines += [
            "--header 'Content-Type: application/json'",
            f"--data '{msgspec.json.encode(body).decode()}'",
        ]
    return " \\\n  ".join(lines)


def _example(field: Field) -> Any:
    if field.choices:
        return field.choices[0]
    word = field.type.partition(" ")[0]
    return _SAMPLES.get(word, "https://example.com/" if "url" in field.name.lower() else "Example")
