"""Templates: one Jinja environment for each language, compiled when first used."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from fener.domain.time import iso_text
from fener.web import drawings, vocabulary
from fener.web.assets import assets
from fener.web.languages import words


@cache
def environment(language: str) -> Environment:
    """The templates as they read in one language. A name that nobody gave is an error."""
    made = Environment(
        loader=PackageLoader("fener.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.policies["ext.i18n.trimmed"] = True
    said = words(language)
    made.install_gettext_callables(said.gettext, said.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(asset=assets().address, drawings=drawings, vocabulary=vocabulary)
    made.filters["iso"] = iso_text
    return made


def render(language: str, template: str, **values: Any) -> str:
    return environment(language).get_template(template).render(**values)
