"""The web app asked without a browser: its world, and a way in for each of its people."""

from fener.actions import signing_in
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.web.app import create_web
from fener.web.options import WebOptions
from support.api import Client
from support.people import PASSWORD, World
from support.visitor import Visitor


class Place:
    """The app, its world and a way in."""

    def __init__(self, people: World, public_url: str = "") -> None:
        self.people = people
        self.faults = FaultBoard(people.clock)
        options = WebOptions(publisher=Publisher(), faults=self.faults, public_url=public_url)
        self.client = Client(create_web(people.context, options))
        self.stranger = Visitor(self.client)

    async def signed_in(self, email: str) -> Visitor:
        attempt = Attempt(email=email, password=PASSWORD, address="192.0.2.1")
        throttle = SignInThrottle(self.people.clock)
        made = await signing_in.sign_in(self.people.context, throttle, attempt)
        return Visitor(self.client, made.cookie, made.csrf_token)
