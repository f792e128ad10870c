"""Addresses of Fener's own pages, for those who read a message."""

from msgspec import Struct

from fener.domain.message import Message


class Links(Struct, frozen=True):
    """`site` is the address under which people reach Fener, without a slash at its end."""

    site: str

    def monitor(self, message: Message) -> str:
        """The page of the monitor that a message is about; the first page for a test."""
        subject = message.subject
        return f"{self.site}/monitors/{subject.public_id}" if subject else f"{self.site}/"

    def incident(self, message: Message) -> str:
        """The page of the incident; the first page for a test."""
        incident = message.incident
        return f"{self.site}/incidents/{incident.public_id}" if incident else f"{self.site}/"
