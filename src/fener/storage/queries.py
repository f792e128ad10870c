"""Fixed statements stand in `sql/*.sql` by name; this reads them.

A statement begins with `-- name: some_name`; comment lines after it say what it is for.
"""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def statements(room: str) -> dict[str, str]:
    """The statements of `sql/{room}.sql` by name. A name that is not there raises KeyError."""
    text = files("fener.storage").joinpath("sql", f"{room}.sql").read_text("utf-8")
    _, *parts = _NAME.split(text)
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
