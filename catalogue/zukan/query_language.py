"""Reads what a user typed into a search: text → parts → a tree (`query_tree`).

`japanese bert OR roberta -lang:zh "masked language"`: parts between spaces must all hold, OR joins its two
neighbours first, as in web search engines. NOT is a dash, AND holds anyhow, `params > 7B` is `params:>7B`. What
programmers write is read too: `a || b`, `a && b`, `task = fill-mask`, `lang != en`, `ja -> en`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from zukan.errors import QueryError
from zukan.query_tree import All, Either, Node, Not, Pair, Phrase, Word
from zukan.query_values import BOUNDED, EXAMPLES, FIELDS, Value, any_of, field_node, unknown_field

if TYPE_CHECKING:
    from datetime import date

MAX_CHARACTERS = 1_000
MAX_DEPTH = 20
MAX_LEAVES = 64

# What a Japanese keyboard and a word processor make of the signs; one character each, so that positions stay.
_FOLDED = str.maketrans("（）｜：－＊＂“”", '()|:-*"""')
_PART = re.compile(
    r"""\s*(?:
      (\))                        # 1 closes a group
    | ((?:OR(?![^\s)])|\|+))      # 2 joins its neighbours
    | (-+(?![^\s)|])              # 3 a lone dash, or what holds anyhow
      | AND(?=\s+[^\s)])
      | &&+(?![^\s)]))
    | (-+>|=+>)                   # 4 an arrow
    | ((?:NOT\s+(?!(?:OR|AND|NOT)\s)(?=[^\s)|]))?-*)(?:    # 5 not
        (\()                      # 6 opens a group
      | (["「])                   # 7 opens a phrase
      | ([A-Za-z_]+)(?::|(?=\s*[<>]=?\s*\d)|(?=\s*(?:==?|!=)[^=>]))    # 8 a field
      | ([^\s|])                  # 9 a word
      )
    )""",
    re.VERBOSE,
)
_CLOSE, _OR, _LONE_DASH, _ARROW, _NOT, _OPEN, _QUOTE, _FIELD = range(1, 9)
_ARROWS = re.compile(r"-+>|=+>")
_TO = "→"
_EQUALS = re.compile(r"\s*(==?|!=)")
_SPACE = re.compile(r"\s*")
_RUN = re.compile(r"[^\s|]+")
_BLANK = re.compile(r"\s")
_SPACED = re.compile(r"([<>]=?)\s+(?=\d)")
"""A bound with a blank behind its sign."""
_PLAIN_VALUE = re.compile(r"[^\s|]*")
_CLOSING = {'"': '"', "「": "」"}
_WITHOUT_COMMA = frozenset(("task", "family", "language", "license", "library", "from", "to", "gated", "has"))
"""Fields of which no value has a comma."""


def parse_query(text: str, *, today: date | None = None) -> Node | None:
    """Return what a search asks for as a tree; None if it asks for nothing.

    Args:
        text: What was typed.
        today: What ages such as `created:<30d` count from; None for today in UTC.

    Raises:
        QueryError: It cannot be read: with the text, and the position of what is to blame.

    """
    try:
        if len(text) > MAX_CHARACTERS:
            # The sentence of make_query, so that it is translated once.
            message = f"{len(text)} characters are too many words to search for (at most {MAX_CHARACTERS})"
            raise QueryError(message, MAX_CHARACTERS)
        parser = _Parser(text, today)
        tree = parser.group(None, 0)
        # Only pairs multiply: `from:` with 9 languages and `to:` with 9 give 81.
        if tree is not None and (parser.leaves > MAX_LEAVES or parser.has_pairs):
            _refuse_many(tree)
    except QueryError as error:
        error.query = text
        raise
    return tree


