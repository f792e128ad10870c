"""The pages: each view reads a request, calls one action and shows what came of it."""

from fener.web.views import (
    api_documentation,
    channels,
    checks,
    files,
    heartbeats,
    incidents,
    installing,
    live,
    monitor_editing,
    monitors,
    overview,
    policies,
    setting_up,
    signing_in,
    tokens,
    you,
)

_ROOMS = (
    overview,
    monitors,
    checks,
    monitor_editing,
    incidents,
    heartbeats,
    channels,
    policies,
    tokens,
    you,
    signing_in,
    setting_up,
    api_documentation,
    installing,
    live,
    files,
)
VIEWS = [handler for room in _ROOMS for handler in room.HANDLERS]
