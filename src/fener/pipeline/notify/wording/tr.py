"""Messages in Turkish. A noun after a number takes no plural."""

# ruff: noqa: RUF001 - these letters and signs belong to the language

TEXTS = {
    "subject.down": "Kesinti: {name}",
    "subject.reminder": "Kesinti sürüyor: {name}, {duration}",
    "subject.recovered": "Düzeldi: {name}, {duration} sonra",
    "subject.test": "Deneme: {channel}",
    "lead.down": "{name} çalışmıyor.",
    "lead.reminder": "{name} şu kadar süredir çalışmıyor: {duration}.",
    "lead.recovered": "{name} yeniden çalışıyor. Kesinti {duration} sonra sona erdi.",
    "lead.test": "Bu bir denemedir. Okuyabiliyorsanız “{channel}” kanalı çalışıyor.",
    "note.over": "Bu arada düzeldi: kesinti {duration} sonra sona erdi. Bu ileti geç gönderildi.",
    "fact.target": "Adres",
    "fact.reason": "Neden",
    "fact.detail": "Ayrıntı",
    "fact.began": "Kesinti başlangıcı",
    "fact.confirmed": "Doğrulandı",
    "fact.ended": "Yeniden çalışıyor",
    "fact.failed_checks": "Başarısız denetimler",
    "fact.customer": "Müşteri",
    "link": "Olayı aç",
    "footer": "Fener bunu “{channel}” kanalıyla gönderdi.",
    "second.one": "{count} saniye",
    "second.many": "{count} saniye",
    "minute.one": "{count} dakika",
    "minute.many": "{count} dakika",
    "hour.one": "{count} saat",
    "hour.many": "{count} saat",
    "day.one": "{count} gün",
    "day.many": "{count} gün",
}
