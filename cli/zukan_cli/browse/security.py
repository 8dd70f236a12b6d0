"""Who may ask what of the browse server: only this machine, and for trials only its own pages with a session's keys.

Three walls stand before a trial, which starts a program: the cookie that only who opened the printed address has, a
token that only a page of this origin can read, and what the browser itself says about where a request comes from. What
was tried is for who has the cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For our own pages: files of this server and nothing else, no script or style within a page."""

COMMON_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # No address of a search leaves; within this server the browser must say where a form comes from.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@cache
def datasette_policy() -> str:
    """Return the policy of Datasette's own pages: its inline scripts by their hashes, and the styles it writes inline.

    The scripts are those of its templates; one that holds more than a yes or no is not among them.
    """
    hashes: set[str] = set()
    for template in sorted((files("datasette") / "templates").iterdir(), key=lambda found: found.name):
        if not template.name.endswith(".html"):
            continue
        for script in re.findall(r"<script>(.*?)</script>", template.read_text(encoding="utf-8"), re.DOTALL):
            hashes.update(_hash(text) for text in _as_sent(script))
    scripts = " ".join(["'self'", *sorted(hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _as_sent(script: str) -> tuple[str, ...]:
    answers = tuple(script.replace("{{ datasette_allow_facet }}", answer) for answer in ("true", "false"))
    return () if any("{{" in text or "{%" in text for text in answers) else answers


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def is_loopback(host: str | None) -> bool:
    """Tell whether a Host header names this machine, so that no foreign name can be pointed at this server."""
    if not host or len(host) > 255 or any(letter in host for letter in "@/\\?# "):
        return False
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name in _LOOPBACK


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Tell whether a proxy passed the request on: then it is not the owner of this machine who asks."""
    return any(name in headers for name in _FORWARDED)


class Session:
    """The secrets of one run of the server; they end with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self.ticket = secrets.token_urlsafe(32)
        """What the printed address carries."""
        self.cookie = secrets.token_urlsafe(32)
        """What who opened it has from then on."""
        self._once: set[str] = set()
        self.token = self._sign("trial")
        """What a page sends along to start a trial."""

    def _sign(self, purpose: str) -> str:
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).hexdigest()

    def once(self) -> str:
        """Return a ticket for one time: others on this machine can read with what a program was started."""
        ticket = secrets.token_urlsafe(32)
        self._once.add(ticket)
        return ticket

    def opens(self, ticket: str | None) -> bool:
        """Tell whether this is a ticket of this session; one for a single time is used up."""
        given = (ticket or "").encode()
        for once in tuple(self._once):
            if hmac.compare_digest(given, once.encode()):
                self._once.discard(once)
                return True
        return hmac.compare_digest(given, self.ticket.encode())

    def is_cookie(self, value: str | None) -> bool:
        """Tell whether this is the cookie of who opened the address."""
        return hmac.compare_digest((value or "").encode(), self.cookie.encode())

    def is_token(self, value: str | None) -> bool:
        """Tell whether this is the token of the session's own pages."""
        return hmac.compare_digest((value or "").encode(), self.token.encode())


def comes_from_here(scheme: str, headers: Mapping[str, str]) -> bool:
    """Tell whether the browser says that a page of this very server sends the request.

    Browsers say it by `Sec-Fetch-Site`, older ones by `Origin` alone; who says neither is no browser's page.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    return origin is None or origin == f"{scheme}://{headers.get('host')}"
