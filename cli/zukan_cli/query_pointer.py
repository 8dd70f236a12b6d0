"""Shows where in a query something is wrong: the query, or the part of it that fits a line, and a caret below."""

from __future__ import annotations

from zukan_cli.output import clean, width

_INDENT = "  "
_CUT = "…"
_CUT_WIDTH = 2
"""Some terminals draw it as wide as a Japanese letter."""


def pointer(query: str, position: int, columns: int, encoding: str = "utf-8") -> tuple[str, str]:
    """Return two lines: the query around a position, and a caret under what stands there.

    Args:
        query: As typed; control characters are shown as escapes.
        position: The offset of the character to point at; the end of the query points behind it.
        columns: How wide a line may be.
        encoding: Of the terminal; what it does not have is shown as escapes.

    """
    cells = [_shown(character, encoding) for character in query]
    widths = [width(cell) for cell in cells]
    position = min(max(position, 0), len(cells))
    room = max(columns - len(_INDENT) - 1, 8)
    start, end = _window([*widths, 1], position, room)
    end = min(end, len(cells))
    before = "".join(cells[start:position])
    cut = _shown(_CUT, encoding)
    left, right = (cut if start else ""), (cut if end < len(cells) else "")
    line = left + before + "".join(cells[position:end]) + right
    return _INDENT + line, _INDENT + " " * width(left + before) + "^"


def _shown(character: str, encoding: str) -> str:
    text = " " if character in "\t\n\r\v\f" else clean(character)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _window(widths: list[int], position: int, room: int) -> tuple[int, int]:
    """Return (first, last + 1) of the characters around a position that fit, with room for the marks of cuts."""
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 2 * _CUT_WIDTH
    start, end, used = position, position + 1, widths[position]
    grows = True
    while grows:
        grows = False
        if end < len(widths) and used + widths[end] <= room:
            used, end, grows = used + widths[end], end + 1, True
        if start and used + widths[start - 1] <= room:
            used, start, grows = used + widths[start - 1], start - 1, True
    return start, end
