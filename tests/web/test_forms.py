"""A posted form is read strictly and given back as it was typed."""

import pytest

from fener.domain.errors import Invalid
from fener.web.forms import HOLDS_NUL, NOT_UTF8, TOO_MANY, Form, Wanted, chosen_channels
from fener.web.languages import words


def test_what_was_typed_is_kept_to_the_last_space() -> None:
    form = Form.parsed(b"name=+Shop+&password=+secret+&note=a%0D%0Ab")
    assert form.text("name") == "Shop"
    assert form.raw("password") == " secret "
    assert form.raw("note") == "a\nb"
    assert form.raw("absent") == ""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"name=%ff%fe", NOT_UTF8),
        (b"name=\xff", NOT_UTF8),
        (b"name=a%00b", HOLDS_NUL),
        (b"&".join(b"a=1" for _ in range(501)), TOO_MANY),
    ],
)
def test_what_no_browser_sends_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        Form.parsed(body)


@pytest.mark.parametrize("text", ["", "0", "61", "1.5", "-1", "٣", "1" * 400])
def test_a_number_out_of_bounds_is_none(text: str) -> None:
    form = Form()
    form.set("n", text)
    assert form.number("n", 1, 60) is None


def test_all_channels_are_told_where_none_was_chosen() -> None:
    assert chosen_channels(Form.parsed(b"tell=all&channels=1")) is None
    assert chosen_channels(Form.parsed(b"tell=chosen&channels=1&channels=x&channels=3")) == (1, 3)
    assert chosen_channels(Form.parsed(b"tell=chosen")) == ()


def test_a_refusal_stands_beside_the_field_in_the_words_of_the_reader() -> None:
    wanted = Wanted({"url": "This is needed."}, {"target": "url"})
    error = Invalid("The address holds a space; write %20 for it.", "target")
    english, german = Form(), Form()
    english.take(error, words("en"), wanted)
    german.take(error, words("de"), wanted)
    assert english.errors == {"url": "The address holds a space; write %20 for it."}
    assert german.errors == {"url": "Diese Angabe wird gebraucht."}


def test_the_first_thing_said_of_a_field_stands() -> None:
    form = Form()
    form.refuse("name", "first")
    form.refuse("name", "second")
    assert form.errors == {"name": "first"}
    assert not form.is_good
