"""The pages: each view reads a request, calls one action and shows what came of it."""

from fener.web.views import files, overview, setting_up, signing_in

VIEWS = [*overview.HANDLERS, *signing_in.HANDLERS, *setting_up.HANDLERS, *files.HANDLERS]
