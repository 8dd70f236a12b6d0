"""The interface language: English text in the code, Japanese looked up by it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

LANGUAGES = ("en", "ja")

_chosen = "en"
_of_this_answer: ContextVar[str | None] = ContextVar("_of_this_answer", default=None)
"""Set while one of several users of a server is answered, each in a language of their own."""


def choose(arguments: Sequence[str]) -> str:
    """Set the language from `--ui`, else `ZUKAN_UI`, else the locale. Done before options are parsed, so that
    a wrong option is explained in the right language too.
    """
    global _chosen  # noqa: PLW0603 (one process, one user)
    _chosen = _asked(arguments) or _known(os.environ.get("ZUKAN_UI")) or _from_locale()
    return _chosen


def language() -> str:
    """Return the interface language, `en` or `ja`."""
    return _of_this_answer.get() or _chosen


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak `en` or `ja` inside, in this thread alone."""
    before = _of_this_answer.set(name)
    try:
        yield
    finally:
        _of_this_answer.reset(before)


def _known(name: str | None) -> str | None:
    return name.lower() if name and name.lower() in LANGUAGES else None


def _asked(arguments: Sequence[str]) -> str | None:
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--ui="):
            return _known(argument.removeprefix("--ui="))
        if argument == "--ui" and place + 1 < len(arguments):
            return _known(arguments[place + 1])
    return None


def _from_locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def translate(text: str) -> str:
    """Return `text` in the interface language; English where there is no translation."""
    if language() == "en":
        return text
    from zukan_cli.messages_ja import MESSAGES  # noqa: PLC0415 (only Japanese users pay for it)

    return MESSAGES.get(text, text)
