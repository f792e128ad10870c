"""One OpenAPI document for each contract, generated from its routes and their descriptions."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct

from fener import __version__
from fener.api.described import DESCRIBED, Described, Parameter
from fener.api.door import TOO_LARGE

_REF = "#/components/schemas/{name}"
_PATH_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


class Form(Struct, frozen=True):
    """What is the same for all routes of one contract."""

    title: str
    introduction: str
    body_types: tuple[str, ...]
    error: Any
    """The type of an error's body."""
    credentials: dict[str, dict[str, str]]
    """Security schemes by name."""
    refusals: dict[int, str]
    """What every route refuses: status and words."""
    everywhere: tuple[Parameter, ...] = ()
    """Parameters of the query that every route takes."""
    lists_end_with_slash: bool = False
    """Whether lists in pages are written as `/api/incidents/`."""


def document(app: Litestar, form: Form) -> dict[str, Any]:
    """The OpenAPI 3.1 document, as plain JSON values."""
    routes = list(_described(app))
    types = [form.error, *_types(routes)]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for path, method, description in routes:
        operation = _operation(path, method, description, form, schema_of)
        paths.setdefault(_shown(path, description, form), {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": form.title,
            "version": __version__,
            "description": form.introduction,
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in form.credentials],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": form.credentials},
    }


def _described(app: Litestar) -> Iterator[tuple[str, str, Described]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if DESCRIBED in handler.opt:
                    yield route.path, _method(handler), handler.opt[DESCRIBED]


def _shown(path: str, description: Described, form: Form) -> str:
    is_list = any(one.name == "page" for one in description.parameters)
    return _without_types(path) + ("/" if is_list and form.lists_end_with_slash else "")


def _method(handler: HTTPRouteHandler) -> str:
    return min(handler.http_methods)


def _types(routes: list[tuple[str, str, Described]]) -> list[Any]:
    wanted = {}
    for _, _, description in routes:
        for one in (description.body, description.answer):
            if one is not None:
                wanted[repr(one)] = one
    return list(wanted.values())


def _operation(
    path: str, method: str, description: Described, form: Form, schema_of: dict[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(path, method),
        "summary": description.summary,
        "tags": [description.tag],
        "parameters": _parameters(path, description, form),
        "responses": _responses(path, description, form, schema_of),
    }
    if description.description:
        operation["description"] = description.description
    if description.is_addition:
        operation["x-addition"] = True
    if description.body is not None:
        content = {"schema": schema_of[repr(description.body)]}
        kinds = dict.fromkeys(form.body_types, content)
        operation["requestBody"] = {"content": kinds}
    return operation


def _responses(
    path: str, description: Described, form: Form, schema_of: dict[str, Any]
) -> dict[str, Any]:
    good: dict[str, Any] = {"description": description.status.phrase}
    if description.answer is not None:
        content: dict[str, Any] = {"schema": schema_of[repr(description.answer)]}
        if description.example is not None:
            content["example"] = description.example
        good["content"] = {"application/json": content}
    error = {"application/json": {"schema": schema_of[repr(form.error)]}}
    refusals = {**form.refusals, **_implied(path, description), **description.refusals}
    refused = {
        str(status): {"description": refusals[status], "content": error}
        for status in sorted(refusals)
    }
    return {str(int(description.status)): good, **refused}


def _implied(path: str, description: Described) -> dict[int, str]:
    """The refusals that follow from what a route takes."""
    missing = {404: "Not found"} if _PATH_PARAMETER.search(path) else {}
    too_large = {} if description.body is None else {413: TOO_LARGE}
    return missing | too_large


def _parameters(path: str, description: Described, form: Form) -> list[dict[str, Any]]:
    told = {one.name: one for one in description.path}
    in_path = [
        _parameter(told.get(name) or _plain(name), "path") for name in _PATH_PARAMETER.findall(path)
    ]
    given = (*form.everywhere, *description.parameters)
    return in_path + [_parameter(one, "query") for one in given]


def _plain(name: str) -> Parameter:
    return Parameter(name=name, type="string", description="")


def _parameter(one: Parameter, place: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": one.type}
    if one.choices:
        schema["enum"] = list(one.choices)
    if one.default is not None:
        schema["default"] = one.default
    return {
        "name": one.name,
        "in": place,
        "required": place == "path",
        "description": one.description,
        "schema": schema,
    }


def _operation_id(path: str, method: str) -> str:
    words = re.findall(r"\w+", _without_types(path).replace("-", "_"))
    return "_".join([method.lower(), *words[1:]])


def _without_types(path: str) -> str:
    return _PATH_PARAMETER.sub(r"{\1}", path)
