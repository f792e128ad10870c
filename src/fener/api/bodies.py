"""Request bodies, read into the types that handlers declare."""

from typing import Any, TypeVar

import msgspec

from fener.api.texts import require_no_nul, require_text
from fener.domain.errors import Invalid

T = TypeVar("T")
_ESCAPED_NUL = b"\\u0000"


def read_json(body: bytes, wanted: type[T]) -> T:
    """Raises Invalid naming the field that does not fit. An empty body is an empty object."""
    try:
        return msgspec.convert(json_value(body or b"{}"), wanted)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from None


def json_value(body: bytes) -> Any:
    """Whatever JSON the body is. Raises Invalid where it is none."""
    require_text(body, "body")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON: {error}.") from None
    if _ESCAPED_NUL in body:
        _require_no_nul_within(value)
    return value


def _require_no_nul_within(value: Any) -> None:
    match value:
        case str():
            require_no_nul(value, "body")
        case list():
            for one in value:
                _require_no_nul_within(one)
        case dict():
            for name, one in value.items():
                require_no_nul(name, "body")
                _require_no_nul_within(one)
