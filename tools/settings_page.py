"""Writes `docs/settings.md` from the settings that Fener declares."""

from pathlib import Path

from fener.settings import ENTRIES, Setting

PAGE = Path(__file__).resolve().parent.parent / "docs/settings.md"
HEAD = """\
# Settings

Fener reads these environment variables when it starts. A value that cannot be read, and a `FENER_`
variable that is not in this table, stop the start with a line that says what would be right.

| variable | default | meaning |
|---|---|---|
"""
TAIL = """
The command line reads two more: with `FENER_URL` and `FENER_TOKEN` its commands act on the server
at that address instead of the database in `FENER_DATA`.
"""


def page() -> str:
    return HEAD + "".join(_row(entry) for entry in ENTRIES) + TAIL


def _row(entry: Setting) -> str:
    default = f"`{entry.default}`" if entry.default else "none"
    return f"| `{entry.name}` | {default} | {entry.help} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