class _Parser:
    """One text, and how far it has been read."""

    __slots__ = ("at", "folded", "has_pairs", "leaves", "text", "today")

    def __init__(self, text: str, today: date | None) -> None:
        self.text = text
        self.folded = text if text.isascii() else text.translate(_FOLDED)
        self.today = today
        self.at = 0
        self.leaves = 0
        """How many leaves were read so far."""
        self.has_pairs = False

    def group(self, opened: int | None, depth: int) -> Node | None:
        """Read to the parenthesis that closes the group opened at `opened`, or to the end."""
        parts: list[Node] = []
        joining = False
        while match := _PART.match(self.folded, self.at):
            kind = match.lastindex
            self.at = match.end()
            if kind == _CLOSE:
                if opened is None:
                    raise QueryError("this parenthesis closes nothing", match.start(_CLOSE))
                return self._all_of(parts)
            if kind == _OR:
                # Without a left neighbour there is nothing to join; without a right one the loop ends.
                joining = bool(parts)
                continue
            if kind == _LONE_DASH:
                continue
            node = self._arrow(match.start(_ARROW)) if kind == _ARROW else self._part(match, depth)
            if node is None:
                continue
            if kind != _ARROW and (match[_NOT].count("-") + match[_NOT].startswith("N")) % 2:
                node = node.part if isinstance(node, Not) else Not(node)
            parts.append(any_of((parts.pop(), node)) if joining else node)
            joining = False
        if opened is not None:
            raise QueryError("this parenthesis is not closed", opened)
        return self._all_of(parts)

    def _part(self, match: re.Match[str], depth: int) -> Node | None:
        kind = match.lastindex or 0
        start = match.start(kind)
        if kind == _QUOTE:
            return self._phrase(start)
        if kind == _FIELD:
            field = FIELDS.get(match[_FIELD].lower())
            if self.folded[self.at - 1] != ":":
                return self._compared(field, match[_FIELD].lower(), start)
            if field:
                return self._field(field, match[_FIELD].lower(), start)
            self._refuse_unknown_field(match[_FIELD], start)
        if kind == _OPEN and not _is_word(_RUN.match(self.folded, start)):
            if depth == MAX_DEPTH:
                raise QueryError(f"parentheses more than {MAX_DEPTH} deep", start)
            return self.group(start, depth + 1)
        return self._word(start)

    def _arrow(self, start: int) -> Word:
        self.leaves += 1
        return Word(_TO, position=start)

    def _compared(self, field: str | None, typed: str, start: int) -> Node | None:
        """Read a name with a sign of comparison behind it: as a field, or a word if it is none."""
        equals = _EQUALS.match(self.folded, self.at)
        if field is None or (equals is None and field not in BOUNDED):
            return self._word(start)
        if equals is None:
            return self._field(field, typed, start)
        self.at = equals.end()
        node = self._field(field, typed, start)
        return Not(node) if equals[1] == "!=" else node

    def _word(self, start: int) -> Word | None:
        end = self.at = self._end_of(_RUN, start)
        typed = self.text[start:end]
        prefix = False
        if "*" in self.folded[start:end]:
            prefix = self.folded[end - 1] == "*"
            typed = typed.replace("*", "").replace("＊", "")
            if not typed:
                return None
        self.leaves += 1
        return Word(_ARROWS.sub(_TO, typed), prefix, start)

    def _end_of(self, pattern: re.Pattern[str], start: int) -> int:
        """Return where a word or value ends: before parentheses at its end that nothing in it has opened."""
        folded = self.folded
        match = pattern.match(folded, start)
        end = match.end() if match else start
        if folded[end - 1 : end] == ")" and not folded[end : end + 1].strip():
            surplus = folded.count(")", start, end) - folded.count("(", start, end)
            while surplus > 0 and end > start and folded[end - 1] == ")":
                end -= 1
                surplus -= 1
        return end

    def _quoted(self, start: int) -> str:
        """Read what stands between the quotation mark at `start` and the next one."""
        end = self.folded.find(_CLOSING[self.folded[start]], start + 1)
        if end < 0:
            raise QueryError("this quotation mark is not closed", start)
        self.at = end + 1
        return self.text[start + 1 : end].strip()

    def _phrase(self, start: int) -> Phrase | Word | None:
        text = self._quoted(start)
        if not text:
            return None
        self.leaves += 1
        # Whoever writes Japanese puts a single word between these too: 「要約」.
        is_word = self.folded[start] == "「" and not text.isascii() and not _BLANK.search(text)
        return Word(text, position=start) if is_word else Phrase(text, start)

    def _field(self, field: str, typed: str, start: int) -> Node:
        values = self._values(field, typed)
        if not values:
            raise QueryError(f"{typed}: needs a value, e.g. {typed}:{EXAMPLES[field]}", start)
        if field in _WITHOUT_COMMA:
            values = [_without_comma(value, typed) for value in values]
        node = field_node(field, values, start, self.today)
        self.leaves += len(node.parts) if isinstance(node, Either) else 1
        self.has_pairs = self.has_pairs or field in ("from", "to")
        return node

    def _values(self, field: str, typed: str) -> list[Value]:
        folded = self.folded
        match = _SPACE.match(folded, self.at)
        start = match.end() if match else self.at
        if start > self.at and (following := _PART.match(folded, start)):
            # A tag may look like a field; of all other fields the value was forgotten.
            another = following.lastindex == _FIELD and field != "tag" and following[_FIELD].lower() in FIELDS
            if another or following.lastindex == _OR:
                return []
        values: list[Value] = []
        while True:
            if (value := self._value(typed, start, may_be_bound=field in BOUNDED)) is not None:
                values.append(value)
            if not folded.startswith("|", self.at):
                return values
            start = self.at + 1

    def _value(self, typed: str, start: int, *, may_be_bound: bool) -> Value | None:
        if may_be_bound and (bound := _SPACED.match(self.folded, start)):
            self.at = self._end_of(_PLAIN_VALUE, bound.end())
            text = bound[1] + self.text[bound.end() : self.at]
        elif self.folded[start : start + 1] in _CLOSING:
            text = self._quoted(start)
        else:
            self.at = self._end_of(_PLAIN_VALUE, start)
            text = self.text[start : self.at]
            if self.folded.startswith("-", start):
                # Of `task:-` only the dash was typed so far: it still needs a value.
                text = text.lstrip("-－")
                if text:
                    raise QueryError(f"{typed}: a value cannot begin with a dash (write -{typed}:{text})", start)
        return Value(text, start) if text else None

    def _refuse_unknown_field(self, name: str, start: int) -> None:
        """Raise for a field that there is none of, but not for an address or a word that ends with a colon."""
        value = start + len(name) + 1
        if self._end_of(_RUN, start) == value or (
            name.lower() in ("http", "https") and self.folded.startswith("//", value)
        ):
            return
        raise unknown_field(name, start)

    def _all_of(self, parts: Sequence[Node]) -> Node | None:
        if len(parts) < 2:
            return parts[0] if parts else None
        flat: list[Node] = []
        for part in parts:
            if isinstance(part, All):
                flat.extend(part.parts)
            else:
                flat.append(part)
        if self.has_pairs:
            flat = _pair(flat)
        return All(tuple(flat)) if len(flat) > 1 else flat[0]


