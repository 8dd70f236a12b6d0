"""Our part of Datasette: routes, headers and a way back, for the instances that `server.py` made."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Request, Response
from markupsafe import Markup
from pluggy import HookimplMarker

from zukan_cli.browse import faults, interface, security
from zukan_cli.browse.compare_page import compare_page
from zukan_cli.browse.home_page import home_page
from zukan_cli.browse.model_page import model_page
from zukan_cli.browse.recommend_page import recommend_page
from zukan_cli.browse.rendering import model_address
from zukan_cli.browse.search_page import search_page
from zukan_cli.browse.site import MakePage, Site
from zukan_cli.browse.trial_page import start_trial, stop_trial, trial_page
from zukan_cli.browse.try_box import is_too_long
from zukan_cli.browse.visit import Visit
from zukan_cli.i18n import LANGUAGES, speaking
from zukan_cli.i18n import translate as _
from zukan_cli.output import clean

if TYPE_CHECKING:
    from datasette.app import Datasette

hookimpl = HookimplMarker("datasette")
_SITES: WeakKeyDictionary[Datasette, Site] = WeakKeyDictionary()
_LONGEST_FORM = 700_000
"""Bytes: what the fields of the form may hold (`try_box.MOST`), where each character may take nine."""
_MOST_FIELDS = 100
_WARMED_TASKS = 6
_WARMED_SEARCHES = ("bert", "日本語 分類", "lang:ja params:<1B bart")
_WARMED_QUESTIONS = (
    "a small German model of at most 1B parameters since 2024 for reviews on 16 GB, free to use commercially, not BERT",
    "2024年以降の軽い日本語モデルで口コミを分類、商用利用可、メモリ16GB、BERT以外",
)
"""They say something of each kind, in words, so that all that reads questions is loaded."""
_OWNER = "owner"
_TRIED = "trial"
"""What the names of all tables of what was tried hold. SQL cannot spell a name without its letters."""
_HIDDEN = (_TRIED, "dbstat", "sqlite_stmt")
_MODEL_ID = "model_id"
"""The column of the views that names a model."""
_FILES = "/-/zukan/"
_OPEN = ("/-/begin", _FILES, "/-/static/")
"""Of what Datasette tells of itself (settings, paths, threads) nobody needs anything here."""

PAGES: Mapping[str, MakePage] = {
    r"/$": home_page,
    r"/search$": search_page,
    r"/model/(?P<author>[^/]{1,400})/(?P<name>[^/]{1,400})$": model_page,
    r"/model/(?P<name>[^/]{1,400})$": model_page,
    r"/recommend$": recommend_page,
    r"/compare$": compare_page,
}

App = Callable[..., Awaitable[None]]


def attach(datasette: Datasette, site: Site) -> None:
    """Give an instance its field guide."""
    _SITES[datasette] = site


def warm(site: Site) -> None:
    """Make the pages that read the most, before anybody asks."""

    def visit(path: str, **arguments: str) -> Visit:
        given = {name: (value,) for name, value in arguments.items()}
        return Visit(path, given, {}, "en", site.catalogue, site.trials, None)

    guide = site.catalogue.guide()
    known = ",".join(lesson.examples[0] for lesson in guide.lessons if lesson.examples)
    site.warm(
        [
            (home_page, visit("/")),
            *((search_page, visit("/search", q=words)) for words in _WARMED_SEARCHES),
            (compare_page, visit("/compare", models=known)),
            *((recommend_page, visit("/recommend", q=task.task_id)) for task, _number in guide.tasks[:_WARMED_TASKS]),
            *((recommend_page, visit("/recommend", q=question)) for question in _WARMED_QUESTIONS),
        ]
    )


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Return our pages, for our own instances alone."""
    site = _SITES.get(datasette)
    if site is None:
        return []
    return [
        *((pattern, _view(site, make)) for pattern, make in PAGES.items()),
        (r"/-/begin$", _begin(site)),
        (r"/trial$", _trials(site)),
        (r"/trial/(?P<trial>[\w-]{1,40})$", _trial(site)),
        (r"/trial/(?P<trial>[\w-]{1,40})/stop$", _stop(site)),
    ]


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """Return the way back from Datasette's pages."""
    return [{"href": datasette.urls.path("/"), "label": "zukan"}] if datasette in _SITES else []


@hookimpl
def render_cell(value: Any, column: str, datasette: Datasette) -> str | None:
    """Return the text of a cell whose characters would act on the page, with these made visible; ids lead to models."""
    if datasette not in _SITES or not isinstance(value, str):
        return None
    shown = clean(value, one_line=False)
    if column == _MODEL_ID and value:
        return Markup('<a href="{}"><bdi>{}</bdi></a>').format(model_address(value), shown)
    return None if shown == value else shown


@hookimpl
def skip_csrf(datasette: Datasette, scope: Mapping[str, Any]) -> bool:
    """Leave the forms that start and stop a trial to our own, stricter checks."""
    return datasette in _SITES and re.fullmatch(r"/trial(?:/[\w-]{1,40}/stop)?", str(scope.get("path"))) is not None


@hookimpl
def actor_from_request(datasette: Datasette, request: Request) -> dict[str, str] | None:
    """Tell Datasette who opened the printed address."""
    site = _SITES.get(datasette)
    return {"id": _OWNER} if site is not None and site.may_try(request) else None


