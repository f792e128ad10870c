"""The address under which people and jobs reach Fener, kept for processes that do not serve."""

from fener.actions.context import Context
from fener.storage.queries import statements

SQL = statements("people")
_SITE = "site"


async def keep_site(context: Context, site: str) -> None:
    """By who serves, when it knows where. Nothing is written where that is known already."""
    if await last_site(context) == site:
        return
    async with context.database.write() as session:
        await session.run(SQL["keep_fact"], {"name": _SITE, "value": site})


async def last_site(context: Context) -> str | None:
    """Where it was served last; None where it never was."""
    async with context.database.read() as session:
        site: str | None = await session.value(SQL["fact"], {"name": _SITE})
    return site
