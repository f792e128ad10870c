"""One request of one person: who they are, how they read, and how they are answered."""

import gzip
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from fener.actions import profile
from fener.actions.identify import Caller, by_session, identity_for
from fener.domain.errors import NotPermitted, NotSignedIn
from fener.domain.people import Identity, Permission, User
from fener.web import languages, said
from fener.web.formats import Reader, zone_named
from fener.web.forms import Form
from fener.web.options import Services
from fener.web.rendering import render

SESSION_COOKIE = "fener_session"
LANGUAGE_COOKIE = "fener_language"
YEAR_SECONDS = 365 * 24 * 3600
_LEAST_TO_COMPRESS = 2_048
_FAST = 5
WebRequest = Request[Any, Any, Any]


class Person(Struct, frozen=True):
    """Somebody who is signed in, in the organization they work in."""

    caller: Caller
    who: Identity
    user: User


class Visit:
    """A request as views see it. `person` is None for somebody who is not signed in."""

    def __init__(self, services: Services, request: WebRequest, person: Person | None) -> None:
        self.services = services
        self.context = services.context
        self.options = services.options
        self.request = request
        self.person = person
        self.speak(_language(services, request, person))

    def speak(self, language: str) -> None:
        """Answer in this language."""
        self.language = language
        self.words = languages.words(language)
        zone = zone_named(self.person.user.timezone) if self.person else ZoneInfo("UTC")
        self.reader = Reader(self.words, zone, self.context.clock.now())

    @property
    def here(self) -> str:
        """The path of this page, to come back to."""
        return self.request.url.path

    @property
    def is_secure(self) -> bool:
        return self.request.url.scheme == "https"

    @property
    def site(self) -> str:
        """Where Fener is reached, without a slash at its end."""
        return self.options.public_url or f"{self.request.url.scheme}://{self.request.url.netloc}"

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a piece of the page."""
        return self.request.headers.get("hx-request") == "true"

    def query(self, name: str) -> str:
        """A parameter of the address, trimmed; the empty text where it is not there."""
        value = self.request.query_params.get(name)
        return value.replace("\0", "").strip() if isinstance(value, str) else ""

    def page(self, template: str, /, *, status: int = 200, **values: Any) -> Response[bytes]:
        said_key = self.request.cookies.get(said.COOKIE)
        toast = said.MESSAGES.get(said_key or "") if not self.is_partial else None
        html = render(
            self.language,
            template,
            visit=self,
            read=self.reader,
            toast=toast and self.words(toast),
            languages=languages.NAMES,
            **values,
        ).encode()
        response = self._answer(html, status)
        if toast:
            response.delete_cookie(said.COOKIE)
        return response

    def redirect(self, path: str, saying: str | None = None) -> Redirect:
        """To a page of ours, which may say what was done."""
        response = Redirect(path, status_code=303)
        if saying:
            self.set_cookie(response, said.COOKIE, saying, 60)
        return response

    def set_cookie(self, response: Response[Any], key: str, value: str, seconds: int) -> None:
        response.set_cookie(
            Cookie(
                key=key,
                value=value,
                max_age=seconds,
                httponly=True,
                samesite="lax",
                secure=self.is_secure,
                path="/",
            )
        )

    async def form(self) -> Form:
        """The posted form. Raises Invalid, and NotPermitted without the token of the session."""
        form = Form.parsed(await self.request.body())
        if self.person and form.raw("csrf") != self.person.caller.csrf_token:
            raise NotPermitted(FORM_EXPIRED)
        return form

    def _answer(self, html: bytes, status: int) -> Response[bytes]:
        headers = {"cache-control": "no-store", "vary": "accept-encoding, hx-request"}
        accepts = self.request.headers.get("accept-encoding", "")
        if "gzip" in accepts and len(html) >= _LEAST_TO_COMPRESS:
            html = gzip.compress(html, _FAST, mtime=0)
            headers["content-encoding"] = "gzip"
        return Response(html, status_code=status, media_type="text/html", headers=headers)


FORM_EXPIRED = languages.marked("This form is from another session. Open the page again.")


class Inside(Visit):
    """A visit of somebody who is signed in."""

    def __init__(self, services: Services, request: WebRequest, person: Person) -> None:
        super().__init__(services, request, person)
        self.caller = person.caller
        self.who = person.who
        self.user = person.user

    def may(self, permission: str, customer_id: int | None = None) -> bool:
        return self.who.may(Permission(permission), customer_id)


Visited: TypeAlias = NamedDependency[Visit]
Entered: TypeAlias = NamedDependency[Inside]
"""How handlers ask for a visit; those that ask for this one are for people who are signed in."""
PathText: TypeAlias = FromPath[str]


async def visit_of(services: Services, request: WebRequest) -> Visit:
    person = await _person(services, request)
    return Inside(services, request, person) if person else Visit(services, request, None)


async def inside_of(services: Services, request: WebRequest) -> Inside:
    """Raises NotSignedIn."""
    person = await _person(services, request)
    if person is None:
        raise NotSignedIn("Sign in first.")
    return Inside(services, request, person)


async def _person(services: Services, request: WebRequest) -> Person | None:
    cookie = request.cookies.get(SESSION_COOKIE)
    caller = await by_session(services.context, cookie) if cookie else None
    if caller is None:
        return None
    who = await identity_for(services.context, caller)
    return Person(caller, who, await profile.get_profile(services.context, caller))


def _language(services: Services, request: WebRequest, person: Person | None) -> str:
    known = [*languages.NAMES, *([languages.PSEUDO] if services.options.pseudo_language else [])]
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    if cookie == languages.PSEUDO and cookie in known:
        return cookie
    own = person.user.language if person else None
    accepted = languages.accepted(request.headers.get("accept-language", ""))
    return languages.chosen([own, cookie, *accepted], known)
