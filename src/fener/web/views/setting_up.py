"""The first start: an account by the one-time link, then what to watch."""

from typing import Any

from litestar import Response, get, post

from fener.actions import passwords, setup
from fener.actions.identify import by_session
from fener.actions.profile import ProfileChange, change_profile
from fener.domain.errors import Conflict, Invalid
from fener.web import languages
from fener.web.formats import is_zone
from fener.web.forms import Form
from fener.web.languages import marked
from fener.web.views.signing_in import keep_session, open_session
from fener.web.visit import Visit, Visited

_ADDRESS = marked("Type an e-mail address such as ada@example.com.")
_TOO_SHORT = marked("At least %(count)s characters; you typed %(typed)s.")


@get("/setup")
async def setup_page(visit: Visited) -> Response[Any]:
    if await setup.is_set_up(visit.context):
        return visit.redirect("/sign-in")
    secret = visit.query("secret")
    if not await setup.is_setup_secret(visit.context, secret):
        return visit.page("setup_closed.html", status=403 if secret else 200)
    form = Form.filled(secret=secret, language=visit.language, timezone="")
    return visit.page("setup.html", form=form, least=passwords.SHORTEST)


@post("/setup")
async def set_up(visit: Visited) -> Response[Any]:
    form = Form.parsed(await visit.request.body())
    _check(visit, form)
    if form.is_good:
        try:
            return await _set_up(visit, form)
        except (Invalid, Conflict) as error:
            form.take(error, visit.words)
    return visit.page("setup.html", status=422, form=form, least=passwords.SHORTEST)


def _check(visit: Visit, form: Form) -> None:
    name, at, host = form.text("email").partition("@")
    if not (name and at and host):
        form.refuse("email", visit.words(_ADDRESS))
    typed = len(form.raw("password"))
    if typed < passwords.SHORTEST:
        told = visit.words(_TOO_SHORT, count=passwords.SHORTEST, typed=typed)
        form.refuse("password", told)


async def _set_up(visit: Visit, form: Form) -> Response[Any]:
    email, password = form.text("email"), form.raw("password")
    language = languages.chosen([form.text("language")])
    await setup.set_up(visit.context, form.raw("secret"), email, password, language)
    signed_in = await open_session(visit, email, password)
    caller = await by_session(visit.context, signed_in.cookie)
    if caller and is_zone(form.text("timezone")):
        zone = ProfileChange(timezone=form.text("timezone"))
        await change_profile(visit.context, caller, zone)
    response = visit.redirect("/start", "welcome")
    keep_session(visit, response, signed_in)
    return response


HANDLERS = (setup_page, set_up)
