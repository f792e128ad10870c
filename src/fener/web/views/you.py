"""Oneself: language, time zone, password, and where one is signed in."""

from typing import Any
from zoneinfo import available_timezones

from litestar import Response, get, post

from fener.actions import passwords, profile, signing_in
from fener.actions.profile import ProfileChange
from fener.domain.errors import Invalid
from fener.web import languages
from fener.web.forms import Form, Wanted
from fener.web.inside import show
from fener.web.languages import marked
from fener.web.views.monitors import number_of
from fener.web.visit import LANGUAGE_COOKIE, YEAR_SECONDS, Entered, Inside, PathText

HERE = "/you"
_SHORTEST = marked("At least %(count)s characters are wanted.")
_WRONG = marked("The current password is wrong.")
_DIFFERENT = marked("The two are not the same.")
_WANTED = Wanted(
    {
        "first_name": marked("At most 100 characters in one line are wanted."),
        "last_name": marked("At most 100 characters in one line are wanted."),
        "timezone": marked("A time zone such as Europe/Istanbul is wanted."),
        "current": _WRONG,
    },
    {"currentPassword": "current", "password": "wanted"},
)


@get("/you")
async def you_page(inside: Entered) -> Response[Any]:
    return await _page(inside, Form.filled(**_known(inside)))


def _known(inside: Inside) -> dict[str, str]:
    user = inside.user
    names = ("first_name", "last_name", "language", "timezone")
    return {name: str(getattr(user, name)) for name in names}


@post("/you")
async def change(inside: Entered) -> Response[Any]:
    form = await inside.form()
    names = ("first_name", "last_name", "language", "timezone")
    wanted = ProfileChange(**{name: form.text(name) for name in names})
    try:
        user = await profile.change_profile(inside.context, inside.caller, wanted)
    except Invalid as error:
        form.take(error, inside.words, _WANTED)
        return await _page(inside, form, status=422)
    response = inside.redirect("/you", "profile-saved")
    inside.set_cookie(response, LANGUAGE_COOKIE, user.language, YEAR_SECONDS)
    return response


@post("/you/password")
async def change_password(inside: Entered) -> Response[Any]:
    form = await inside.form()
    current, wanted = form.raw("current"), form.raw("wanted")
    if len(wanted) < passwords.SHORTEST:
        form.refuse("wanted", inside.words(_SHORTEST, count=passwords.SHORTEST))
    if wanted != form.raw("again"):
        form.refuse("again", inside.words(_DIFFERENT))
    if form.is_good:
        try:
            await profile.change_password(inside.context, inside.caller, current, wanted)
        except Invalid as error:
            form.take(error, inside.words, _WANTED)
        else:
            return inside.redirect("/you", "password-changed")
    for name, value in _known(inside).items():
        form.set(name, value)
    return await _page(inside, form, status=422)


@post("/you/sessions/{number:str}/end")
async def end_session(inside: Entered, number: PathText) -> Response[Any]:
    await inside.form()
    await signing_in.end_session(inside.context, inside.caller, number_of(number))
    return inside.redirect("/you", "session-ended")


async def _page(inside: Inside, form: Form, status: int = 200) -> Response[Any]:
    return await show(
        inside,
        "you.html",
        HERE,
        status=status,
        form=form,
        sessions=await signing_in.list_sessions(inside.context, inside.caller),
        memberships=await profile.list_memberships(inside.context, inside.caller),
        zones=sorted(available_timezones()),
        least=passwords.SHORTEST,
        names=languages.NAMES,
    )


HANDLERS = (you_page, change, change_password, end_session)
