"""What the page after a deed says of it: a key in a cookie that lives for one page."""

from fener.web.languages import marked

COOKIE = "fener_said"
MESSAGES = {
    "welcome": marked("Welcome. Fener is set up."),
    "signed-out": marked("You are signed out."),
    "monitor-added": marked("The monitor was added."),
    "monitor-changed": marked("The monitor was changed."),
    "monitor-paused": marked("The monitor is paused. Nobody is alarmed meanwhile."),
    "monitor-resumed": marked("The monitor is watched again."),
    "monitor-deleted": marked("The monitor was deleted. Its incidents stay."),
    "check-ordered": marked("A check is on its way."),
    "heartbeat-added": marked("The heartbeat was added. It waits for its first ping."),
    "heartbeat-changed": marked("The heartbeat was changed."),
    "heartbeat-deleted": marked("The heartbeat was deleted. Its incidents stay."),
    "acknowledged": marked("You are on it. Reminders have stopped."),
    "commented": marked("The comment was added."),
    "resolved": marked("The incident was resolved by hand."),
    "postmortem-saved": marked("The post-mortem was saved."),
    "note-saved": marked("The note was saved."),
    "incident-deleted": marked("The incident was deleted."),
    "channel-added": marked("The channel was added. Send it a test message now."),
    "channel-changed": marked("The channel was changed."),
    "channel-deleted": marked("The channel was deleted."),
    "policy-added": marked("The policy was added. Choose it for a customer or a monitor."),
    "policy-changed": marked("The policy was changed. It counts from the next check on."),
    "policy-chosen": marked("The customer's monitors are judged by another policy now."),
    "policy-deleted": marked("The policy was deleted."),
    "token-revoked": marked("The token was revoked. It is refused from now on."),
    "profile-saved": marked("Your settings were saved."),
    "password-changed": marked("Your password was changed. Other browsers were signed out."),
    "session-ended": marked("The session was ended."),
}
