"""Reads the address of a server as people type it, and keeps what is secret in it apart."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from zukan.errors import BadAddress

TOKEN_VARIABLE = "ZUKAN_ENDPOINT_TOKEN"  # noqa: S105 (the name of a variable)
"""The token for a server of one's own. The Hub's token is not for it, and never goes there by itself."""
_HUB_HOSTS = (".huggingface.co", ".endpoints.huggingface.cloud")
_ENDINGS = ("/chat/completions", "/completions", "/embeddings", "/models")
_UNREADABLE = "its host or port cannot be read; in a password write / # ? as %2F %23 %3F"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an OpenAI-compatible server answers."""

    base: str
    """Ends in `/v1`; holds no password."""
    query: str = ""
    """What stood behind `?`, sent but never shown."""
    authorization: str | None = None
    """The header, from the address itself."""

    @property
    def host(self) -> str:
        """The host with its port."""
        return urlsplit(self.base).netloc

    def url(self, path: str) -> str:
        """Return the whole address of a path below the base."""
        return f"{self.base}{path}{'?' + self.query if self.query else ''}"

    def headers(self) -> dict[str, str | None]:
        """Return the header that carries the credential; None keeps the Hub's token from being sent."""
        if self.authorization is not None:
            return {"authorization": self.authorization}
        token = os.environ.get(TOKEN_VARIABLE) or (_hub_token() if self._is_the_hubs() else None)
        return {"authorization": f"Bearer {token}" if token else None}

    def credential(self) -> str | None:
        """Return which credential is sent: `own`, `hub` or None."""
        if self.authorization is not None or os.environ.get(TOKEN_VARIABLE):
            return "own"
        return "hub" if self._is_the_hubs() and _hub_token() else None

    def _is_the_hubs(self) -> bool:
        """Whether it is an Inference Endpoint or the router, over TLS."""
        parts = urlsplit(self.base)
        return parts.scheme == "https" and (parts.hostname or "").endswith(_HUB_HOSTS)


def _hub_token() -> str | None:
    from huggingface_hub import get_token  # noqa: PLC0415 (0.2 s)

    return get_token()


def read_address(text: str) -> Address:
    """Return the address that somebody typed: with or without `/v1`, a slash at its end, a password, or a whole path.

    Raises:
        BadAddress: It is none.

    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        # The error's own words hold a part of a password that is not written as it must be.
        raise BadAddress(_without_secrets(text), _UNREADABLE) from None
    if "@" in parts.path + parts.query + parts.fragment:
        raise BadAddress(_without_secrets(text), _UNREADABLE)
    if parts.scheme not in ("http", "https") or not host:
        raise BadAddress(_without_secrets(text), "it does not begin with http:// or https:// and a host")
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise BadAddress(_without_secrets(text), "there is a space or a control character in it")
    path = parts.path.rstrip("/")
    path = next((path.removesuffix(ending) for ending in _ENDINGS if path.endswith(ending)), path)
    path = path if path.endswith("/v1") else f"{path}/v1"
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{shown}:{port}" if port is not None else shown
    authorization = None
    if parts.username or parts.password:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Address(urlunsplit((parts.scheme, netloc, path, "", "")), parts.query, authorization)


def _without_secrets(text: str) -> str:
    """Return an address, however broken, without what stands before its @ and behind its ?."""
    head, mark, rest = text.partition("://")
    rest = rest if mark else head
    authority, *others = re.split(r"[/?#]", rest, maxsplit=1)
    # Where an @ stands behind these, nobody can tell where a password ends.
    ambiguous = any("@" in other for other in others)
    shown = "…" if ambiguous else re.split(r"[?#]", rest[authority.rfind("@") + 1 :], maxsplit=1)[0]
    return f"{head}://{shown}"[:200] if mark else shown[:200]