def _is_word(run: re.Match[str] | None) -> bool:
    """Tell whether the parenthesis that a part begins with closes inside it, as in `(Q)LoRA`."""
    open_ones = 0
    text = run[0] if run else ""
    for index, character in enumerate(text):
        if character in _CLOSING:
            return False
        open_ones += (character == "(") - (character == ")")
        if not open_ones:
            return bool(text[index:].strip(")"))
    return False


def _without_comma(value: Value, typed: str) -> Value:
    """Return a value without a comma behind it.

    Raises:
        QueryError: There is one in it: several values are joined otherwise.

    """
    text = value.text.rstrip(",、")
    if "," in text or "、" in text:
        several = "|".join(filter(None, re.split("[,、]", text)))
        message = f"{typed}: several values are joined with |, not with a comma (write {typed}:{several})"
        raise QueryError(message, value.position)
    return value._replace(text=text) if text else value


def _choices(node: Node) -> Sequence[Node]:
    return node.parts if isinstance(node, Either) else (node,)


def _pair(parts: Sequence[Node]) -> list[Node]:
    """Join each `from:` with the `to:` beside it, the first with the first; `from:ja|zh to:en` gives both pairs."""
    sides: dict[bool, list[tuple[int, list[Pair]]]] = {False: [], True: []}
    for index, part in enumerate(parts):
        pairs = [choice for choice in _choices(part) if isinstance(choice, Pair)]
        if len(pairs) == len(_choices(part)):
            for is_target in (False, True):
                if all((pair.source is None) == is_target and (pair.target is None) != is_target for pair in pairs):
                    sides[is_target].append((index, pairs))
    joined: dict[int, Node] = {}
    dropped: set[int] = set()
    for (one, sources), (other, targets) in zip(sides[False], sides[True], strict=False):
        joined[min(one, other)] = any_of(
            [Pair(a.source, b.target, min(a.position, b.position)) for a in sources for b in targets]
        )
        dropped.add(max(one, other))
    return [joined.get(index, part) for index, part in enumerate(parts) if index not in dropped]


def _leaf_positions(node: Node) -> Iterator[int]:
    if isinstance(node, Not):
        yield from _leaf_positions(node.part)
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from _leaf_positions(part)
    else:
        yield node.position


def _refuse_many(tree: Node) -> None:
    positions = list(_leaf_positions(tree))
    if len(positions) > MAX_LEAVES:
        raise QueryError(f"a search can ask for {MAX_LEAVES} things at most", positions[MAX_LEAVES])
