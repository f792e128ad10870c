"""Where something belongs, which decides who may see it, and hear that it is not as it was."""

from uuid import UUID

from msgspec import Struct

from fener.domain.people import Identity, Permission


class Place(Struct, frozen=True):
    """An organization; a customer or a monitor of it, unless it concerns all of them."""

    organization_id: int
    customer_id: int | None = None
    monitor: UUID | None = None
    """Its public id."""

    def is_seen_by(self, who: Identity) -> bool:
        return self.organization_id == who.organization_id and who.may(
            Permission.READ, self.customer_id
        )
