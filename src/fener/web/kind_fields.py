"""The fields of a kind's settings as a form draws them: read from the `Meta` of each field.

Titles and help are messages of the catalogue. Websites and heartbeats have forms of their own: of
a website's only what all probed kinds share is drawn from here.
"""

from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from functools import cache
from typing import Any

from msgspec import NODEFAULT, Struct, inspect

from fener.domain.kinds import SETTINGS, Kind, Settings
from fener.domain.kinds.base import Probed

DRAWN = (Kind.TCP, Kind.ICMP, Kind.TLS, Kind.DNS, Kind.HTTPS_REDIRECT)
_SKIPPED = frozenset({"extra"})
_PLACE = frozenset({"host", "port", "starttls", "path", "record_types", "resolver"})
"""What says where to look; all else says how."""


class Shape(StrEnum):
    """What a field is typed into."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    TICK = "tick"
    LINES = "lines"
    """Pairs, one a line: `MX 10 mail.example.com.`"""


class Field(Struct, frozen=True, kw_only=True):
    """One field of a form. `title` and `help` are messages; bounds are those of a number."""

    name: str
    shape: Shape
    title: str
    help: str
    default: Any = None
    is_required: bool = False
    """Whether the settings cannot do without one that a person gives."""
    is_optional: bool = False
    """Whether nothing at all is a value, too."""
    choices: tuple[str, ...] = ()
    example: str = ""
    least: int = 0
    most: int | None = None

    @property
    def is_place(self) -> bool:
        return self.name in _PLACE

    @property
    def is_shared(self) -> bool:
        """Whether all probed kinds have it."""
        return self.name in Probed.__struct_fields__


@cache
def fields_of(kind: Kind) -> tuple[Field, ...]:
    """In the order of the settings, with what all kinds share last."""
    return _fields(SETTINGS[kind])


@cache
def fields_of_websites() -> tuple[Field, ...]:
    """How slow and which way round; the IP version stands beside that of HTTP in their form."""
    return tuple(one for one in _fields(Probed) if one.name != "ip_version")


def _fields(settings: type[Settings] | type[Probed]) -> tuple[Field, ...]:
    told = inspect.type_info(settings)
    assert isinstance(told, inspect.StructType)  # noqa: S101 - settings are structs
    return tuple(_read(one) for one in told.fields if one.name not in _SKIPPED)


def messages() -> Iterator[tuple[str, str]]:
    """Every title and help, with the file it stands in: for the catalogue."""
    for kind in DRAWN:
        for field in fields_of(kind):
            place = "base" if field.is_shared or field.name == "host" else kind
            for message in (field.title, field.help):
                yield f"domain/kinds/{place}.py", message


def _read(field: inspect.Field) -> Field:
    kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
    told = next(one for one in kinds if isinstance(one, inspect.Metadata))
    schema = told.extra_json_schema or {}
    examples = schema.get("examples") or [""]
    return Field(
        name=field.name,
        title=schema["title"],
        help=schema["description"],
        example=str(examples[0]),
        default=_default(field),
        is_required=field.required,
        is_optional=any(isinstance(one, inspect.NoneType) for one in kinds),
        **_SHAPES[type(told.type)](told.type),
    )


def _default(field: inspect.Field) -> Any:
    if field.default is not NODEFAULT:
        return field.default
    return None if field.default_factory is NODEFAULT else field.default_factory()


def _text(_: Any) -> dict[str, Any]:
    return {"shape": Shape.TEXT}


def _number(told: inspect.IntType) -> dict[str, Any]:
    return {"shape": Shape.NUMBER, "least": told.ge or 0, "most": told.le}


def _choice(told: inspect.EnumType) -> dict[str, Any]:
    return {"shape": Shape.CHOICE, "choices": _values(told.cls)}


def _choices(told: inspect.VarTupleType) -> dict[str, Any]:
    assert isinstance(told.item_type, inspect.EnumType)  # noqa: S101 - no kind has another list
    return {"shape": Shape.CHOICES, "choices": _values(told.item_type.cls)}


def _tick(_: Any) -> dict[str, Any]:
    return {"shape": Shape.TICK}


def _lines(told: inspect.DictType) -> dict[str, Any]:
    assert isinstance(told.key_type, inspect.EnumType)  # noqa: S101 - no kind has another one
    return {"shape": Shape.LINES, "choices": _values(told.key_type.cls)}


def _values(choices: type[Enum]) -> tuple[str, ...]:
    return tuple(str(one.value) for one in choices)


_SHAPES: dict[type[inspect.Type], Callable[[Any], dict[str, Any]]] = {
    inspect.StrType: _text,
    inspect.IntType: _number,
    inspect.EnumType: _choice,
    inspect.VarTupleType: _choices,
    inspect.BoolType: _tick,
    inspect.DictType: _lines,
}
