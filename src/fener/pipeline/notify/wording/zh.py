"""Messages in Chinese, in simplified characters."""

# ruff: noqa: RUF001 - these letters and signs belong to the language

TEXTS = {
    "subject.down": "故障：{name}",
    "subject.reminder": "仍未恢复：{name}，已持续 {duration}",
    "subject.recovered": "已恢复：{name}，历时 {duration}",
    "subject.test": "测试：{channel}",
    "lead.down": "{name} 出现故障。",
    "lead.reminder": "{name} 的故障已持续 {duration}。",
    "lead.recovered": "{name} 已恢复正常，故障历时 {duration}。",
    "lead.test": "这是一条测试消息。如果您能看到它，说明通道“{channel}”工作正常。",
    "note.over": "目前已恢复正常：故障历时 {duration}。本消息发送有延迟。",
    "fact.target": "地址",
    "fact.reason": "原因",
    "fact.detail": "详情",
    "fact.began": "故障开始",
    "fact.confirmed": "确认时间",
    "fact.ended": "恢复时间",
    "fact.failed_checks": "失败的检查",
    "fact.customer": "客户",
    "link": "查看事件",
    "footer": "本消息由 Fener 通过通道“{channel}”发送。",
    "second.one": "{count} 秒",
    "second.many": "{count} 秒",
    "minute.one": "{count} 分钟",
    "minute.many": "{count} 分钟",
    "hour.one": "{count} 小时",
    "hour.many": "{count} 小时",
    "day.one": "{count} 天",
    "day.many": "{count} 天",
}
