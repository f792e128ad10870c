"""What a browser would send of a form that nobody touched."""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """`Fields(page).values`: the values of each field by its name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._choice = ""
        self._is_chosen = False
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        match tag:
            case "input":
                is_box = given.get("type") in {"checkbox", "radio"}
                if name and (not is_box or "checked" in given):
                    value = given.get("value")
                    self._add(name, "on" if is_box and value is None else value or "")
            case "select":
                self._choice, self._is_chosen = name, False
            case "option" if self._choice:
                self._take_option(given)
            case "textarea":
                self._area = name
                self._add(name, "")

    def _take_option(self, given: dict[str, str | None]) -> None:
        if "selected" in given and not self._is_chosen:
            self.values[self._choice] = [given.get("value") or ""]
            self._is_chosen = True
        elif self._choice not in self.values:
            self._add(self._choice, given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area][0] = self.values[self._area][0].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._choice = ""

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)
