"""Reads Markdown as it is found in model cards: lines into blocks, and a block into plain text.

Nothing takes longer than in proportion to the text: every repeat in a regular expression is possessive or ends where
the next may begin.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from zukan.reading.clean_text import UNWANTED

_FENCE = re.compile(r"\s*+(`{3,}+(?=[^`]*+\Z)|~{3,}+)")
_HIDDEN = re.compile(r"<(!--|script\b|style\b|pre\b|svg\b)", re.IGNORECASE)
_HEADING = re.compile(r"##|#(?!\d)")
_ITEM = re.compile(r"(?:[-*+•–]|\d{1,9}[.)])(?:\s|\Z)|・")
_REFERENCE = re.compile(r"\[[^\[\]]{1,999}+\]:")
_BLOCK_TAGS = (
    "address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|frame|frameset|h[1-6]|head|header|html|iframe|legend|li|main|menu|nav|ol|p|picture|section|summary|table|"
    "tbody|td|tfoot|th|thead|title|tr|ul|video|audio"
)
_HTML = re.compile(rf"</?(?:{_BLOCK_TAGS}|hr|link|meta|base|source|col)\b", re.IGNORECASE)
BLOCK_TAG = re.compile(rf"<(/?)(?:{_BLOCK_TAGS})\b[^<>]*+>", re.IGNORECASE)
_LONGEST_HEADING = 120
SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "؟", "।", "…", ".)")
"""How a sentence ends."""


def _visible(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without code blocks, comments and scripts."""
    fence = hidden = ""
    for line in lines:
        if fence:
            text = line.strip()
            if text.startswith(fence) and not text.strip(fence[0]):
                fence = ""
            yield ""
            continue
        shown, hidden = _without_hidden(line, hidden) if hidden or "<" in line else (line, "")
        if not hidden and (match := _FENCE.match(shown)):
            fence, shown = match[1], ""
        yield shown


def _without_hidden(line: str, end: str) -> tuple[str, str]:
    """Return (what shows of a line, what ends the part that is hidden beyond it)."""
    small, kept, at, starts = line.lower(), list[str](), 0, True
    while True:
        if end:
            stop = small.find(end, at)
            if stop < 0:
                return "".join(kept), end
            at, end = stop + len(end), ""
        begin = _HIDDEN.search(line, at)
        if begin is None:
            return "".join((*kept, line[at:])), ""
        end = "-->" if begin[1] == "!--" else f"</{begin[1].lower()}>"
        starts = starts and not line[at : begin.start()].strip()
        # In the middle of a sentence it is talked about, unless it ends there.
        if not starts and small.find(end, begin.end()) < 0:
            return "".join((*kept, line[at:])), ""
        kept.append(line[at : begin.start()])
        at = begin.end()


def _kind(line: str) -> str:
    """Return what a line that is not blank begins, after CommonMark."""
    text = line.strip()
    first = text[0]
    if first == "|" or (first in "-:" and "|" in text and not text.strip("|-: \t")):
        return "table"
    if not text.strip("=") or not text.strip("-"):
        return "underline"
    if first in "-*_" and len(text) > 2 and not text.strip(f"{first} \t"):
        return "rule"
    if first == ">":
        return "quote"
    for sign, pattern, kind in (("#", _HEADING, "heading"), ("<", _HTML, "html"), ("[", _REFERENCE, "reference")):
        if first == sign and pattern.match(text):
            return kind
    return "item" if not first.isalpha() and _ITEM.match(text) else "text"


