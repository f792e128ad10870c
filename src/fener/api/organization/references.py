"""Things that may be named by their number or by their UUID, in paths and in bodies."""

import re
from uuid import UUID

from fener.api.asking import whole_number
from fener.api.organization.asking import OrganizationAsking
from fener.domain.errors import Invalid

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


def path_reference(request: OrganizationAsking, name: str, wanted: str) -> int | UUID:
    return reference(request.path_params[name], wanted)


def path_number(request: OrganizationAsking, name: str, wanted: str) -> int:
    """An id that is a number only. Raises Invalid with the sentence of what was wanted."""
    number = whole_number(str(request.path_params[name]))
    if number is None or number < 1:
        raise Invalid(wanted)
    return number
