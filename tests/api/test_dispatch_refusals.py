"""What stands before both APIs: who asks, how much, how often, and in what text."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from fener.actions import identify
from fener.actions.context import Context
from fener.actions.identify import Caller
from fener.api.app import create_api
from fener.api.options import ApiOptions, Recognizer
from fener.domain.time import MINUTE
from fener.ports import StoreUnavailable
from support.api import Client, multipart
from support.house import COOKIE, CSRF, House
from support.schemas import good, refused

UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
FAR = "203.0.113.7"
ACCOUNT, ORGANIZATION = "/api/incidents/", "/api/incidents"
BOTH = [("account", ACCOUNT), ("organization", ORGANIZATION)]
both = pytest.mark.parametrize(("contract", "path"), BOTH, ids=["account", "organization"])


@both
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wsm_unknown"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer \xff"},
        {"authorization": "Basic b3duZXI6cGFzcw=="},
        {"cookie": "fener_session=unknown"},
        {"cookie": "fener_session="},
    ],
)
async def test_who_is_not_recognized_is_told_so(
    house: House, contract: str, path: str, headers: dict[str, str]
) -> None:
    answer = await house.nobody.get(path, headers=headers)
    refused(answer, contract, 401, "Unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@both
async def test_401_comes_before_every_other_refusal(house: House, contract: str, path: str) -> None:
    for target in (f"{path}?limit=x" if contract == "organization" else f"{path}?page=x", path):
        refused(await house.nobody.get(target), contract, 401)
        refused(await house.nobody.ask("POST", target, body=b"x" * 2**21), contract, 401)
    refused(await house.nobody.get(f"{path}%00"), "organization", 401)


@both
async def test_the_session_cookie_is_a_credential_among_others(
    house: House, contract: str, path: str
) -> None:
    cookies = f'strange={{"a"}}; fener_session={COOKIE}; other=1'
    assert (await house.nobody.get(path, headers={"cookie": cookies})).status == 200
    beside = {"cookie": cookies, "authorization": "Basic b3duZXI6cGFzcw=="}
    assert (await house.nobody.get(path, headers=beside)).status == 200


async def test_a_bearer_secret_counts_more_than_a_cookie(house: House) -> None:
    headers = {"cookie": f"fener_session={COOKIE}", "authorization": "Bearer wrong"}
    refused(await house.nobody.get(ACCOUNT, headers=headers), "account", 401)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"x-csrf-token": "wrong"}, 403),
        ({"x-csrf-token": ""}, 403),
        ({"origin": "http://fener.example"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"x-csrf-token": CSRF}, 200),
        ({"x-csrf-token": CSRF, "origin": "https://evil.example"}, 200),
    ],
)
async def test_a_cookie_changes_something_only_from_our_own_pages(
    house: House, headers: dict[str, str], status: int
) -> None:
    incident = await house.goes_down(await house.monitor())
    sent = {"cookie": f"fener_session={COOKIE}", **headers}
    changed = await house.nobody.post(f"/api/incidents/{incident}", headers=sent)
    assert changed.status == status
    public_id = await house.public_id(incident)
    target = f"/api/incidents/{public_id}/acknowledge"
    acknowledged = await house.nobody.post(target, headers=sent)
    assert acknowledged.status == status
    if status == 403:
        refused(acknowledged, "organization", 403, "Forbidden")


async def test_a_cookie_from_the_public_address_is_our_own(house: House) -> None:
    incident = await house.goes_down(await house.monitor())
    options = ApiOptions(recognizer=house.signed, public_url="https://status.example")
    client = Client(create_api(house.context, options))
    sent = {"cookie": f"fener_session={COOKIE}", "origin": "https://status.example"}
    assert (await client.post(f"/api/incidents/{incident}", headers=sent)).status == 200


@both
@pytest.mark.parametrize(
    "query", ["%ff", "page=%C3%28", "limit=%00", "x=%ED%A0%80", "\xff=1", "page=%E2%82"]
)
async def test_a_query_that_is_no_text_is_refused(
    key: Client, contract: str, path: str, query: str
) -> None:
    answer = await key.get(f"{path}?{query}")
    told = "organization" if "limit" in query else "account" if "page" in query else contract
    refused(answer, told, 400)


@pytest.mark.parametrize("tail", ["%00", "%ff", "5%00", "a%C3"])
async def test_a_path_that_is_no_text_is_refused(key: Client, token: Client, tail: str) -> None:
    refused(await key.get(f"/api/incidents/{tail}"), "account", 400)
    refused(await token.get(f"/api/incidents/{tail}"), "organization", 400)


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=------------------------d74496d66958873e"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"comment=\xff"),
        (FORM, b"comment=%ff"),
        (FORM, b"comment=%00"),
        (FORM, b"comment=a\x00"),
        (MULTIPART, multipart({"comment": "\udcff"})),
        (MULTIPART, multipart({"comment": "a\0b"})),
        (MULTIPART, b"--nothing of the kind"),
        ("multipart/form-data", multipart({"comment": "no boundary"})),
        ("application/json", b'{"comment": "\xff"}'),
        ("application/json", b'{"comment": "\\u0000"}'),
        ("application/json", b'{"comment": "\\ud800"}'),
        ("application/json", b'{"comment": 5}'),
        ("application/json", b'{"comment": ["x"]}'),
        ("application/json", b'["comment"]'),
        ("application/json", b'"comment"'),
        ("application/json", b'{"comment": '),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"comment": 1e999}'),
        ("text/plain", b"comment=x"),
    ],
)
async def test_a_form_that_is_none_is_refused_and_changes_nothing(
    house: House, key: Client, kind: str, body: bytes
) -> None:
    incident = await house.goes_down(await house.monitor())
    await key.post(f"/api/incidents/{incident}", form={"comment": "before"})
    answer = await key.post(f"/api/incidents/{incident}", body=body, headers={"content-type": kind})
    refused(answer, "account", 400)
    after = good(await key.get(f"/api/incidents/{incident}"), "account-incident")
    assert after["data"]["comment"] == "before"


async def test_a_file_is_no_comment(house: House, key: Client) -> None:
    incident = await house.goes_down(await house.monitor())
    form = multipart({"comment": "x"}).replace(b'"comment"', b'"comment"; filename="x.txt"')
    answer = await key.post(
        f"/api/incidents/{incident}", body=form, headers={"content-type": MULTIPART}
    )
    assert "comment" in refused(answer, "account", 400)


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\xff"}',
        b'{"text": "\\u0000"}',
        b'{"text": {"deep": ["\\u0000"]}}',
        b'{"text": 5}',
        b'{"text": ""}',
        b"{}",
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"text": "x", "visibility": "secret"}',
        b'{"text": "' + b"x" * 10_001 + b'"}',
        b"[" * 100_000,
    ],
)
async def test_json_that_does_not_fit_is_refused(house: House, token: Client, body: bytes) -> None:
    incident = await house.public_id(await house.goes_down(await house.monitor()))
    answer = await token.post(f"/api/incidents/{incident}/comments", body=body)
    refused(answer, "organization", 400)


async def test_a_written_backslash_is_not_the_character_nul(house: House, token: Client) -> None:
    incident = await house.public_id(await house.goes_down(await house.monitor()))
    body = b'{"text": "\\\\u0000"}'
    answer = await token.post(f"/api/incidents/{incident}/comments", body=body)
    assert good(answer, "organization-event")["detail"]["text"] == "\\u0000"


async def test_a_body_over_one_mebibyte_is_too_large(
    house: House, key: Client, token: Client
) -> None:
    incident = await house.goes_down(await house.monitor())
    public_id = await house.public_id(incident)
    most, more = b"x" * 2**20, b"x" * (2**20 + 1)
    kind = {"content-type": FORM}
    item = f"/api/incidents/{incident}"
    assert (await key.post(item, body=most, headers=kind)).status == 200
    refused(await key.post(item, body=more, headers=kind), "account", 413)
    comments = f"/api/incidents/{public_id}/comments"
    refused(await token.post(comments, body=more), "organization", 413)


async def test_a_body_announced_as_too_large_is_not_waited_for(key: Client) -> None:
    announced = {"content-length": str(2**20 + 1)}
    refused(await key.post("/api/incidents/1", headers=announced), "account", 413)


@both
async def test_so_many_requests_a_minute_are_answered(
    house: House, contract: str, path: str
) -> None:
    api = create_api(house.context, ApiOptions(rate_limit=2))
    one, other = (await house.token()).of(api), (await house.token()).of(api)
    reset = str((house.world.now // MINUTE + 1) * 60)
    first = await one.get(path, address=FAR)
    assert first.status == 200
    shown = {name: value for name, value in first.headers.items() if "ratelimit" in name}
    assert shown == {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "1",
        "x-ratelimit-reset": reset,
    }
    await one.get(path, address=FAR)
    over = await one.get(path, address=FAR)
    refused(over, contract, 429)
    assert over.headers["x-ratelimit-remaining"] == "0"
    assert 1 <= int(over.headers["retry-after"]) <= 60
    assert (await other.get(path, address=FAR)).status == 200
    assert (await one.get(path, address="203.0.113.8")).status == 200
    house.world.clock.step_wall(int(over.headers["retry-after"]) * 1_000)
    assert (await one.get(path, address=FAR)).status == 200


async def test_made_up_credentials_share_one_count(house: House) -> None:
    client = Client(create_api(house.context, ApiOptions(rate_limit=2)))
    for number in range(2):
        answer = await client.bearing(f"wsm_{number}").get(ACCOUNT, address=FAR)
        refused(answer, "account", 401)
    refused(await client.bearing("wsm_3").get(ACCOUNT, address=FAR), "account", 429)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", ""])
async def test_the_machine_itself_has_no_limit(house: House, address: str) -> None:
    key = (await house.key_of(house.owner)).of(create_api(house.context, ApiOptions(rate_limit=1)))
    for _ in range(3):
        answer = await key.get(ACCOUNT, address=address)
        assert answer.status == 200
        assert "x-ratelimit-limit" not in answer.headers


async def test_zero_is_no_limit(house: House) -> None:
    key = (await house.key_of(house.owner)).of(create_api(house.context, ApiOptions(rate_limit=0)))
    for _ in range(3):
        assert (await key.get(ACCOUNT, address=FAR)).status == 200


@pytest.mark.parametrize(
    ("peer", "counted", "scheme"),
    [("10.0.0.5", "198.51.100.2", "https"), (FAR, FAR, "http")],
    ids=["trusted", "not trusted"],
)
async def test_forwarded_headers_are_believed_from_trusted_proxies_alone(
    house: House, peer: str, counted: str, scheme: str
) -> None:
    options = ApiOptions(rate_limit=1, trusted_proxies=("10.0.0.0/8",))
    key = (await house.key_of(house.owner)).of(create_api(house.context, options))
    headers = {"x-forwarded-for": "127.0.0.1, 198.51.100.2", "x-forwarded-proto": "https"}
    answer = await key.get(ACCOUNT, address=peer, headers=headers)
    links = good(answer, "account-incidents")["links"]
    assert links["self"] == f"{scheme}://fener.example/api/incidents?page=1"
    refused(await key.get(ACCOUNT, address=counted), "account", 429)


class _Broken:
    """A store that has gone away."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self) -> Any:
        raise self._error

    write = read


