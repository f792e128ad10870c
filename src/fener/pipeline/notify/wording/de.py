"""Messages in German. Lengths of time stand in the dative: each follows `nach` or `seit`."""

TEXTS = {
    "subject.down": "Ausfall: {name}",
    "subject.reminder": "Weiterhin ausgefallen: {name} seit {duration}",
    "subject.worsened": "Schlimmer geworden: {name}",
    "subject.flapping": "Instabil: {name}",
    "subject.recovered": "Behoben: {name} nach {duration}",
    "subject.test": "Test: {channel}",
    "subject.blind": "Fener kann nicht überwachen",
    "subject.seeing": "Fener überwacht wieder, nach {duration}",
    "lead.down": "{name} ist ausgefallen.",
    "lead.reminder": "{name} ist seit {duration} ausgefallen.",
    "lead.worsened": "Bei {name} ist es schlimmer geworden.",
    "lead.flapping": (
        "{name} fällt immer wieder aus und kommt zurück. Fener meldet nicht jeden Wechsel, aber "
        "einen Ausfall, der andauert, und wenn wieder Ruhe ist."
    ),
    "lead.recovered": "{name} ist wieder da. Der Ausfall endete nach {duration}.",
    "lead.test": "Dies ist ein Test. Wenn Sie ihn lesen, funktioniert der Kanal „{channel}“.",
    "lead.blind": (
        "Fener hat selbst eine Störung und sieht nicht, was es überwacht. "
        "Ein Ausfall kann unbemerkt bleiben."
    ),
    "lead.seeing": (
        "Fener sieht wieder, was es überwacht, nach {duration}. "
        "Was inzwischen geschah, ist nicht bekannt."
    ),
    "note.over": (
        "Inzwischen ist alles wieder gut: Der Ausfall endete nach {duration}. "
        "Diese Nachricht kommt verspätet."
    ),
    "certificate.subject.down": "Zertifikat läuft bald ab: {name}, am {end}",
    "certificate.subject.reminder": "Zertifikat läuft weiterhin bald ab: {name}, am {end}",
    "certificate.subject.worsened": "Zertifikat läuft sehr bald ab: {name}, am {end}",
    "certificate.subject.flapping": "Wechselnde Zertifikate: {name}",
    "certificate.subject.recovered": "Zertifikat erneuert: {name}",
    "certificate.lead.down": "Das Zertifikat von {name} läuft am {end} ab.",
    "certificate.lead.reminder": "Das Zertifikat von {name} läuft weiterhin am {end} ab.",
    "certificate.lead.worsened": "Das Zertifikat von {name} läuft am {end} ab, also sehr bald.",
    "certificate.lead.flapping": (
        "{name} zeigt mal ein Zertifikat, das bald abläuft, und mal ein anderes. Fener meldet "
        "nicht jeden Wechsel, aber wenn es so bleibt, und wenn wieder Ruhe ist."
    ),
    "certificate.lead.recovered": "{name} hat ein Zertifikat, das lange genug gilt.",
    "certificate.note.over": (
        "Inzwischen gibt es ein neues Zertifikat. Diese Nachricht kommt verspätet."
    ),
    "certificate.fact.began": "Gesehen seit",
    "certificate.fact.ended": "Erneuert",
    "ended.subject.down": "Zertifikat abgelaufen: {name}",
    "ended.subject.reminder": "Zertifikat abgelaufen: {name}, am {end}",
    "ended.subject.worsened": "Zertifikat abgelaufen: {name}",
    "ended.lead.down": "Das Zertifikat von {name} ist am {end} abgelaufen.",
    "ended.lead.reminder": (
        "Das Zertifikat von {name} ist am {end} abgelaufen und wurde nicht erneuert."
    ),
    "ended.lead.worsened": "Das Zertifikat von {name} ist am {end} abgelaufen.",
    "performance.subject.down": "Langsam: {name}",
    "performance.subject.reminder": "Weiterhin langsam: {name} seit {duration}",
    "performance.subject.flapping": "Mal langsam, mal schnell: {name}",
    "performance.subject.recovered": "Wieder schnell: {name} nach {duration}",
    "performance.lead.down": "{name} antwortet langsam.",
    "performance.lead.reminder": "{name} antwortet seit {duration} langsam.",
    "performance.lead.flapping": (
        "{name} antwortet mal langsam und mal schnell. Fener meldet nicht jeden Wechsel, aber "
        "wenn es langsam bleibt, und wenn wieder Ruhe ist."
    ),
    "performance.lead.recovered": (
        "{name} ist wieder so schnell, wie es sein soll. Vorbei war es nach {duration}."
    ),
    "performance.note.over": (
        "Inzwischen ist es wieder schnell: Vorbei war es nach {duration}. "
        "Diese Nachricht kommt verspätet."
    ),
    "performance.fact.began": "Langsam seit",
    "performance.fact.ended": "Schnell seit",
    "performance.fact.failed_checks": "Langsame Prüfungen",
    "content.subject.down": "Einträge geändert: {name}",
    "content.lead.down": "Die Einträge von {name} sind anders als zuvor.",
    "content.note.over": (
        "Inzwischen kann sich wieder etwas geändert haben. Diese Nachricht kommt verspätet."
    ),
    "content.fact.began": "Gesehen seit",
    "content.fact.ended": "Abgeschlossen",
    "fact.target": "Adresse",
    "fact.reason": "Grund",
    "fact.detail": "Einzelheit",
    "fact.began": "Ausgefallen seit",
    "fact.confirmed": "Bestätigt",
    "fact.ended": "Wieder da seit",
    "fact.failed_checks": "Fehlgeschlagene Prüfungen",
    "fact.customer": "Kunde",
    "fact.blind_since": "Seit",
    "fact.blind_until": "Bis",
    "link": "Vorfall öffnen",
    "link.home": "Fener öffnen",
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