def blocks(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of each block: `text`, `quote`, `html` and others that hold no prose."""
    kind, held, last, is_open = "", list[str](), "", 0
    for line in chain(_visible(lines), ("",)):
        new = _kind(line) if line.strip() else ""
        if new in ("", "heading", "rule", "underline"):
            if held and not (new == "underline" and kind == "text" and _is_title(held)):
                yield kind, "\n".join(held)
            last = new or kind or last
            kind, held = "", []
            continue
        new = _continued(line, new, kind, html_ended=is_open <= 0) if held else _indented(line, new, last)
        if new == "table" and kind == "text" and not line.strip("|-: \t"):
            held.pop()  # that was the head of the table
        if new != kind:
            if held:
                yield kind, "\n".join(held)
            kind, held, is_open = new, [], 0
        held.append(line)
        if kind == "html":
            is_open += sum(-1 if tag[1] else 1 for tag in BLOCK_TAG.finditer(line))


def _is_title(lines: list[str]) -> bool:
    """Return whether underlined text is a heading; many write a paragraph and a rule without a line between."""
    text = " ".join(lines).rstrip()
    return len(text) < _LONGEST_HEADING and not text.endswith(SENTENCE_ENDS)


def _continued(line: str, kind: str, before: str, *, html_ended: bool) -> str:
    """Return what a line is that follows another: up to a blank line it mostly goes on with the same."""
    if before == "html":
        return "text" if html_ended and kind == "text" else "html"
    if kind == "item" and before == "text" and line.strip()[0].isdigit() and not line.strip().startswith(("1.", "1)")):
        return "text"  # a year at the beginning of a line
    return before if kind == "text" and before != "reference" else kind


def _indented(line: str, kind: str, last: str) -> str:
    """Return what an indented first line is: the rest of an item, code, or what it looks like."""
    space = len(line) - len(line.lstrip())
    if kind == "text" and last == "item" and space >= 2:
        return "item"
    return "code" if space >= 4 or line.startswith("\t") else kind


# Signs that stand for themselves are moved where no rule finds them, and back at the end.
_SHIELD = {code: 0xE000 + code for code in range(33, 127) if not chr(code).isalnum()}
_UNSHIELD = {shielded: code for code, shielded in _SHIELD.items()}
_LINK_BEGIN, _LINK_END = "\ue001", "\ue002"
_TICKS = re.compile(r"`++")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]*+)>")
_ANCHOR = re.compile(r"<(/?)a(?:\s[^<>]*+)?>", re.IGNORECASE)
_BREAK = re.compile(rf"</?(?:br|hr|{_BLOCK_TAGS})\b[^<>]*+>|\\\n", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*+>|<![^<>]*+>")
_TARGET = (
    r"(?:\(\s*+(?:<[^<>\n]*+>|[^()\s]*+(?:\([^()]*+\)[^()\s]*+)*+)"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\)))?+\s*+\)|\[[^\[\]]*+\])"
)
_IMAGE = re.compile(r"!\[[^\[\]]*+\]" + _TARGET)
_LINK = re.compile(r"\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\]" + _TARGET)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,99}+\]")
_EMPHASIS = re.compile(r"\*++|_++|~~++")
_LONG_ENTITY = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")
_URL = re.compile(r"(?:https?://|www\.)\S++")
_IN_LINK = re.compile(f"{_LINK_BEGIN}[^{_LINK_BEGIN}{_LINK_END}]*+{_LINK_END}")
_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]"
_WIDE_BREAK = re.compile(rf"(?<={_WIDE})[ \t]*+\n[ \t]*+(?={_WIDE})")


def plain_text(text: str) -> tuple[str, str, int]:
    """Return (a paragraph of Markdown as plain text, what of it stands outside of links, how many links)."""
    text = _shielded_code(text)
    text = _ESCAPE.sub(lambda match: match[1].translate(_SHIELD), text)
    text = _AUTOLINK.sub(rf"{_LINK_BEGIN}\1{_LINK_END}", text)
    text = _ANCHOR.sub(lambda match: _LINK_END if match[1] else _LINK_BEGIN, text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _FOOTNOTE.sub("", _IMAGE.sub("", text))
    text = _LINK.sub(rf"{_LINK_BEGIN}\1{_LINK_END}", text)
    text = _EMPHASIS.sub(_emphasis, text)
    text = html.unescape(_LONG_ENTITY.sub("\ufffd", text))
    text = " ".join(_WIDE_BREAK.sub("", text).split())
    outside = _URL.sub("", _IN_LINK.sub("", text))
    plain = text.replace(_LINK_BEGIN, "").replace(_LINK_END, "").translate(_UNSHIELD).translate(UNWANTED)
    return " ".join(plain.split()), outside, text.count(_LINK_BEGIN)


def _shielded_code(text: str) -> str:
    """Take away the marks of inline code, and keep what they hold from being read as Markdown."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    later: dict[int, list[int]] = {}
    for at in reversed(range(len(runs))):
        later.setdefault(runs[at][1] - runs[at][0], []).append(at)
    pieces, done, at = [], 0, 0
    while at < len(runs):
        start, end = runs[at]
        same = later[end - start]
        while same and same[-1] <= at:
            same.pop()
        pieces.append(text[done:start])
        done = end
        if same:
            at = same[-1]
            pieces.append(text[end : runs[at][0]].strip().translate(_SHIELD))
            done = runs[at][1]
        at += 1
    return "".join((*pieces, text[done:]))


def _emphasis(match: re.Match[str]) -> str:
    marks, text = match[0], match.string
    before, after = text[max(match.start() - 1, 0) : match.start()], text[match.end() : match.end() + 1]
    if marks[0] == "_" and before.isalnum() and after.isalnum():
        return marks  # bert_base_uncased
    if marks == "*" and before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return marks  # 2*3
    return marks if before.isspace() and after.isspace() else ""
