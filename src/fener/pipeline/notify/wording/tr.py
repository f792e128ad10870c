"""Messages in Turkish. A noun after a number takes no plural."""

# ruff: noqa: RUF001 - these letters and signs belong to the language

TEXTS = {
    "subject.down": "Kesinti: {name}",
    "subject.reminder": "Kesinti sürüyor: {name}, {duration}",
    "subject.worsened": "Kötüleşti: {name}",
    "subject.flapping": "Kararsız: {name}",
    "subject.recovered": "Düzeldi: {name}, {duration} sonra",
    "subject.test": "Deneme: {channel}",
    "subject.blind": "Fener izleyemiyor",
    "subject.seeing": "Fener {duration} sonra yeniden izliyor",
    "lead.down": "{name} çalışmıyor.",
    "lead.reminder": "{name} şu kadar süredir çalışmıyor: {duration}.",
    "lead.worsened": "{name} kötüleşti.",
    "lead.flapping": (
        "{name} sürekli kesiliyor ve geri geliyor. Fener her değişimi bildirmeyecek; kesinti "
        "sürerse ve durum yatışırsa bildirecek."
    ),
    "lead.recovered": "{name} yeniden çalışıyor. Kesinti {duration} sonra sona erdi.",
    "lead.test": "Bu bir denemedir. Okuyabiliyorsanız “{channel}” kanalı çalışıyor.",
    "lead.blind": (
        "Fener kendi arızası yüzünden izlediklerini göremiyor. Bir kesinti fark edilmeyebilir."
    ),
    "lead.seeing": (
        "Fener izlediklerini {duration} sonra yeniden görüyor. Bu arada ne olduğu bilinmiyor."
    ),
    "note.over": "Bu arada düzeldi: kesinti {duration} sonra sona erdi. Bu ileti geç gönderildi.",
    "certificate.subject.down": "Sertifikanın süresi doluyor: {name}, {end}",
    "certificate.subject.reminder": "Sertifika hâlâ yenilenmedi: {name}, {end}",
    "certificate.subject.worsened": "Sertifikanın süresi çok yakında doluyor: {name}, {end}",
    "certificate.subject.flapping": "Sertifika değişip duruyor: {name}",
    "certificate.subject.recovered": "Sertifika yenilendi: {name}",
    "certificate.lead.down": "{name} sertifikasının süresi {end} tarihinde doluyor.",
    "certificate.lead.reminder": (
        "{name} sertifikası hâlâ yenilenmedi; süresi {end} tarihinde doluyor."
    ),
    "certificate.lead.worsened": (
        "{name} sertifikasının süresi çok yakında, {end} tarihinde doluyor."
    ),
    "certificate.lead.flapping": (
        "{name} kimi zaman süresi dolmak üzere olan bir sertifika, kimi zaman başkasını sunuyor. "
        "Fener her değişimi bildirmeyecek; böyle kalırsa ve durum yatışırsa bildirecek."
    ),
    "certificate.lead.recovered": "{name} artık yeterince uzun geçerli bir sertifikaya sahip.",
    "certificate.note.over": "Bu arada yeni bir sertifika geldi. Bu ileti geç gönderildi.",
    "certificate.fact.began": "İlk görülme",
    "certificate.fact.ended": "Yenilendi",
    "ended.subject.down": "Sertifikanın süresi doldu: {name}",
    "ended.subject.reminder": "Sertifikanın süresi doldu: {name}, {end}",
    "ended.subject.worsened": "Sertifikanın süresi doldu: {name}",
    "ended.lead.down": "{name} sertifikasının süresi {end} tarihinde doldu.",
    "ended.lead.reminder": ("{name} sertifikasının süresi {end} tarihinde doldu ve yenilenmedi."),
    "ended.lead.worsened": "{name} sertifikasının süresi {end} tarihinde doldu.",
    "performance.subject.down": "Yavaş: {name}",
    "performance.subject.reminder": "Hâlâ yavaş: {name}, {duration}",
    "performance.subject.flapping": "Bir yavaş, bir hızlı: {name}",
    "performance.subject.recovered": "Yeniden hızlı: {name}, {duration} sonra",
    "performance.lead.down": "{name} yavaş yanıt veriyor.",
    "performance.lead.reminder": "{name} şu kadar süredir yavaş: {duration}.",
    "performance.lead.flapping": (
        "{name} bir yavaş, bir hızlı yanıt veriyor. Fener her değişimi bildirmeyecek; yavaş "
        "kalırsa ve durum yatışırsa bildirecek."
    ),
    "performance.lead.recovered": (
        "{name} yeniden gerektiği kadar hızlı. Yavaşlık {duration} sonra sona erdi."
    ),
    "performance.note.over": (
        "Bu arada hızlandı: yavaşlık {duration} sonra sona erdi. Bu ileti geç gönderildi."
    ),
    "performance.fact.began": "Yavaşlık başlangıcı",
    "performance.fact.ended": "Yeniden hızlı",
    "performance.fact.failed_checks": "Yavaş denetimler",
    "content.subject.down": "Kayıtlar değişti: {name}",
    "content.lead.down": "{name} kayıtları eskisinden farklı.",
    "content.note.over": "O zamandan beri başka bir değişiklik olmuş olabilir. Bu ileti gecikti.",
    "content.fact.began": "İlk görülme",
    "content.fact.ended": "Kapanış",
    "fact.target": "Adres",
    "fact.reason": "Neden",
    "fact.detail": "Ayrıntı",
    "fact.began": "Kesinti başlangıcı",
    "fact.confirmed": "Doğrulandı",
    "fact.ended": "Yeniden çalışıyor",
    "fact.failed_checks": "Başarısız denetimler",
    "fact.customer": "Müşteri",
    "fact.blind_since": "Başlangıç",
    "fact.blind_until": "Bitiş",
    "link": "Olayı aç",
    "link.home": "Fener’i aç",
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
