"""A probe that shows a certificate of its own, to a real nginx that asks for one."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from fener.domain.check import Success
from fener.domain.credentials import ClientCertificate
from fener.domain.failure import FailureReason
from fener.pipeline.probe.prober import Prober
from support import targets
from support.certificates import LONG_AGO, Authority, make_authority
from support.nginx import Nginx
from support.probing import failure_of, open_prober, order
from support.sockets import listens
from support.targets import Answer, Target, closed_port, echo, page, redirect


class House(NamedTuple):
    """A server for whose clients one authority signs; another one is a stranger to it."""

    url: str
    servers: Authority
    clients: Authority
    strangers: Authority


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("mtls")
    made = [authority(folder / name, name) for name in ("servers", "clients", "strangers")]
    pem, port = made[0].written("127.0.0.1"), closed_port()
    more = (
        f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};"
        f" ssl_client_certificate {made[1].trust_store}; ssl_verify_client on;"
        " location / { return 200 $ssl_client_s_dn; } }"
    )
    with Nginx(folder, more):
        listens(port)
        yield House(f"https://127.0.0.1:{port}/", *made)


@pytest.fixture
async def prober(house: House) -> AsyncIterator[Prober]:
    async with open_prober(trust_store=house.servers.trust_store) as one:
        yield one


def authority(folder: Path, name: str) -> Authority:
    folder.mkdir()
    return make_authority(folder, name)


def shown(pem: Path) -> ClientCertificate:
    text = pem.read_text()
    start = text.index("-----BEGIN CERTIFICATE")
    return ClientCertificate(text[start:], text[:start])


async def test_who_is_known_comes_in(house: House, prober: Prober) -> None:
    own = shown(house.clients.written("prober.test"))
    result = await prober.probe(order(house.url, client_certificate=own, keyword="CN=prober.test"))
    assert result.outcome == Success()


async def test_nobody_else_does(house: House, prober: Prober) -> None:
    strange = shown(house.strangers.written("prober.test"))
    nobody = await prober.probe(order(house.url))
    stranger = await prober.probe(order(house.url, client_certificate=strange))
    expired = await prober.probe(
        order(
            house.url,
            client_certificate=shown(house.clients.written("prober.test", not_after=LONG_AGO)),
        )
    )
    for result in (nobody, stranger, expired):
        assert failure_of(result).message == "status 400, wanted 200-299"


@pytest.mark.parametrize(
    ("version", "reasons"),
    [
        (ssl.TLSVersion.TLSv1_2, {FailureReason.TLS_FAILED}),
        # The server has not read the request when it closes: a reset or the end of the connection
        # may overtake its words.
        (
            ssl.TLSVersion.TLSv1_3,
            {
                FailureReason.TLS_FAILED,
                FailureReason.CONNECTION_RESET,
                FailureReason.NO_RESPONSE,
            },
        ),
    ],
)
@pytest.mark.parametrize("is_shown", [True, False])
async def test_a_server_that_ends_the_handshake_is_a_failure_of_tls(
    house: House,
    prober: Prober,
    version: ssl.TLSVersion,
    reasons: set[FailureReason],
    *,
    is_shown: bool,
) -> None:
    context = house.servers.leaf("127.0.0.1")
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(house.clients.trust_store)
    own = shown(house.strangers.written("prober.test")) if is_shown else None
    with Target(tls=context) as target:
        result = await prober.probe(order(target.url(), client_certificate=own))
    assert failure_of(result).reason in reasons


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (targets.hang, FailureReason.TIMEOUT),
        (targets.garbage, FailureReason.BAD_RESPONSE),
        (targets.empty, FailureReason.NO_RESPONSE),
        (page("no", 403), FailureReason.WRONG_STATUS),
    ],
)
async def test_other_trouble_stays_what_it_is(
    house: House, prober: Prober, answer: Answer, reason: FailureReason
) -> None:
    own = shown(house.clients.written("prober.test"))
    with Target(tls=house.servers.leaf("127.0.0.1"), answers={"/": answer}) as target:
        result = await prober.probe(order(target.url(), timeout=400, client_certificate=own))
    assert failure_of(result).reason is reason


async def test_it_is_not_shown_to_another_origin(house: House, prober: Prober) -> None:
    own = shown(house.clients.written("prober.test"))
    with Target(tls=house.servers.leaf("127.0.0.1")) as target:
        start = target.at("/start", redirect(house.url))
        result = await prober.probe(order(start, client_certificate=own))
    assert failure_of(result).message == "status 400, wanted 200-299"


async def test_its_key_is_in_no_evidence(house: House, prober: Prober) -> None:
    own = shown(house.clients.written("prober.test"))
    with Target(tls=house.servers.leaf("127.0.0.1")) as target:
        target.at("/echo", echo)
        result = await prober.probe(order(target.url("/echo"), client_certificate=own))
    assert result.outcome == Success()
    assert own.key.splitlines()[1] not in repr(result)
