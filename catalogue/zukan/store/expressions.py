"""Writes FTS5 expressions: every token is quoted, so that nothing typed reaches FTS5's own syntax."""

from __future__ import annotations

from collections.abc import Iterable


def token(text: str) -> str:
    """Return the expression for one token; it holds letters and digits only, or begins with a private letter."""
    return '"' + text.replace('"', '""') + '"'


def every_of(parts: Iterable[str]) -> str:
    """Return the expression for what all parts match; "" for no parts."""
    return _joined(" AND ", parts)


def any_of(parts: Iterable[str]) -> str:
    """Return the expression for what some part matches; "" for no parts."""
    return _joined(" OR ", parts)


def without(wanted: str, unwanted: str) -> str:
    """Return the expression for what one part matches and the other does not."""
    return f"({wanted} NOT {unwanted})" if unwanted else wanted


def _joined(word: str, parts: Iterable[str]) -> str:
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) < 2:
        return found[0] if found else ""
    return f"({word.join(found)})"
