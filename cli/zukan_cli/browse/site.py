"""One running field guide: the catalogue, the secrets and trials of this session, and the threads that make pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

from zukan.catalogue import Catalogue
from zukan.errors import HubError, QuestionError, UnknownModel, ZukanError
from zukan_cli.browse import interface, security
from zukan_cli.browse.rendering import render
from zukan_cli.browse.trial_jobs import TrialJobs
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.i18n import speaking
from zukan_cli.sentences import explain

if TYPE_CHECKING:
    from datasette.utils.asgi import Request, Response

_THREADS = 2
"""Each keeps a connection and what it has read; more would only take turns."""
_YEAR_SECONDS = 365 * 86_400

MakePage = Callable[[Visit], Page]


class Site:
    """What the pages of one server share."""

    def __init__(self, path: Path) -> None:
        """Take a catalogue that exists.

        Args:
            path: The catalogue's file.

        """
        self.catalogue = Catalogue(path)
        self.session = security.Session()
        self.trials = TrialJobs(
            lambda request, on_event, on_poll: self.catalogue.try_model(request, on_event=on_event, on_poll=on_poll)
        )
        self.cookie = "zukan-session"
        """Its name; a server names it after its port, which cookies know nothing of."""
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix="page") for _number in range(_THREADS)]
        # The lowest number first: that thread has read most of what is asked for.
        self._free: asyncio.PriorityQueue[int] = asyncio.PriorityQueue()
        for number in range(_THREADS):
            self._free.put_nowait(number)

    def may_try(self, request: Request) -> bool:
        """Tell whether who asks may try, and see what was tried: has opened the printed address, on this machine."""
        if security.is_forwarded(request.headers):
            return False
        return self.session.is_cookie(request.cookies.get(self.cookie))

    def visit(
        self, request: Request, arguments: Mapping[str, Sequence[str]] | None = None, *, path: str | None = None
    ) -> Visit:
        """Return a request as our pages see it.

        Args:
            request: What Datasette has read of it.
            arguments: Of a form that was posted; None = those of the address.
            path: Another path for the links of the page.

        """
        given = arguments if arguments is not None else _arguments(request)
        return Visit(
            path=path or str(request.scope.get("route_path") or request.path),
            arguments={name: values for name, values in given.items() if name not in ("ui", "token")},
            parts=request.url_vars,
            language=interface.language_of_request(request),
            catalogue=self.catalogue,
            trials=self.trials,
            token=self.session.token if self.may_try(request) else None,
        )

    async def answer(self, make: MakePage, visit: Visit, request: Request) -> Response:
        """Return a page as a response; it is made in a thread of its own."""
        from datasette.utils.asgi import Response  # noqa: PLC0415 (an extra)

        page, body = await self._in_a_thread(make, visit)
        headers = {
            "content-security-policy": security.PAGE_POLICY,
            "cache-control": "private, no-cache",
            "vary": "Cookie, Accept-Language",
            **page.headers,
        }
        response = Response(body, status=page.status, headers=headers, content_type="text/html; charset=utf-8")
        # Whoever follows a link that somebody else sent chose no language; only the switch of our own pages does.
        is_own = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if is_own and request.args.get("ui") == visit.language:
            response.set_cookie(interface.COOKIE, visit.language, max_age=_YEAR_SECONDS, samesite="lax")
        return response

    async def _in_a_thread(self, make: MakePage, visit: Visit) -> tuple[Page, str]:
        """Make a page in the first thread that is free."""
        number, loop = await self._free.get(), asyncio.get_running_loop()

        def is_free(_page: object) -> None:
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(self._free.put_nowait, number)

        # Whoever stops waiting does not stop the thread.
        work = self._threads[number].submit(_made, make, visit)
        work.add_done_callback(is_free)
        return await asyncio.wrap_future(work)

    def warm(self, pages: Sequence[tuple[MakePage, Visit]]) -> None:
        """Make some pages in every thread, so that the first visitor does not wait for what is read only once."""
        together = Barrier(_THREADS)

        def make_all() -> None:
            together.wait()
            for make, visit in pages:
                _made(make, visit)

        for thread in self._threads:
            thread.submit(make_all)

    def close(self) -> None:
        """End the threads."""
        for thread in self._threads:
            thread.shutdown(wait=True, cancel_futures=True)


def _arguments(request: Request) -> Mapping[str, Sequence[str]]:
    names = request.args
    return {name: names.getlist(name) for name in names}


def _made(make: MakePage, visit: Visit) -> tuple[Page, str]:
    """Return a page and its HTML; an error becomes a page that says it in one sentence."""
    try:
        with speaking(visit.language):
            page = make(visit)
        return page, render(page, visit)
    except Exception as error:  # noqa: BLE001 (a traceback reaching a user is a bug)
        page = _error_page(error, visit)
        return page, render(page, visit)


def _error_page(error: Exception, visit: Visit) -> Page:
    with speaking(visit.language):
        sentence, _code = explain(error)
    facts: dict[str, Any] = {"sentence": sentence, "suggestions": getattr(error, "suggestions", ())}
    if not isinstance(error, UnknownModel):
        facts["suggestions"] = ()
    return Page("error.html", facts, status=_status(error))


def _status(error: Exception) -> int:
    if isinstance(error, UnknownModel):
        return 404
    if isinstance(error, QuestionError):
        return 400
    if isinstance(error, HubError):
        return 502
    return 503 if isinstance(error, ZukanError) else 500
