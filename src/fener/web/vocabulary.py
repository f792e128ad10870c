"""Fener's vocabularies in words for people. Every member has its words, which a test holds to."""

from fener.domain.check import Purpose
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.fault import FaultReason
from fener.domain.heartbeat import PingAction
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.kinds import Kind
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.dns import Match
from fener.domain.notification import ChannelKind, Event, NotificationStatus
from fener.domain.people import Role, TokenKind
from fener.domain.policy import Quorum
from fener.domain.shown import Shown
from fener.web.languages import marked

SHOWN = {
    Shown.DOWN: marked("Down"),
    Shown.LATE: marked("Late"),
    Shown.FLAPPING: marked("Flapping"),
    Shown.DEGRADED: marked("Degraded"),
    Shown.UNKNOWN: marked("Unknown"),
    Shown.UP: marked("Up"),
    Shown.PAUSED: marked("Paused"),
}
KINDS = {
    Kind.HTTP: marked("Website or API"),
    Kind.HTTPS_REDIRECT: marked("Redirect to HTTPS"),
    Kind.TLS: marked("Certificate"),
    Kind.TCP: marked("TCP port"),
    Kind.ICMP: marked("Ping"),
    Kind.DNS: marked("DNS records"),
    Kind.HEARTBEAT: marked("Heartbeat"),
}
KIND_HELP = {
    Kind.HTTP: marked("Asks for a page and looks at the answer."),
    Kind.HTTPS_REDIRECT: marked("Whoever comes by plain HTTP must be sent to HTTPS."),
    Kind.TLS: marked("Valid, trusted, for this host, and not about to end; of mail servers, too."),
    Kind.TCP: marked("Connects, and where wanted says a line and waits for an answer."),
    Kind.ICMP: marked("Sends echo requests and counts what comes back."),
    Kind.DNS: marked("Asks a name server for records and compares them."),
    Kind.HEARTBEAT: marked("A job that reports by itself."),
}
KIND_SYMBOLS = {
    Kind.HTTP: "globe",
    Kind.HTTPS_REDIRECT: "redirect",
    Kind.TLS: "shield",
    Kind.TCP: "plug",
    Kind.ICMP: "ping",
    Kind.DNS: "records",
    Kind.HEARTBEAT: "heartbeats",
}
IP_VERSIONS = {
    IpVersion.ANY: marked("IPv4, else IPv6"),
    IpVersion.IPV4: marked("Only IPv4"),
    IpVersion.IPV6: marked("Only IPv6"),
}
MATCHES = {
    Match.EXACT: marked("Just these records"),
    Match.CONTAINED: marked("These records at least"),
}
CHOICES = {
    "ip_version": IP_VERSIONS,
    "match": MATCHES,
    "starttls": {"none": marked("None")},
}
"""Words for what fields of kinds are chosen from; names of protocols stay as they are."""
REASONS = {
    FailureReason.NAME_NOT_FOUND: marked("The host name does not exist"),
    FailureReason.NAME_LOOKUP_FAILED: marked("The name server of the host gave no answer"),
    FailureReason.ADDRESS_FORBIDDEN: marked("The address is one that Fener may not touch"),
    FailureReason.CONNECTION_REFUSED: marked("The connection was refused"),
    FailureReason.CONNECTION_TIMEOUT: marked("No connection in time"),
    FailureReason.HOST_UNREACHABLE: marked("No way leads to the host"),
    FailureReason.CONNECTION_RESET: marked("The connection was cut off"),
    FailureReason.PACKETS_LOST: marked("Packets were lost"),
    FailureReason.UNEVEN: marked("The round trips are too uneven"),
    FailureReason.STARTTLS_REFUSED: marked("The server does not offer TLS"),
    FailureReason.TLS_EXPIRED: marked("The certificate has expired"),
    FailureReason.TLS_NOT_YET_VALID: marked("The certificate is not valid yet"),
    FailureReason.TLS_WRONG_HOST: marked("The certificate is for another host"),
    FailureReason.TLS_UNTRUSTED: marked("The certificate is not trusted"),
    FailureReason.TLS_WEAK: marked("The certificate or its key is too weak"),
    FailureReason.TLS_FAILED: marked("No secure connection could be agreed"),
    FailureReason.PROXY_REFUSED: marked("The proxy did not let us through"),
    FailureReason.TIMEOUT: marked("The answer did not come in time"),
    FailureReason.NO_RESPONSE: marked("The connection ended without an answer"),
    FailureReason.BAD_RESPONSE: marked("The answer was faulty"),
    FailureReason.TOKEN_REFUSED: marked("The token endpoint gave no token"),
    FailureReason.BAD_REDIRECT: marked("The redirect leads nowhere"),
    FailureReason.TOO_MANY_REDIRECTS: marked("Too many redirects"),
    FailureReason.NOT_REDIRECTED: marked("Visitors are not sent to HTTPS"),
    FailureReason.WRONG_STATUS: marked("Wrong status in the answer"),
    FailureReason.KEYWORD_MISSING: marked("The keyword is missing"),
    FailureReason.WRONG_HEADER: marked("A header of the answer is not as expected"),
    FailureReason.WRONG_SIZE: marked("The answer has not the expected size"),
    FailureReason.KEYWORD_PRESENT: marked("The answer holds the unwanted keyword"),
    FailureReason.PATTERN_MISSING: marked("The answer does not match the pattern"),
    FailureReason.WRONG_JSON: marked("A value in the answer is not as expected"),
    FailureReason.UNEXPECTED_ANSWER: marked("The answer is not the expected one"),
    FailureReason.LOOKUP_REFUSED: marked("The name server refused to answer"),
    FailureReason.NO_RECORDS: marked("There are no such records"),
    FailureReason.WRONG_RECORDS: marked("The records are not as expected"),
    FailureReason.RECORDS_CHANGED: marked("The records are other than before"),
    FailureReason.ANSWERED_UNEXPECTEDLY: marked("It answers, which it should not"),
    FailureReason.SLOW: marked("The answer took too long"),
    FailureReason.CERTIFICATE_ENDS_SOON: marked("The certificate ends soon"),
    FailureReason.RUN_MISSED: marked("No run was reported in time"),
    FailureReason.RUN_FAILED: marked("The run reported a failure"),
    FailureReason.RUN_TOO_LONG: marked("The run did not end in time"),
}
UNKNOWNS = {
    UnknownReason.RESOLVER_DOWN: marked("Our own name server gave no answer"),
    UnknownReason.NETWORK_DOWN: marked("Our own network was gone"),
    UnknownReason.OUT_OF_DESCRIPTORS: marked("Fener had no connections left"),
    UnknownReason.NOT_PERMITTED: marked("Fener is not permitted to do this"),
    UnknownReason.OVERLOADED: marked("Fener was overloaded"),
    UnknownReason.NOT_OBSERVED: marked("Fener could not observe it"),
    UnknownReason.INTERNAL_ERROR: marked("A fault in Fener"),
}
FAULTS = {
    FaultReason.STAGE_BROKE_DOWN: marked("A part of Fener broke down and is started again"),
    FaultReason.NOT_FOLLOWED: marked("Changes of monitors and silences of jobs go unnoticed"),
    FaultReason.SCHEDULE_UNREADABLE: marked("The schedule of a heartbeat cannot be read"),
    FaultReason.RESULTS_HELD_BACK: marked("Results that wait until they can be stored"),
    FaultReason.RESULT_SET_ASIDE: marked("What was seen of a monitor could not be recorded"),
    FaultReason.MESSAGES_STUCK: marked("Messages cannot be read or marked as sent"),
    FaultReason.SENDER_FAILED: marked("An error in Fener kept a message from leaving"),
    FaultReason.CHANNEL_UNREADABLE: marked("What is stored of a channel cannot be read"),
    FaultReason.NO_MAIL_SERVER: marked("No mail server is set"),
    FaultReason.MAIL_SERVER_FAILED: marked("The mail server takes no mail"),
    FaultReason.MONITORS_LATE: marked("Monitors that were not checked in time"),
    FaultReason.PROBER_STOOD_STILL: marked("Fener's checks stood still"),
    FaultReason.CUT_OFF_FROM_ITSELF: marked("Fener does not reach its own machine"),
    FaultReason.CUT_OFF_FROM_PRIVATE: marked("Fener is cut off from the private network"),
    FaultReason.CUT_OFF_FROM_IPV4: marked("Fener is cut off from the Internet by IPv4"),
    FaultReason.CUT_OFF_FROM_IPV6: marked("Fener is cut off from the Internet by IPv6"),
    FaultReason.CUT_OFF_FROM_NAMES: marked("Fener is cut off from the name servers"),
    FaultReason.CHECKS_WITHOUT_DESCRIPTORS: marked("Checks without a connection left for them"),
    FaultReason.CHECKS_NOT_PERMITTED: marked("Checks that Fener is not permitted to make"),
    FaultReason.CHECKS_OVERLOADED: marked("Checks that were left out by overload"),
    FaultReason.CHECKS_FAULTY: marked("Checks that met a fault in Fener"),
}
PURPOSES = {
    Purpose.SCHEDULED: marked("on schedule"),
    Purpose.RECHECK: marked("quick recheck"),
    Purpose.MANUAL: marked("by hand"),
}
EVENTS = {
    TimelineEvent.FIRST_FAILURE: marked("First failing check"),
    TimelineEvent.CONFIRMED: marked("Confirmed: the incident opened"),
    TimelineEvent.WORSENED: marked("The warning became critical"),
    TimelineEvent.NOTIFIED: marked("A message arrived"),
    TimelineEvent.NOTIFICATION_FAILED: marked("A message did not arrive"),
    TimelineEvent.ACKNOWLEDGED: marked("Somebody is on it"),
    TimelineEvent.COMMENTED: marked("Comment"),
    TimelineEvent.COMMENT_CHANGED: marked("The note was changed"),
    TimelineEvent.POSTMORTEM_CHANGED: marked("The post-mortem was changed"),
    TimelineEvent.FLAPPING: marked("It keeps turning: messages are held"),
    TimelineEvent.RECOVERED: marked("Recovered"),
    TimelineEvent.RESOLVED: marked("Resolved"),
}
EVENT_SYMBOLS = {
    TimelineEvent.FIRST_FAILURE: ("cross", "bad"),
    TimelineEvent.CONFIRMED: ("incidents", "bad"),
    TimelineEvent.WORSENED: ("incidents", "bad"),
    TimelineEvent.NOTIFIED: ("channels", ""),
    TimelineEvent.NOTIFICATION_FAILED: ("channels", "bad"),
    TimelineEvent.ACKNOWLEDGED: ("hand", ""),
    TimelineEvent.COMMENTED: ("comment", ""),
    TimelineEvent.COMMENT_CHANGED: ("edit", ""),
    TimelineEvent.POSTMORTEM_CHANGED: ("note", ""),
    TimelineEvent.FLAPPING: ("heartbeats", "bad"),
    TimelineEvent.RECOVERED: ("check", "good"),
    TimelineEvent.RESOLVED: ("check", "good"),
}
RESOLUTIONS = {
    Resolution.RECOVERED: marked("It recovered"),
    Resolution.PAUSED: marked("The monitor was paused"),
    Resolution.MONITOR_DELETED: marked("The monitor was deleted"),
    Resolution.BY_HAND: marked("Resolved by hand"),
    Resolution.ACCEPTED: marked("It became usual, or another change followed"),
}
PINGS = {
    PingAction.SUCCESS: marked("Done"),
    PingAction.START: marked("Started"),
    PingAction.FAIL: marked("Failed"),
    PingAction.LOG: marked("Note"),
}
PING_STATES = {
    PingAction.SUCCESS: "up",
    PingAction.START: "unknown",
    PingAction.FAIL: "warning",
    PingAction.LOG: "unknown",
}
OUTCOMES = {
    "success": marked("Good"),
    "failure": marked("Failed"),
    "unknown": marked("Unknown"),
}
OUTCOME_STATES = {"success": "up", "failure": "warning", "unknown": "unknown"}
CHANNELS = {
    ChannelKind.EMAIL: marked("E-mail"),
    ChannelKind.WEBHOOK: marked("Webhook"),
}
CHANNEL_HELP = {
    ChannelKind.EMAIL: marked("To one address or several, through your mail server."),
    ChannelKind.WEBHOOK: marked("A signed request with JSON to an address of yours."),
}
MESSAGES = {
    Event.DOWN: marked("Down"),
    Event.REMINDER: marked("Reminder"),
    Event.WORSENED: marked("Worse"),
    Event.FLAPPING: marked("Flapping"),
    Event.RECOVERED: marked("Recovered"),
    Event.TEST: marked("Test"),
    Event.BLIND: marked("Fener cannot watch"),
    Event.SEEING: marked("Fener watches again"),
}
MESSAGE_STATUS = {
    NotificationStatus.OWED: marked("Waits to be sent"),
    NotificationStatus.SENT: marked("Arrived"),
    NotificationStatus.FAILED: marked("Given up"),
    NotificationStatus.CANCELLED: marked("Not needed any more"),
}
TOKENS = {
    TokenKind.ORGANIZATION: marked("Organization token"),
    TokenKind.ACCOUNT: marked("Account key"),
}
ROLES = {
    Role.OWNER: marked("Owner"),
    Role.ADMIN: marked("Admin"),
    Role.USER: marked("User"),
    Role.READONLY: marked("Reader"),
}
QUORUMS = {
    Quorum.ANY: marked("Any one of them"),
    Quorum.MAJORITY: marked("More than half of them"),
    Quorum.ALL: marked("All of them"),
    Quorum.COUNT: marked("A number of them"),
}
SPANS = {
    "day": marked("24 hours"),
    "week": marked("7 days"),
    "month": marked("30 days"),
    "quarter": marked("90 days"),
    "year": marked("365 days"),
}
CHART_SPANS = {"hour": marked("1 hour"), **SPANS}
PHASES = {
    "dns": marked("DNS"),
    "connect": marked("Connect"),
    "tls": marked("TLS"),
    "first_byte": marked("First byte"),
    "transfer": marked("Transfer"),
}


def reason(code: str | None) -> str:
    """The message for a reason by its code; the empty text where there is none."""
    for known in (REASONS, UNKNOWNS, FAULTS):
        for member, message in known.items():
            if member == code:
                return message
    return ""


def resolution(code: str) -> str:
    """The message for why an incident ended, as its timeline keeps it."""
    return RESOLUTIONS[Resolution(code)]
