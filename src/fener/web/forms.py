"""A posted form: read strictly, kept as it was typed, with errors beside its fields."""

from urllib.parse import parse_qsl

from msgspec import UNSET, Struct, UnsetType

from fener.domain.errors import FenerError, Invalid
from fener.web.languages import DEFAULT, Words, marked

_MOST_FIELDS = 500
_MOST_DIGITS = 18
"""Fewer than the largest id of the store has."""
_TRUE = "on"
NOT_UTF8 = marked("The form holds text that is not UTF-8.")
HOLDS_NUL = marked("The form holds a NUL character.")
UNFIT = marked("This will not do. Please look at it again.")
TOO_MANY = marked("The form has too many fields.")


class Wanted(Struct, frozen=True):
    """What the fields of a form want: `names` leads from an action's fields to the form's own."""

    told: dict[str, str] = {}
    names: dict[str, str] = {}


class Form:
    """Fields by name. What was typed is shown again whatever was wrong with it."""

    def __init__(self, values: dict[str, list[str]] | None = None) -> None:
        self._values = values or {}
        self.errors: dict[str, str] = {}
        self.is_sent = values is not None

    @classmethod
    def filled(cls, **values: object) -> "Form":
        """A form that nobody has typed into yet; None stays empty, True is a ticked box."""
        form = cls()
        for name, value in values.items():
            form.put(name, value)
        return form

    @classmethod
    def parsed(cls, body: bytes) -> "Form":
        """Raises Invalid for what no browser sends."""
        try:
            pairs = parse_qsl(
                body.decode("utf-8"),
                keep_blank_values=True,
                encoding="utf-8",
                errors="strict",
                max_num_fields=_MOST_FIELDS,
            )
        except UnicodeDecodeError:
            raise Invalid(NOT_UTF8) from None
        except ValueError:
            raise Invalid(TOO_MANY) from None
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            if "\0" in name or "\0" in value:
                raise Invalid(HOLDS_NUL)
            values.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return cls(values)

    def raw(self, name: str) -> str:
        """As typed, for passwords and for showing it again."""
        values = self._values.get(name)
        return values[0] if values else ""

    def text(self, name: str) -> str:
        return self.raw(name).strip()

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def ticked(self, name: str) -> bool:
        return self.raw(name) == _TRUE

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number within the bounds; None where it is none."""
        text = self.text(name)
        if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
            return None
        return int(text) if least <= int(text) <= most else None

    @property
    def names(self) -> list[str]:
        """Of the fields that hold something."""
        return list(self._values)

    def set(self, name: str, value: str) -> None:
        self._values[name] = [value]

    def put(self, name: str, value: object) -> None:
        """As `filled` does with one field."""
        self._values[name] = _written(value)

    def refuse(self, field: str, message: str) -> None:
        """Say what is wrong with a field; the first thing said stands."""
        self.errors.setdefault(field, message)

    def take(self, error: FenerError, words: Words, wanted: "Wanted | None" = None) -> None:
        """Put what an action refused beside its field, or above the form.

        Actions speak English. In other languages the sentence that says what a field wants
        stands for theirs.
        """
        known = wanted or Wanted()
        given = getattr(error, "field", None) or ""
        field = known.names.get(given, given)
        own = words(error.message)
        is_foreign = own == error.message and words.language != DEFAULT
        self.refuse(field, words(known.told.get(field, UNFIT)) if is_foreign else own)

    @property
    def is_good(self) -> bool:
        return not self.errors


def chosen_channels(form: Form) -> tuple[int, ...] | None:
    """The channels that were ticked; None where all shall be told."""
    if form.text("tell") != "chosen":
        return None
    numbers = map(id_of, form.all("channels"))
    return tuple(number for number in numbers if number is not None)


def chosen_policy(form: Form) -> int | UnsetType | None:
    """The policy that was chosen, None for the customer's; UNSET where none was offered."""
    if "policy" not in form.names:
        return UNSET
    typed = form.text("policy")
    return (id_of(typed) or 0) if typed else None


def id_of(text: str) -> int | None:
    """The number that a text of digits spells, where a row could have it as its id."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def _written(value: object) -> list[str]:
    match value:
        case None | False:
            return []
        case True:
            return [_TRUE]
        case list() | tuple():
            return [str(part) for part in value]
        case _:
            return [str(value)]
