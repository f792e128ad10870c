"""Things that may be named by their number or by their UUID, in paths and in bodies."""

import re
from uuid import UUID

from fener.api.asking import HIGHEST, whole_number
from fener.api.described import Parameter
from fener.api.organization.asking import OrganizationAsking
from fener.domain.errors import Invalid

NUMBER = Parameter(name="id", type="integer", description="Only the one of this number.")
"""Of lists: for who knows of a thing no more than its number."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def reference(given: int | str, wanted: str) -> int | UUID:
    """Raises Invalid with the sentence of what was wanted."""
    text = str(given)
    if _UUID.fullmatch(text):
        return UUID(text)
    number = whole_number(text)
    if number is None or number < 1:
        raise Invalid(wanted)
    return number


def numbered(request: OrganizationAsking) -> int | None:
    """What is asked for by `NUMBER`; None where nothing is."""
    return request.whole_number(NUMBER.name, 0, range(1, HIGHEST + 1), "1 or more") or None


def path_reference(request: OrganizationAsking, name: str, wanted: str) -> int | UUID:
    return reference(request.path_params[name], wanted)


def path_number(request: OrganizationAsking, name: str, wanted: str) -> int:
    """An id that is a number only. Raises Invalid with the sentence of what was wanted."""
    number = whole_number(str(request.path_params[name]))
    if number is None or number < 1:
        raise Invalid(wanted)
    return number
