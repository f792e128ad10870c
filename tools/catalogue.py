"""Brings the catalogues of the web app up to date with its sources: new messages come in empty,
gone ones go. The tests refuse a catalogue with a gap, so fill in what this prints.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from fener.web import kind_fields

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src/fener/web"
LOCALES = WEB / "locales"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {
    "templates/**.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
WIDTH = 100
HEADER = """# What the pages say. Brought up to date by tools/catalogue.py.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def messages() -> Catalog:
    """Every message of the sources and of the kinds' fields, with the files it stands in."""
    catalogue = Catalog(project="Fener", charset="utf-8")
    for name, _, message, comments, _ in _extracted():
        catalogue.add(message, None, [(name, 0)], auto_comments=comments)
    for name, message in kind_fields.messages():
        catalogue.add(message, None, [(name, 0)])
    return catalogue


def _extracted() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def _write(path: Path, catalogue: Catalog) -> None:
    """With a header that says what is needed and changes only when the languages do."""
    header = HEADER.format(language=path.stem, plurals=catalogue.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(
            file,
            catalogue,
            width=WIDTH,
            omit_header=True,
            sort_output=True,
            include_lineno=False,
        )


def main() -> None:
    template = messages()
    for path in sorted(LOCALES.glob("*.po")):
        catalogue = read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(path, catalogue)
        empty = [one.id for one in catalogue if one.id and not any(_texts(one.string))]
        print(f"{path.name}: {len(catalogue)} messages, {len(empty)} without words")  # noqa: T201


def _texts(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


if __name__ == "__main__":
    main()
