"""Makes sure that huggingface_hub can work with what the environment says, before anything else is asked of it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from zukan.errors import SettingUnusable

_NUMBERS = ("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT")
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


@cache
def check_hub_settings() -> None:
    """Try once what huggingface_hub does before each request: read its settings, open a session, look for a token.

    Raises:
        SettingUnusable: An environment variable, or what it points to, keeps it from working. No value of one is told
            that may hold a password.

    """
    check_hub_values()
    try:
        # 0.2 s, which all who come here pay next.
        from huggingface_hub.utils import build_hf_headers, get_session  # noqa: PLC0415

        get_session()
        headers = build_hf_headers()
    except Exception as error:
        raise _cause(error) from error
    if not headers.get("authorization", "").isascii():
        raise SettingUnusable(_of_token(), "a token is written in plain letters and digits")


def check_hub_values() -> None:
    """Make sure that huggingface_hub can be imported, which reads these at once.

    Raises:
        SettingUnusable: One of its variables holds no number, or the Hub's address is none.

    """
    for name in _NUMBERS:
        said = os.environ.get(name, "0")
        try:
            int(said)
        except ValueError as error:
            raise SettingUnusable(name, f"{said!r} is no whole number of seconds") from error
    if not _has_port(os.environ.get("HF_ENDPOINT", "")):
        raise SettingUnusable("HF_ENDPOINT", "it is no address of a Hub, as in https://huggingface.co")


def _has_port(address: str) -> bool:
    """Whether an address can be cut into its parts: what is wrong with it may hold a password, and is not told."""
    try:
        _ = urlsplit(address).port
    except ValueError:
        return False
    return True


def _cause(error: Exception) -> Exception:
    """Return which setting it is, or the error itself: then it is a bug."""
    # By class and words only: what it says may repeat an address with a password.
    kind = type(error).__name__
    proxies = [name for one in _PROXIES for name in (one, one.lower()) if os.environ.get(name)]
    if isinstance(error, ImportError) and "socksio" in str(error):
        socks = [name for name in proxies if os.environ[name].startswith("socks")]
        return SettingUnusable((socks or _PROXIES)[0], "it names a SOCKS proxy: pip install socksio")
    if (kind == "InvalidURL" or "proxy" in str(error).lower()) and proxies:
        odd = [name for name in proxies if not _is_proxy(os.environ[name])]
        return SettingUnusable((odd or proxies)[0], "it is no address of a proxy, as in http://proxy.example.org:8080")
    if isinstance(error, OSError) and error.filename is not None:
        return SettingUnusable(_of_token(), f"{error.filename}: {error.strerror}")
    if isinstance(error, OSError) and (file := os.environ.get("SSL_CERT_FILE")):
        if Path(file).is_file():
            return SettingUnusable("SSL_CERT_FILE", f"{file} holds no certificate")
        return SettingUnusable("SSL_CERT_FILE", f"{file} is no file")
    return error


def _is_proxy(address: str) -> bool:
    return _has_port(address) and address.partition("://")[0].lower() in ("http", "https", "socks5", "socks5h")


def _of_token() -> str:
    """Return the variable that says the user's token, or where it lies."""
    names = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HOME", "XDG_CACHE_HOME")
    return next((name for name in names if os.environ.get(name)), "HF_HOME")
