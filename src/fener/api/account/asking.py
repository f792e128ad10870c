"""A request in the account API: its forms, ids and pages."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from fener.api.asking import Asking, whole_number
from fener.api.bodies import json_value
from fener.api.texts import require_text
from fener.domain.errors import Invalid, NotFound

T = TypeVar("T")
_JSON = "application/json"
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
FORM_TYPES = (_MULTIPART, _URLENCODED, _JSON)
_NAME = re.compile(r"([^\[\]]+)(\[\d*\])?")
_SEQUENCES = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)


class AccountAsking(Asking):
    def path_id(self, name: str) -> int:
        """An id of the path. Raises NotFound for what can be none: no text is a wrong form here."""
        number = whole_number(str(self.path_params[name]))
        if number is None or number < 1:
            raise NotFound("Not found")
        return number

    async def read(self, wanted: type[T]) -> T:
        """The body as multipart, urlencoded or JSON; fields that are left out keep their defaults.

        Numbers and booleans may be texts. Arrays come as `name`, `name[]` or `name[0]`. Raises
        Invalid naming the field that does not fit.
        """
        fields = await self._fields(wanted)
        try:
            return msgspec.convert(fields, wanted, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(str(error)) from None

    async def _fields(self, wanted: type[Any]) -> dict[str, Any]:
        body = self.asked.body
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not body:
            return {}
        if kind == _JSON:
            return _object(json_value(body))
        if kind == _URLENCODED:
            return _gathered(_urlencoded(body), wanted)
        if kind != _MULTIPART:
            raise Invalid(f"Content-Type must be one of {', '.join(FORM_TYPES)}")
        require_text(body, "form")
        # not `multi_items`, which walks through the names in the order of a set
        return _gathered((await self.form()).items(), wanted)


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    """By hand: the framework's own reading makes U+FFFD of what is not UTF-8."""
    require_text(body, "form", percent_encoded=True)
    return parse_qsl(require_text(body, "form"), keep_blank_values=True)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object")
    return value


def _gathered(pairs: Iterable[tuple[str, Any]], wanted: type[Any]) -> dict[str, Any]:
    """Fields by name: lists where the type wants one, else the last value."""
    lists = {field.encode_name for field in msgspec.structs.fields(wanted) if _is_list(field.type)}
    found: dict[str, Any] = {}
    gathered = defaultdict[str, list[str]](list)
    for spelled, value in pairs:
        match = _NAME.fullmatch(spelled)
        name = match[1] if match else spelled
        if not isinstance(value, str):
            raise Invalid(f"{name} must be a text, not a file", name)
        if name not in lists:
            found[name] = value
            continue
        values = gathered[name]  # there even if empty: `name[]=` is how a form says so
        if value:
            values.append(value)
    return found | gathered


def _is_list(wanted: Any) -> bool:
    kind = msgspec.inspect.type_info(wanted)
    return any(isinstance(one, _SEQUENCES) for one in getattr(kind, "types", (kind,)))
