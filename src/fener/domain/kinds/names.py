"""How targets are written as addresses."""


def hosted(host: str, port: int, usual: int | None = None) -> str:
    """Host and port; without the port where it is the usual one, IPv6 addresses in brackets."""
    name = f"[{host}]" if ":" in host else host
    return name if port == usual else f"{name}:{port}"
