"""Messages in English."""

TEXTS = {
    "subject.down": "Down: {name}",
    "subject.reminder": "Still down: {name} for {duration}",
    "subject.worsened": "Worse: {name}",
    "subject.flapping": "Flapping: {name}",
    "subject.recovered": "Recovered: {name} after {duration}",
    "subject.test": "Test: {channel}",
    "subject.blind": "Fener cannot watch",
    "subject.seeing": "Fener watches again after {duration}",
    "lead.down": "{name} is down.",
    "lead.reminder": "{name} has been down for {duration}.",
    "lead.worsened": "{name} has become worse.",
    "lead.flapping": (
        "{name} keeps going down and coming back. Fener will not tell each turn, but when it stays "
        "down, and when it is calm again."
    ),
    "lead.recovered": "{name} is up again. The outage ended after {duration}.",
    "lead.test": "This is a test. If you can read it, the channel “{channel}” works.",
    "lead.blind": (
        "Fener itself has a fault and does not see what it watches. An outage may go unnoticed."
    ),
    "lead.seeing": (
        "Fener sees again what it watches, after {duration}. What happened meanwhile is not known."
    ),
    "note.over": "It has recovered since: the outage ended after {duration}. This message is late.",
    "certificate.subject.down": "Certificate ends soon: {name}, on {end}",
    "certificate.subject.reminder": "Certificate still ends soon: {name}, on {end}",
    "certificate.subject.worsened": "Certificate about to end: {name}, on {end}",
    "certificate.subject.flapping": "Certificate keeps changing: {name}",
    "certificate.subject.recovered": "Certificate renewed: {name}",
    "certificate.lead.down": "The certificate of {name} ends on {end}.",
    "certificate.lead.reminder": "The certificate of {name} still ends on {end}.",
    "certificate.lead.worsened": "The certificate of {name} ends on {end}. That is very soon.",
    "certificate.lead.flapping": (
        "{name} presents now a certificate that ends soon and now another one. "
        "Fener will not tell each turn, but when it stays so, and when it is calm again."
    ),
    "certificate.lead.recovered": "{name} has a certificate that is valid for long enough.",
    "certificate.note.over": "A new certificate was presented since. This message is late.",
    "certificate.fact.began": "Seen since",
    "certificate.fact.ended": "Renewed",
    "ended.subject.down": "Certificate has ended: {name}",
    "ended.subject.reminder": "Certificate has ended: {name}, on {end}",
    "ended.subject.worsened": "Certificate has ended: {name}",
    "ended.lead.down": "The certificate of {name} ended on {end}.",
    "ended.lead.reminder": "The certificate of {name} ended on {end} and was not renewed.",
    "ended.lead.worsened": "The certificate of {name} ended on {end}.",
    "performance.subject.down": "Slow: {name}",
    "performance.subject.reminder": "Still slow: {name} for {duration}",
    "performance.subject.flapping": "Now slow, now fast: {name}",
    "performance.subject.recovered": "Fast again: {name} after {duration}",
    "performance.lead.down": "{name} is slow.",
    "performance.lead.reminder": "{name} has been slow for {duration}.",
    "performance.lead.flapping": (
        "{name} is now slow and now fast. Fener will not tell each turn, but when it stays slow, "
        "and when it is calm again."
    ),
    "performance.lead.recovered": "{name} is as fast as it should be. It was slow for {duration}.",
    "performance.note.over": "It is fast again: it was slow for {duration}. This message is late.",
    "performance.fact.began": "Slow since",
    "performance.fact.ended": "Fast since",
    "performance.fact.failed_checks": "Slow checks",
    "fact.target": "Address",
    "fact.reason": "Reason",
    "fact.detail": "Detail",
    "fact.began": "Down since",
    "fact.confirmed": "Confirmed",
    "fact.ended": "Up since",
    "fact.failed_checks": "Failed checks",
    "fact.customer": "Customer",
    "fact.blind_since": "Since",
    "fact.blind_until": "Until",
    "link": "Open the incident",
    "link.home": "Open Fener",
    "footer": "Fener sent this through the channel “{channel}”.",
    "second.one": "{count} second",
    "second.many": "{count} seconds",
    "minute.one": "{count} minute",
    "minute.many": "{count} minutes",
    "hour.one": "{count} hour",
    "hour.many": "{count} hours",
    "day.one": "{count} day",
    "day.many": "{count} days",
}
