"""What can be wrong with a monitor, and the words for it in the incidents APIs."""

from enum import StrEnum


class Problem(StrEnum):
    """One kind of trouble; a monitor has at most one open incident of each.

    No answer, a wrong status and a missing keyword are all availability.
    """

    AVAILABILITY = "availability"
    CERTIFICATE = "certificate"
    PERFORMANCE = "performance"
    CONTENT = "content"
    """What is there is other than before. An event that is told once, and no state of health."""


class Severity(StrEnum):
    """How bad a problem is, in words that paging services share."""

    CRITICAL = "critical"
    WARNING = "warning"


class Cause(StrEnum):
    """The cause at confirmation: `type` and `severity` of the organization API.

    The first five are that API's published values; it names its list as examples, and the others
    follow their style.
    """

    DOWNTIME = "downtime"
    HTTP_STATUS = "http_status"
    PERFORMANCE = "performance"
    SSL_WARNING = "ssl_warning"
    """The certificate ends soon."""
    SSL_EXPIRY = "ssl_expiry"
    """It has ended, or is about to."""
    KEYWORD = "keyword"
    DNS_CHANGE = "dns_change"

    @property
    def level(self) -> Severity:
        """The organization API calls the cause itself `severity`; this is how bad it is."""
        return Severity.WARNING if self in _WARNINGS else Severity.CRITICAL


_WARNINGS = frozenset({Cause.PERFORMANCE, Cause.SSL_WARNING, Cause.DNS_CHANGE})
