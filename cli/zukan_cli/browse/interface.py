"""The language of a page: the switch, else the cookie it left, else what the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zukan_cli.i18n import LANGUAGES

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

COOKIE = "zukan-ui"


def language_of(switched: str | None, cookie: str | None, accepted: str | None) -> str:
    """Return `en` or `ja`.

    Args:
        switched: The argument `ui` of the address.
        cookie: What an earlier switch left.
        accepted: The header Accept-Language.

    """
    for chosen in (switched, cookie):
        if chosen in LANGUAGES:
            return str(chosen)
    return _preferred(accepted or "")


def language_of_request(request: Request) -> str:
    """Return the language in which a request is answered."""
    return language_of(request.args.get("ui"), request.cookies.get(COOKIE), request.headers.get("accept-language"))


def _preferred(accepted: str) -> str:
    best, weight = "en", 0.0
    for part in accepted[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name not in LANGUAGES:
            continue
        try:
            asked = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            asked = 0.0
        if asked > weight:
            best, weight = name, asked
    return best