class _Recognizing:
    """Recognizes by a store that still works, however broken the one of the actions is."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.by_session = house.signed.by_session
        self.identity_for = house.signed.identity_for

    async def by_bearer(self, _context: Context, secret: str) -> Caller | None:
        return await self._house.signed.by_bearer(self._house.context, secret)


STORE = StoreUnavailable("disk I/O error at /secret/place")
BUG = RuntimeError("a bug, in detail")
WORDED = [
    ("GET /api/incidents", "organization", "Failed to fetch incidents"),
    ("GET /api/incidents/?limit=5", "organization", "Failed to fetch incidents"),
    (f"GET /api/incidents/{UUID}", "organization", "Internal server error"),
    (f"POST /api/incidents/{UUID}/resolve", "organization", "Internal server error"),
    ("GET /api/incidents/", "account", "Internal server error"),
    ("GET /api/incidents/5", "account", "Internal server error"),
    ("DELETE /api/incidents/5", "account", "Internal server error"),
]


@pytest.mark.parametrize("error", [STORE, BUG], ids=["store", "bug"])
@pytest.mark.parametrize("recognizes", [False, True])
async def test_a_fault_of_ours_is_worded_by_the_contract_and_logged(
    house: House, error: Exception, *, recognizes: bool
) -> None:
    database: Any = _Broken(error)
    parts = {name: getattr(house.context, name) for name in Context.__struct_fields__}
    recognizer: Recognizer = _Recognizing(house) if recognizes else identify
    broken = Context(**(parts | {"database": database}))
    api = create_api(broken, ApiOptions(recognizer=recognizer))
    key = (await house.key_of(house.owner)).of(api)
    for line, contract, message in WORDED:
        method, _, target = line.partition(" ")
        with capture_logs() as logged:
            answer = await key.ask(method, target)
        refused(answer, contract, 500, message)
        assert b"secret" not in answer.body
        assert b"detail" not in answer.body
        (entry,) = logged
        assert (entry["log_level"], entry["path"].rstrip("/")) == (
            "error",
            target.partition("?")[0].rstrip("/"),
        )
        assert str(error) in f"{entry.get('error')}{entry.get('exc_info')!r}"
