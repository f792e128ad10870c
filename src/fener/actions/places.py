"""Where a monitor belongs: its customer, its owner, its locations, its channels and its policy.

Each is looked up in the transaction that uses it.
"""

from fener.actions.rights import require
from fener.domain.errors import Invalid, NotFound
from fener.domain.monitor import Monitor
from fener.domain.notification import Channel
from fener.domain.people import Identity, Permission
from fener.pipeline.record.route import route
from fener.storage import channels, monitors, policies
from fener.storage.database import Session
from fener.storage.sealing import Sealer


async def customer_for(
    session: Session,
    who: Identity,
    wanted: int | None,
    permission: Permission = Permission.WATCH,
) -> int:
    """The customer that was named, else the first one that the caller reaches."""
    if wanted is None:
        require(who, permission)
        wanted = await _first_customer(session, who)
    organization_id = await monitors.place_of_customer(session, wanted)
    if organization_id is None:
        raise NotFound("Customer not found")
    require(who, permission, organization_id, wanted)
    return wanted


async def owner_for(session: Session, who: Identity) -> int:
    """Whoever asks; what a token or the command line adds belongs to the organization's owner."""
    if who.user_id is not None:
        return who.user_id
    owner = await monitors.owner_of_organization(session, who.organization_id)
    if owner is None:
        raise Invalid("The organization has no member who could own it: add one first.")
    return owner


async def locations_for(session: Session, wanted: tuple[int, ...] | None) -> tuple[int, ...]:
    """The locations that were named, else the first one."""
    known = [one.id for one in await monitors.locations(session)]
    places = tuple(known[:1]) if wanted is None else wanted
    unknown = sorted(set(places) - set(known))
    if unknown or not places:
        which = f"There is no location {unknown[0]}" if unknown else "A location is needed"
        raise Invalid(f"{which}: choose from {', '.join(map(str, known))}.", "location_ids")
    return places


async def policy_for(session: Session, who: Identity, wanted: int | None) -> int | None:
    """The policy that was named, which is the organization's own. Raises Invalid."""
    if wanted is None:
        return None
    policy = await policies.find(session, wanted)
    if policy is None or policy.organization_id != who.organization_id:
        raise Invalid(f"There is no policy {wanted} in this organization.", "policy_id")
    return policy.id


async def check_channels(session: Session, sealer: Sealer, who: Identity, monitor: Monitor) -> None:
    """Raises Invalid where a chosen channel could never be told of the monitor.

    One that is out of the caller's reach is none to them: not even its name is told.
    """
    chosen = monitor.channel_ids or ()
    known = await channels.by_ids(session, sealer, chosen)
    for identifier in chosen:
        channel = known.get(identifier)
        if channel is None or not _is_seen(who, channel):
            raise Invalid(f"There is no channel {identifier}.", "channel_ids")
        if not route(monitor, [channel]):
            raise Invalid(
                f"The channel {identifier}, {channel.name}, is another customer's or monitor's.",
                "channel_ids",
            )


def _is_seen(who: Identity, channel: Channel) -> bool:
    is_own = channel.organization_id == who.organization_id
    return is_own and (channel.customer_id is None or who.reaches(channel.customer_id))


async def _first_customer(session: Session, who: Identity) -> int:
    for identifier in await monitors.customers_in_order(session, who.organization_id):
        if who.reaches(identifier):
            return identifier
    raise Invalid("You reach no customer to whom it could belong.", "customer_id")
