"""Fields of a kind's settings in a form: what is typed into each is shown and read here.

The forms of all probed monitors share it; which fields there are is for `fener.web.kind_fields`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from fener.web.forms import Form
from fener.web.kind_fields import Field, Shape
from fener.web.languages import Words, marked

_MOST = 10**9
_NEEDED = marked("This is needed.")
_BETWEEN = marked("A whole number from %(least)s to %(most)s is wanted.")
_FROM = marked("A whole number from %(least)s is wanted.")
_CHOICE = marked("One of these is wanted.")
_CHOICES = marked("At least one of these is wanted.")
_LINES = marked("One record a line is wanted, with its type before it, such as A 192.0.2.1.")
TOLD = {"slow_after": marked("A whole number of milliseconds from 1 to 60000 is wanted.")}
"""What the fields want that forms of several kinds have, for refusals of actions."""


def empty(fields: Sequence[Field]) -> dict[str, Any]:
    """The fields of a form that nobody has typed into yet."""
    return {one.name: _shown(one, one.default) for one in fields}


def of(fields: Sequence[Field], settings: object) -> dict[str, Any]:
    """The fields of settings that are there."""
    return {one.name: _shown(one, getattr(settings, one.name)) for one in fields}


def read(form: Form, words: Words, fields: Sequence[Field]) -> dict[str, Any]:
    """The settings by their names; what is wrong with them the form then says."""
    return {one.name: _READERS[one.shape](form, words, one) for one in fields}


def _shown(field: Field, value: Any) -> Any:
    if field.shape is not Shape.LINES:
        return value
    return "\n".join(f"{kind} {one}" for kind, values in (value or {}).items() for one in values)


def _text(form: Form, words: Words, field: Field) -> str | None:
    """As typed: a space may belong to what is sent; hosts are trimmed where they are checked."""
    if form.text(field.name):
        return form.raw(field.name)
    default: str | None = _nothing(form, words, field)
    return default


def _nothing(form: Form, words: Words, field: Field) -> Any:
    if field.is_required:
        form.refuse(field.name, words(_NEEDED))
    return field.default


def _number(form: Form, words: Words, field: Field) -> int | None:
    if not form.text(field.name):
        default: int | None = _nothing(form, words, field)
        return default
    read = form.number(field.name, field.least, _MOST if field.most is None else field.most)
    if read is None:
        told = _FROM if field.most is None else _BETWEEN
        form.refuse(field.name, words(told, least=field.least, most=field.most))
    return read


def _choice(form: Form, words: Words, field: Field) -> Any:
    chosen = form.raw(field.name) or str(field.default)
    if chosen not in field.choices:
        form.refuse(field.name, words(_CHOICE))
        return field.default
    return type(field.default)(chosen)


def _choices(form: Form, words: Words, field: Field) -> Any:
    chosen = form.all(field.name)
    if not chosen or not set(chosen) <= set(field.choices):
        form.refuse(field.name, words(_CHOICES))
        return field.default
    return tuple(map(type(field.default[0]), chosen))


def _tick(form: Form, _: Words, field: Field) -> bool:
    return form.ticked(field.name)


def _lines(form: Form, words: Words, field: Field) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in form.raw(field.name).split("\n"):
        kind, _, value = line.strip().partition(" ")
        if kind.upper() in field.choices and value.strip():
            found[kind.upper()] = (*found.get(kind.upper(), ()), value.strip())
        elif kind:
            form.refuse(field.name, words(_LINES))
    return found


_READERS: dict[Shape, Callable[[Form, Words, Field], Any]] = {
    Shape.TEXT: _text,
    Shape.NUMBER: _number,
    Shape.CHOICE: _choice,
    Shape.CHOICES: _choices,
    Shape.TICK: _tick,
    Shape.LINES: _lines,
}
