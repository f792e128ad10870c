"""Senders that send nothing: one that remembers and answers as it is told to."""

import asyncio
from collections import deque

from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.ports import Clock


class RecordingSender:
    """A `fener.ports.Sender` that takes everything until it is told otherwise."""

    def __init__(self, clock: Clock) -> None:
        self.asked: list[Message] = []
        """Every message it was asked to send, in order, whatever became of it."""
        self.asked_at: list[int] = []
        self.cancelled: list[Message] = []
        """Those that it was not let finish."""
        self._clock = clock
        self._answers: deque[DeliveryStatus | Exception] = deque()
        self._way = asyncio.Event()
        self._way.set()

    def answers(self, *answers: DeliveryStatus | Exception) -> None:
        """Answer so the next times, or raise; after that, take everything again."""
        self._answers.extend(answers)

    def hang(self) -> None:
        """Take messages and never answer, until `go_on`."""
        self._way.clear()

    def go_on(self) -> None:
        self._way.set()

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.asked]

    async def send(self, message: Message) -> Delivery:
        self.asked.append(message)
        self.asked_at.append(self._clock.now())
        try:
            await self._way.wait()
        except asyncio.CancelledError:
            self.cancelled.append(message)
            raise
        answer = self._answers.popleft() if self._answers else DeliveryStatus.SENT
        if isinstance(answer, Exception):
            raise answer
        return Delivery(answer, f"the recording sender says {answer}", self._clock.now())
