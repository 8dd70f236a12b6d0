"""Writes FTS5 expressions: every token is quoted, so that nothing typed reaches FTS5's own syntax."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from zukan.store.tokens import FACET

NOTHING = f'"{FACET}0"'
"""The expression for what no model can be; no token has this letter."""
_WIDE, _FIRST, _GROUP = 6, 2, 8
_PIECE = re.compile(r'"(?:[^"]|"")*"|AND|OR|NOT|[()]')


def token(text: str) -> str:
    """Return the expression for one token; it holds letters and digits only, or begins with a private letter."""
    return '"' + text.replace('"', '""') + '"'


def beginning(text: str) -> str:
    """Return the expression for every token that begins so: FTS5 reads all their models before the first answer."""
    return f"{token(text)} *"


def every_of(parts: Iterable[str]) -> str:
    """Return the expression for what all parts match; "" for no parts."""
    return _joined(" AND ", parts)


def any_of(parts: Iterable[str]) -> str:
    """Return the expression for what some part matches; "" for no parts. It is the faster, the earlier the frequent."""
    found = list(dict.fromkeys(part for part in parts if part))
    single = [part for part in found if part[0] == '"']
    if len(single) > _WIDE:
        # For each model FTS5 looks at every part of an OR. It makes one OR of an OR in an OR, but not of one in a NOT.
        # What holds parts of its own stays outside: FTS5 reads expressions to some depth only.
        rest = range(_FIRST, len(single), _GROUP)
        groups = [without(_joined(" OR ", single[at : at + _GROUP]), NOTHING) for at in rest]
        found = [*single[:_FIRST], *groups, *(part for part in found if part[0] != '"')]
    return _joined(" OR ", found)


def without(wanted: str, unwanted: str) -> str:
    """Return the expression for what one part matches and the other does not."""
    return f"({wanted} NOT {unwanted})" if unwanted else wanted


def _joined(word: str, parts: Iterable[str]) -> str:
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) < 2:
        return found[0] if found else ""
    return f"({word.join(found)})"


def holds(expression: str, tokens: Collection[str]) -> bool:
    """Whether a model of these tokens matches an expression of this module."""
    return _holds(_read(expression), tokens)


def tokens_in(expression: str) -> list[str]:
    """Return the tokens of an expression of this module, but for that which no model has."""
    pieces = _PIECE.findall(expression)
    return [piece[1:-1].replace('""', '"') for piece in pieces if piece[0] == '"' and piece != NOTHING]


def is_any_of(expression: str) -> bool:
    """Whether an expression of this module asks for any of its tokens, or for the single one that it is."""
    operators = {piece for piece in _PIECE.findall(expression) if piece in ("AND", "NOT")}
    return bool(expression) and not operators


_Tree = str | tuple[str, tuple["_Tree", ...]]
"""A token, or an operator with its parts."""


@lru_cache(maxsize=200)
def _read(expression: str) -> _Tree:
    stack: list[list[_Tree]] = [[]]
    operators = [""]
    for piece in _PIECE.findall(expression):
        if piece == "(":
            stack.append([])
            operators.append("")
        elif piece == ")":
            parts = tuple(stack.pop())
            stack[-1].append((operators.pop(), parts))
        elif piece in ("AND", "OR", "NOT"):
            operators[-1] = piece
        else:
            stack[-1].append(piece[1:-1].replace('""', '"'))
    return stack[0][0]


def _holds(tree: _Tree, tokens: Collection[str]) -> bool:
    if isinstance(tree, str):
        return tree in tokens
    operator, parts = tree
    if operator == "NOT":
        return _holds(parts[0], tokens) and not _holds(parts[1], tokens)
    return (any if operator == "OR" else all)(_holds(part, tokens) for part in parts)


def conjuncts(expression: str) -> list[list[str]]:
    """Return the tokens of each part of an expression of this module that must match, those it must not left out."""
    return [_wanted(part) for part in _parts(_read(expression))]


def _parts(tree: _Tree) -> list[_Tree]:
    if isinstance(tree, str) or tree[0] == "OR":
        return [tree]
    operator, parts = tree
    return _parts(parts[0]) if operator == "NOT" else [one for part in parts for one in _parts(part)]


def _wanted(tree: _Tree) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    operator, parts = tree
    return [text for part in (parts[:1] if operator == "NOT" else parts) for text in _wanted(part)]
