"""Messages in German. Lengths of time stand in the dative: each follows `nach` or `seit`."""

TEXTS = {
    "subject.down": "Ausfall: {name}",
    "subject.reminder": "Weiterhin ausgefallen: {name} seit {duration}",
    "subject.recovered": "Behoben: {name} nach {duration}",
    "subject.test": "Test: {channel}",
    "lead.down": "{name} ist ausgefallen.",
    "lead.reminder": "{name} ist seit {duration} ausgefallen.",
    "lead.recovered": "{name} ist wieder da. Der Ausfall endete nach {duration}.",
    "lead.test": "Dies ist ein Test. Wenn Sie ihn lesen, funktioniert der Kanal „{channel}“.",
    "note.over": (
        "Inzwischen ist alles wieder gut: Der Ausfall endete nach {duration}. "
        "Diese Nachricht kommt verspätet."
    ),
    "fact.target": "Adresse",
    "fact.reason": "Grund",
    "fact.detail": "Einzelheit",
    "fact.began": "Ausgefallen seit",
    "fact.confirmed": "Bestätigt",
    "fact.ended": "Wieder da seit",
    "fact.failed_checks": "Fehlgeschlagene Prüfungen",
    "fact.customer": "Kunde",
    "link": "Vorfall öffnen",
    "footer": "Fener hat dies über den Kanal „{channel}“ gesendet.",
    "second.one": "{count} Sekunde",
    "second.many": "{count} Sekunden",
    "minute.one": "{count} Minute",
    "minute.many": "{count} Minuten",
    "hour.one": "{count} Stunde",
    "hour.many": "{count} Stunden",
    "day.one": "{count} Tag",
    "day.many": "{count} Tagen",
}
