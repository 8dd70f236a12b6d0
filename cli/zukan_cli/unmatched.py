"""Says in sentences which filters of a search no model fulfils, with what is nearest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zukan_cli.i18n import translate as _
from zukan_cli.output import clean

if TYPE_CHECKING:
    from zukan.schema import SearchResult, Unmatched

_DAYS = ("created", "modified")
_LONGEST = 60
_OF_TAGS = ("dataset:", "arxiv:", "region:")
"""What is asked for by a field of its own."""
_PLAIN = re.compile(r"[\w./+@~-]+")


def lines(result: SearchResult) -> list[str]:
    """Return a sentence for each filter that no model fulfils."""
    return [_said(one) for one in result.unmatched]


def _said(one: Unmatched) -> str:
    if one.field in _DAYS:
        return _("No model has {filter}: the newest are of {month}; zukan crawl fetches newer ones.").format(
            filter=f"{one.field}:>={one.value}", month=one.nearest
        )
    asked = _filter(one.field, one.value)
    if one.nearest is None:
        return _("No model has {filter}.").format(filter=asked)
    return _("No model has {filter}; the nearest is {other}.").format(
        filter=asked, other=_filter(one.field, one.nearest)
    )


def _filter(field: str, value: str) -> str:
    shown = clean(value)
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    if field == "tag" and shown.startswith(_OF_TAGS):
        field, _sign, shown = shown.partition(":")
    return f"{field}:{shown}" if _PLAIN.fullmatch(shown) else f'{field}:"{shown}"'
