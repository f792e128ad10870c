"""Whether somebody may do something to a thing: one question, asked by every action."""

from fener.domain.errors import NotPermitted, OutOfReach
from fener.domain.people import Identity, Permission


def require(
    who: Identity,
    permission: Permission,
    organization_id: int | None = None,
    customer_id: int | None = None,
) -> None:
    """Raises OutOfReach where the thing is not the caller's to see, NotPermitted for the role."""
    if organization_id is not None and organization_id != who.organization_id:
        raise OutOfReach("It belongs to another organization.")
    if customer_id is not None and not who.reaches(customer_id):
        raise OutOfReach("It belongs to a customer outside your reach.")
    if not who.may(permission, customer_id):
        raise NotPermitted(f"The role {who.role} may not do this.")