@hookimpl
def permission_allowed(datasette: Datasette, actor: Any, action: str, resource: Any) -> bool | None:
    """Keep what was tried for who opened the printed address."""
    if datasette not in _SITES or (actor or {}).get("id") == _OWNER:
        return None
    return False if action == "view-table" and _TRIED in resource[-1].lower() else None


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Iterator[None]:
    """Answer what came to nothing in the place of Datasette, whose own answer is not even begun then."""
    outcome: Any = yield
    if (site := _SITES.get(datasette)) is not None:
        outcome.force_result([faults.answer(site, request, exception)])


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Return what stands before every answer, Datasette's own ones too."""
    site = _SITES.get(datasette)

    def wrap(app: App) -> App:
        return app if site is None else _guarded(site, app)

    return wrap


def _guarded(site: Site, app: App) -> App:
    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]
        if refused := _refused_at_the_door(site, Request(scope, receive), hosts):
            await refused.asgi_send(send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = _with_ours(message.get("headers") or ())
                if scope["path"].startswith(_FILES) and message["status"] == 200:
                    headers.append((b"cache-control", _kept(scope["query_string"])))
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_with_headers)

    return guarded


def _kept(query: bytes) -> bytes:
    """Return how long a browser may keep a file of ours: with its version in the address it never changes."""
    return b"public, max-age=31536000, immutable" if query.startswith(b"v=") else b"no-cache"


def _refused_at_the_door(site: Site, request: Request, hosts: list[str]) -> Response | None:
    with speaking(interface.language_of_request(request)):
        if len(hosts) != 1 or not security.is_loopback(hosts[0]):
            return _refusal(_("only this machine is answered: open the address that zukan browse printed"))
        if request.path.startswith("/-/") and not request.path.startswith(_OPEN):
            return _refusal(_("there is no such page"), 404)
        sql = (text.lower() for name in ("sql", "_where") for text in request.args.getlist(name))
        if any(name in text for text in sql for name in _HIDDEN) and not site.may_try(request):
            return _refusal(_("open the address that zukan browse printed: it is the key to trials"))
    return None


def _with_ours(headers: Any) -> list[tuple[bytes, bytes]]:
    kept = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    names = {name for name, _value in kept}
    added = dict(security.COMMON_HEADERS)
    if b"content-security-policy" not in names:
        added["content-security-policy"] = security.datasette_policy()
    kept = [(name, value) for name, value in kept if name.decode("latin-1") not in added]
    return [*kept, *((name.encode(), value.encode()) for name, value in added.items())]


def _refusal(text: str, status: int = 403) -> Response:
    headers = {"content-security-policy": security.PAGE_POLICY}
    return Response(f"{text}\n", status=status, headers=headers, content_type="text/plain; charset=utf-8")


def _view(site: Site, make: MakePage) -> Callable[..., Any]:
    async def view(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _refusal(_("this page is only read"), 405)
        return await site.answer(make, site.visit(request), request)

    return _in_its_language(view)


def _in_its_language(view: Callable[[Request], Awaitable[Response]]) -> Callable[..., Any]:
    async def speaking_view(request: Request) -> Response:
        with speaking(interface.language_of_request(request)):
            return await view(request)

    return speaking_view


def _begin(site: Site) -> Callable[..., Any]:
    async def view(request: Request) -> Response:
        if request.method != "GET":
            return _refusal(_("this page is only read"), 405)
        if not site.session.opens(request.args.get("ticket")):
            return _refusal(
                _("this address was opened already, or belongs to an earlier session: open the one that is printed now")
            )
        asked = request.args.get("ui")
        location = f"/?ui={asked}" if asked in LANGUAGES else "/"
        headers = {"location": location, "content-security-policy": security.PAGE_POLICY}
        response = Response("", status=303, headers=headers)
        response.set_cookie(site.cookie, site.session.cookie, httponly=True, samesite="strict")
        return response

    return _in_its_language(view)


async def _form_of(site: Site, request: Request) -> dict[str, list[str]] | Response:
    """Return the form that starts or stops a trial, or why it is refused."""
    if request.method != "POST":
        return _refusal(_("a trial is started by the form of a model's page"), 405)
    if why := _why_not(site, request):
        return _refusal(why)
    length = request.headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,6}", length) or int(length) > _LONGEST_FORM:
        return _refusal(_("this input is too long"), 413)
    body = (await request.post_body()).decode("utf-8", "replace")
    try:
        form = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return _refusal(_("a trial is started by the form of a model's page"), 400)
    if not site.session.is_token(next(iter(form.get("token", ())), None)):
        return _refusal(_("the page that asks is of an earlier session: load it again"))
    return form


def _trials(site: Site) -> Callable[..., Any]:
    async def view(request: Request) -> Response:
        form = await _form_of(site, request)
        if isinstance(form, Response):
            return form
        if is_too_long(form):
            return _refusal(_("this input is too long"), 413)
        return await site.answer(start_trial, site.visit(request, form), request)

    return _in_its_language(view)


def _stop(site: Site) -> Callable[..., Any]:
    async def view(request: Request) -> Response:
        form = await _form_of(site, request)
        return form if isinstance(form, Response) else await site.answer(stop_trial, site.visit(request, form), request)

    return _in_its_language(view)


def _why_not(site: Site, request: Request) -> str | None:
    """Return why a trial may not be started, before anything of the form is read; None where it may."""
    if security.is_forwarded(request.headers):
        return _("trials are started at the machine itself, not through a proxy")
    if not security.comes_from_here(request.scheme, request.headers):
        return _("a trial can be started from this server's own pages only")
    if not site.may_try(request):
        return _("open the address that zukan browse printed: it is the key to trials")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return _("a trial is started by the form of a model's page")
    return None


def _trial(site: Site) -> Callable[..., Any]:
    async def view(request: Request) -> Response:
        # What was tried is for who may try.
        if not site.may_try(request):
            return _refusal(_("open the address that zukan browse printed: it is the key to trials"))
        return await site.answer(trial_page, site.visit(request), request)

    return _in_its_language(view)
