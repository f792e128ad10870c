"""A request in the organization API: its organization, JSON bodies and public ids."""

import re
from typing import TypeVar
from uuid import UUID

from fener.api.asking import Asking, whole_number
from fener.api.bodies import read_json
from fener.api.described import Parameter
from fener.domain.errors import Invalid, NoOrganization
from fener.domain.people import Identity

T = TypeVar("T")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ORGANIZATION_ID = Parameter(
    name="organizationId",
    type="integer",
    description="The organization asked about; by default the token's own or the active one.",
)


class OrganizationAsking(Asking):
    async def identity(self, organization_id: int | None = None) -> Identity:
        """The caller in the organization that the query names.

        Raises NoOrganization for 0 and what is no number, OutOfReach for a foreign one.
        """
        return await super().identity(organization_id or self._organization_id())

    def _organization_id(self) -> int | None:
        text = self.parameter(ORGANIZATION_ID.name)
        if text is None:
            return None
        number = whole_number(text)
        if number is None:
            raise NoOrganization("Organization ID is required")
        return number

    def public_id(self, name: str, wanted: str) -> UUID:
        """A UUID of the path. Raises Invalid with the sentence of what was wanted."""
        text = str(self.path_params[name])
        if not _UUID.fullmatch(text):
            raise Invalid(wanted, name)
        return UUID(text)

    def read(self, wanted: type[T]) -> T:
        """The JSON body. Raises Invalid naming the field that does not fit."""
        return read_json(self.asked.body, wanted)
