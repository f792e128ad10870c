"""The readable pages of both contracts, open to everybody, in four languages."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from fener.web import languages
from fener.web.api_pages import Section, sections
from fener.web.languages import marked
from fener.web.visit import PathText, Visit, Visited

PATH = "/api-documentation"
CONTRACTS = {
    "account": (
        marked("Account API"),
        marked(
            "Envelopes of data, meta and links, integer ids, forms. "
            "Made for the key of your account; an organization token works too."
        ),
    ),
    "organization": (
        marked("Organization API"),
        marked(
            "Plain JSON, UUIDs, ISO 8601 times. "
            "Made for tokens of your organization; the key of an account works too."
        ),
    ),
}


@get(PATH)
async def index(visit: Visited) -> Response[Any]:
    return _index(visit)


@get("/{language:str}/api-documentation")
async def index_in(visit: Visited, language: PathText) -> Response[Any]:
    return _index(_speaking(visit, language), f"/{language}")


@get(f"{PATH}/{{section:str}}")
async def page(visit: Visited, section: PathText) -> Response[Any]:
    return _page(visit, section)


@get("/{language:str}/api-documentation/{section:str}")
async def page_in(visit: Visited, language: PathText, section: PathText) -> Response[Any]:
    return _page(_speaking(visit, language), section, f"/{language}")


def _speaking(visit: Visit, language: str) -> Visit:
    is_pseudo = language == languages.PSEUDO and visit.options.pseudo_language
    if language not in languages.NAMES and not is_pseudo:
        raise NotFoundException
    visit.speak(language)
    return visit


def _index(visit: Visit, prefix: str = "") -> Response[Any]:
    return visit.page(
        "api_index.html",
        contracts=CONTRACTS,
        documents=visit.options.documents,
        prefix=prefix,
        below="",
    )


def _page(visit: Visit, section: str, prefix: str = "") -> Response[Any]:
    """A whole contract, or one section of the account API as its published pages have them."""
    contract = section if section in CONTRACTS else "account"
    document = visit.options.documents.get(contract)
    if document is None:
        raise NotFoundException
    shown = _wanted(sections(document, visit.site), section)
    return visit.page(
        "api_page.html",
        contract=contract,
        title=CONTRACTS[contract][0],
        told=CONTRACTS[contract][1],
        document=document,
        sections=shown,
        prefix=prefix,
        below=f"/{section}",
    )


def _wanted(known: tuple[Section, ...], name: str) -> tuple[Section, ...]:
    if name in CONTRACTS:
        return known
    wanted = tuple(one for one in known if one.anchor == name)
    if not wanted:
        raise NotFoundException
    return wanted


HANDLERS = (index, index_in, page, page_in)
