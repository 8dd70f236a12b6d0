"""What no page of ours answers, or Datasette cannot: said in a sentence, and never a traceback.

Datasette prints an error to stdout with all that was in memory, and fails at that where no error was raised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

from zukan_cli.browse.site import MakePage, Site
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.diagnostics import note
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from collections.abc import Mapping


_TABLES = "/catalogue"
"""Where Datasette shows the tables, and runs what was typed."""


async def answer(site: Site, request: Request, error: Exception) -> Response:
    """Return what is answered where a request came to nothing: a page, or an object to who asked for JSON."""
    status, message = _told(error)
    if status >= 500 and request.method not in ("GET", "HEAD"):
        # The tables are only read; Datasette fails at a form that it does not expect.
        status, message = 405, "Method not allowed"
    if status >= 500:
        # Whoever runs the server sees what happened; who asks is told only that it did.
        note(f"zukan: {request.method} {request.path}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
        message = "server error"
    if request.path.endswith(".json"):
        more: Mapping[str, Any] = getattr(error, "error_dict", None) or {}
        return Response.json({**more, "ok": False, "error": message, "status": status, "title": None}, status=status)
    # The path goes into links of the page: one slash at its start, or it would name another server.
    path = quote("/" + re.sub(r"^[/\\]+", "", request.path), errors="replace")
    statement = request.args.get("sql") if request.path.startswith(_TABLES) else None
    return await site.answer(_page(status, message, statement), site.visit(request, path=path), request)


def _told(error: Exception) -> tuple[int, str]:
    """Return the status of an error and what Datasette says of it, without markup."""
    if isinstance(error, DatasetteError):
        # With markup it says one thing only: that a query took too long. Its own 500 is of what was asked, such as an
        # order by a column that there is not.
        status = 400 if error.status == 500 else error.status
        return status, "" if error.message_is_html else str(error.message)
    if isinstance(error, Base400):
        return error.status, str(error.args[0]) if error.args else ""
    return 500, ""


def _page(status: int, message: str, statement: str | None) -> MakePage:
    def make(_visit: Visit) -> Page:
        facts: dict[str, Any] = {"sentence": _sentence(status, message), "suggestions": (), "statement": statement}
        if status == 404:
            facts["heading"] = _("There is no such page")
        return Page("error.html", facts, status=status)

    return make


def _sentence(status: int, message: str) -> str:
    if status == 404:
        return _("Nothing here has this address. Search above, or begin at the first page.")
    if status == 403:
        return _("This is not for everybody who can open this page.")
    if status == 405:
        return _("This address is not asked in this way.")
    if status >= 500:
        return _("The server failed at this; what happened stands where zukan browse runs.")
    if message:
        return _("The tables cannot answer this: {detail}").format(detail=message)
    return _("The tables cannot answer this in the time that they have; ask for less, with WHERE or LIMIT.")
