"""The request as handlers see it: who asks, in which organization, and what the query says."""

from typing import Any, cast

from litestar import Request
from litestar.datastructures import State

from fener.actions.context import Context
from fener.api.door import ASKED, Asked
from fener.domain.errors import Invalid
from fener.domain.people import Identity

HIGHEST = 2**63 - 1


class Asking(Request[None, None, State]):
    """A request that came through the door.

    A handler first reads what was sent (400), then asks for the identity (400, 403), then acts.
    """

    @property
    def asked(self) -> Asked:
        return cast("Asked", self.scope["state"][ASKED])

    @property
    def world(self) -> Context:
        """What actions want besides the identity."""
        return self.asked.context

    @property
    def site(self) -> str:
        """Scheme and host under which Fener is reached, without a slash at its end."""
        return self.asked.site

    async def identity(self, organization_id: int | None = None) -> Identity:
        """The caller in one organization, by default their own or active one.

        Raises NoOrganization, OutOfReach.
        """
        asked = self.asked
        return await asked.options.recognizer.identity_for(
            asked.context, asked.caller, organization_id
        )

    def parameter(self, name: str) -> str | None:
        """A query parameter; None where it is left out or empty."""
        return cast("dict[str, Any]", self.query_params).get(name) or None

    def whole_number(self, name: str, default: int, accepted: range, wanted: str) -> int:
        """A query parameter; `wanted` says which numbers it may be.

        Raises Invalid naming both for one that is none of them.
        """
        text = self.parameter(name)
        if text is None:
            return default
        number = whole_number(text)
        if number is None or number not in accepted:
            raise Invalid(f"{name} must be {wanted}", name)
        return number


def whole_number(text: str) -> int | None:
    """The number that a text of ASCII digits spells; None for any other text.

    What a database cannot hold comes as the highest number that it can.
    """
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    is_long = len(digits.lstrip("0")) > len(str(HIGHEST))
    size = HIGHEST if is_long else min(int(digits), HIGHEST)
    return -size if text.startswith("-") else size
