"""What a page is asked for and what it answers, without the server around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from zukan.catalogue import Catalogue
    from zukan_cli.browse.trial_jobs import TrialJobs

_MOST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to one page."""

    path: str
    arguments: Mapping[str, Sequence[str]]
    """Of the address; of a form that was posted for a trial."""
    parts: Mapping[str, str]
    """What the path names."""
    language: str
    catalogue: Catalogue
    trials: TrialJobs
    token: str | None
    """With which this visitor may start a trial; None = may not."""

    @property
    def may_try(self) -> bool:
        """Whether this visitor may try models, and see what was tried."""
        return self.token is not None

    def one(self, name: str, most: int = _MOST_TEXT) -> str:
        """Return the text of an argument, the first of several; "" where there is none."""
        return next((value.strip()[:most] for value in self.arguments.get(name, ()) if value.strip()), "")

    def all(self, name: str) -> list[str]:
        """Return every text of an argument, each once."""
        return list(
            dict.fromkeys(value.strip()[:_MOST_TEXT] for value in self.arguments.get(name, ()) if value.strip())
        )

    def address(self, **changes: str | None) -> str:
        """Return the address of this page with some arguments changed, or left out where they are None."""
        kept = [
            (name, value)
            for name, values in self.arguments.items()
            if name not in changes
            for value in values
            if value.strip()
        ]
        pairs = [*kept, *((name, value) for name, value in changes.items() if value)]
        return f"{self.path}?{encoded(pairs)}" if pairs else self.path


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows: a template and what it is filled with."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """Return arguments as an address holds them; a half of a character pair becomes a question mark."""
    return urlencode(pairs, errors="replace")


def typed(command: str, words: str, *options: str) -> str:
    """Return the command of zukan that answers the same as a page, as a shell takes it."""
    from shlex import join  # noqa: PLC0415 (only pages with a command need it)

    if words.startswith("-"):  # what begins like an option is none
        return join(["zukan", command, *options, "--", words])
    return join(["zukan", command, *([words] if words else []), *options])
