"""What can be wrong with a monitor, and the words for it in the incidents APIs."""

from enum import StrEnum


class Problem(StrEnum):
    """One kind of trouble; a monitor has at most one open incident of each.

    No answer, a wrong status and a missing keyword are all availability.
    """

    AVAILABILITY = "availability"


class Cause(StrEnum):
    """The cause at confirmation: `type` and `severity` of the organization API.

    The first three are that API's published values; it names its list as examples, and `keyword`
    follows their style.
    """

    DOWNTIME = "downtime"
    HTTP_STATUS = "http_status"
    SSL_EXPIRY = "ssl_expiry"
    KEYWORD = "keyword"
