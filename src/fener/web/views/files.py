"""Static files, by addresses that change with their content."""

from litestar import Response, get
from litestar.exceptions import NotFoundException

from fener.web.assets import assets
from fener.web.visit import PathText, WebRequest

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@get("/static/{digest:str}/{path:path}")
async def static_file(request: WebRequest, digest: PathText, path: PathText) -> Response[bytes]:
    """An old digest gets the present file, which is then not kept."""
    known = assets()
    asset = known.by_path.get(path.removeprefix("/"))
    if asset is None:
        raise NotFoundException
    is_present = digest == known.digest
    headers = {
        "cache-control": _FOR_EVER if is_present else _ASK_AGAIN,
        "vary": "accept-encoding",
    }
    body = asset.body
    if asset.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = asset.compressed, "gzip"
    return Response(body, media_type=asset.content_type, headers=headers)


HANDLERS = (static_file,)
