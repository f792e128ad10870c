"""What is broken with Fener itself, as people are told: a closed vocabulary, with values beside it.

`fener.domain.failure` has the words for what is wrong with a target.
"""

from enum import StrEnum

from msgspec import Struct

from fener.domain.failure import Facts


class FaultReason(StrEnum):
    STAGE_BROKE_DOWN = "stage_broke_down"
    NOT_FOLLOWED = "not_followed"
    SCHEDULE_UNREADABLE = "schedule_unreadable"
    RESULTS_HELD_BACK = "results_held_back"
    RESULT_SET_ASIDE = "result_set_aside"
    MESSAGES_STUCK = "messages_stuck"
    SENDER_FAILED = "sender_failed"
    CHANNEL_UNREADABLE = "channel_unreadable"
    NO_MAIL_SERVER = "no_mail_server"
    MAIL_SERVER_FAILED = "mail_server_failed"
    MONITORS_LATE = "monitors_late"
    PROBER_STOOD_STILL = "prober_stood_still"
    CUT_OFF_FROM_ITSELF = "cut_off_from_itself"
    CUT_OFF_FROM_PRIVATE = "cut_off_from_private"
    CUT_OFF_FROM_IPV4 = "cut_off_from_ipv4"
    CUT_OFF_FROM_IPV6 = "cut_off_from_ipv6"
    CUT_OFF_FROM_NAMES = "cut_off_from_names"
    CHECKS_WITHOUT_DESCRIPTORS = "checks_without_descriptors"
    CHECKS_NOT_PERMITTED = "checks_not_permitted"
    CHECKS_OVERLOADED = "checks_overloaded"
    CHECKS_FAULTY = "checks_faulty"


class Fault(Struct, frozen=True):
    """`message` says all of it in an English sentence, for logs and messages; pages say the words
    for `reason` in the reader's language, and the facts behind them.
    """

    reason: FaultReason
    message: str
    facts: Facts = Facts()
