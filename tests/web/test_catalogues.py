"""Every language says everything: no message missing, none left over, no place lost."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from fener.web import vocabulary
from fener.web.languages import NAMES, PSEUDO, accepted, chosen, words

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import catalogue

LANGUAGES = [language for language in NAMES if language != "en"]
PLACES = re.compile(r"%\(\w+\)s")
SPOKEN = catalogue.messages()


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Catalog:
    return catalogue.read(catalogue.LOCALES / f"{request.param}.po")


def own(messages: Catalog) -> dict[object, Message]:
    return {message.id: message for message in messages if message.id}


def test_the_sources_say_something() -> None:
    assert len(own(SPOKEN)) > 400


def test_no_message_is_missing_or_left_over(spoken: Catalog) -> None:
    assert own(spoken).keys() == own(SPOKEN).keys()


def test_no_message_is_empty_or_doubtful(spoken: Catalog) -> None:
    found = [
        message.id for message in own(spoken).values() if message.fuzzy or not all(texts(message))
    ]
    assert found == []


def test_every_place_for_a_value_is_kept(spoken: Catalog) -> None:
    lost = [
        message.id
        for message in own(spoken).values()
        for text in texts(message)
        if set(PLACES.findall(text)) != set(PLACES.findall(_longest(message.id)))
    ]
    assert lost == []


def texts(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ())


def _longest(key: str | Sequence[str]) -> str:
    return key if isinstance(key, str) else key[-1]


def test_chinese_is_punctuated_as_chinese() -> None:
    chinese = own(catalogue.read(catalogue.LOCALES / "zh.po"))
    half_wide = re.compile(r"[\u4e00-\u9fff][,;?]|[,;?][\u4e00-\u9fff]")
    assert [one.id for one in chinese.values() if any(map(half_wide.search, texts(one)))] == []


@pytest.mark.parametrize("language", [*NAMES, PSEUDO])
def test_a_language_is_read_as_it_lies_in_the_package(language: str) -> None:
    said = words(language)
    assert (said("Overview") == "Overview") == (language == "en")
    assert "3" in said.many("%(num)s up", "%(num)s up", 3)


def test_the_accented_language_keeps_the_places() -> None:
    said = words(PSEUDO)("took %(span)s", span="3 s")
    assert said == "⟦ţööķ 3 s····⟧"


def test_every_word_of_a_vocabulary_has_its_words() -> None:
    tables = {
        name: table
        for name, table in vars(vocabulary).items()
        if isinstance(table, dict) and name.isupper()
    }
    missing = [
        (name, member)
        for name, table in tables.items()
        for kind in {type(key) for key in table if type(key) is not str}
        for member in kind
        if member not in table
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr;q=0.9, tr;q=0.4, en;q=0.2", "tr"),
        ("en;q=0, zh-CN", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=nonsense, zh", "zh"),
    ],
)
def test_the_dearest_language_that_fener_speaks_is_taken(header: str, language: str) -> None:
    assert chosen(accepted(header)) == language
