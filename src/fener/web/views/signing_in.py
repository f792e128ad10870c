"""Signing in and out, and the language of somebody who has not."""

from typing import Any

from litestar import Response, get, post

from fener.actions import setup, signing_in
from fener.actions.profile import ProfileChange, change_profile
from fener.actions.signing_in import Attempt, SignedIn
from fener.domain.errors import NotSignedIn, TooMany
from fener.web import languages
from fener.web.forms import Form
from fener.web.languages import marked
from fener.web.visit import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    YEAR_SECONDS,
    Entered,
    Visit,
    Visited,
)

_WRONG = marked("The e-mail address or the password is wrong.")
_TOO_OFTEN = marked("Too many attempts. Wait %(minutes)s minutes, then try again.")


@get("/sign-in")
async def sign_in_page(visit: Visited) -> Response[Any]:
    if visit.person:
        return visit.redirect("/")
    if not await setup.is_set_up(visit.context):
        return visit.redirect("/setup")
    return visit.page("sign_in.html", form=Form.filled(next=own_path(visit.query("next"))))


@post("/sign-in")
async def sign_in(visit: Visited) -> Response[Any]:
    form, status = Form.parsed(await visit.request.body()), 422
    try:
        signed_in = await open_session(visit, form.text("email"), form.raw("password"))
    except NotSignedIn:
        form.refuse("", visit.words(_WRONG))
    except TooMany as error:
        minutes = visit.reader.number(-(-error.retry_after // 60))
        form.refuse("", visit.words(_TOO_OFTEN, minutes=minutes))
        status = 429
    else:
        response = visit.redirect(own_path(form.raw("next")))
        keep_session(visit, response, signed_in)
        return response
    return visit.page("sign_in.html", status=status, form=form)


@post("/sign-out")
async def sign_out(inside: Entered) -> Response[Any]:
    await inside.form()
    await signing_in.sign_out(inside.context, inside.caller)
    response = inside.redirect("/sign-in", "signed-out")
    response.delete_cookie(SESSION_COOKIE)
    return response


@post("/language")
async def choose_language(visit: Visited) -> Response[Any]:
    form = Form.parsed(await visit.request.body())
    language = languages.chosen([form.text("language")])
    if visit.person:
        change = ProfileChange(language=language)
        await change_profile(visit.context, visit.person.caller, change)
    response = visit.redirect(own_path(form.raw("next")))
    visit.set_cookie(response, LANGUAGE_COOKIE, language, YEAR_SECONDS)
    return response


async def open_session(visit: Visit, email: str, password: str) -> SignedIn:
    """Raises NotSignedIn, TooMany."""
    client = visit.request.client
    attempt = Attempt(
        email=email,
        password=password,
        address=client.host if client else "",
        user_agent=visit.request.headers.get("user-agent", ""),
    )
    return await signing_in.sign_in(visit.context, visit.services.throttle, attempt)


def keep_session(visit: Visit, response: Response[Any], signed_in: SignedIn) -> None:
    seconds = (signed_in.expires_at - visit.reader.now) // 1_000
    visit.set_cookie(response, SESSION_COOKIE, signed_in.cookie, seconds)
    visit.set_cookie(response, LANGUAGE_COOKIE, signed_in.language, YEAR_SECONDS)


def own_path(text: str) -> str:
    """A path on this host, so that no link signs people in to somebody else's page."""
    is_own = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if is_own and text.isprintable() else "/"


HANDLERS = (sign_in_page, sign_in, sign_out, choose_language)
