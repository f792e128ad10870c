"""What makes the pages an installable app: manifest, service worker, offline page."""

from typing import Any

import msgspec
from litestar import Response, get

from fener.web.assets import assets
from fener.web.languages import marked
from fener.web.rendering import render
from fener.web.visit import Visited

_DESCRIPTION = marked("Watches everything, and tells the truth about it.")
_SHORTCUTS = (
    (marked("Incidents"), "/incidents"),
    (marked("Heartbeats"), "/heartbeats"),
)
_KEPT = ("css/", "js/", "icons/", "vendor/")
_NOT_KEPT = (".txt", "icon-512.png", "maskable-512.png")


@get("/manifest.webmanifest")
async def manifest(visit: Visited) -> Response[bytes]:
    address = assets().address
    described = {
        "id": "/",
        "name": "Fener",
        "short_name": "Fener",
        "description": visit.words(_DESCRIPTION),
        "lang": visit.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#12223f",
        "theme_color": "#12223f",
        "icons": [
            _icon(address("icons/icon-192.png"), 192, "any"),
            _icon(address("icons/icon-512.png"), 512, "any"),
            _icon(address("icons/maskable-512.png"), 512, "maskable"),
        ],
        "shortcuts": [{"name": visit.words(name), "url": url} for name, url in _SHORTCUTS],
    }
    return Response(
        msgspec.json.encode(described),
        media_type="application/manifest+json",
        headers={"cache-control": "no-cache", "vary": "cookie, accept-language"},
    )


def _icon(address: str, size: int, purpose: str) -> dict[str, Any]:
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@get("/service-worker.js")
async def service_worker() -> Response[bytes]:
    known = assets()
    files = [
        known.address(path)
        for path in known.by_path
        if path.startswith(_KEPT) and not path.endswith(_NOT_KEPT)
    ]
    script = render("en", "service-worker.js", digest=known.digest, files=files)
    return Response(
        script.encode(),
        media_type="text/javascript",
        headers={"cache-control": "no-cache"},
    )


@get("/offline")
async def offline(visit: Visited) -> Response[Any]:
    """Kept by the service worker for pages that it has not kept."""
    return visit.page("offline.html")


HANDLERS = (manifest, service_worker, offline)
