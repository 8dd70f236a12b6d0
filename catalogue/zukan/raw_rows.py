"""Handles the raw JSON of Hub rows: cut a page into rows, read one, clean it, tell whether it changed.

One bad row must never cost its page, and a row that did not change must cost next to nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from zukan.row_facts import MAX_ROW_BYTES

SQLITE_MAX = 2**63 - 1

DATED = frozenset({"_as_of", "_sources"})
"""What zukan itself notes of a row: where it comes from and when."""

_TEMPLATE_KEYS = frozenset({"chat_template", "chat_template_jinja"})
_DEEPEST = 60
_PLAIN = frozenset({str, bool, type(None)})
_HUB_ID = re.compile(r"[0-9a-f]{24}")
# A string that never ends is one token too, so that each byte is looked at once.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
_WRITTEN_ID = re.compile(rb'"_id"\s{0,9}:\s{0,9}"([0-9a-f]{24})"')
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class Glance(msgspec.Struct):
    """What a walk needs of a row before it is read; every field may be of any type."""

    hub_id: Any = msgspec.field(name="_id", default=None)
    model_id: Any = msgspec.field(name="id", default=None)
    other: Any = msgspec.field(name="modelId", default=None)
    downloads: Any = None
    last_modified: Any = msgspec.field(name="lastModified", default=None)


_split = msgspec.json.Decoder(list[msgspec.Raw]).decode
_glance = msgspec.json.Decoder(Glance).decode
_glances = msgspec.json.Decoder(list[Glance]).decode
_read = msgspec.json.Decoder().decode
_write = msgspec.json.Encoder().encode


class UnreadableRow(ValueError):
    """A row that names no model, or cannot be read."""


def split_rows(body: bytes) -> tuple[bytes, ...] | None:
    """Cut a JSON list into the JSON texts of its items; None if it is no list, or broken."""
    try:
        return tuple(bytes(item) for item in _split(body))
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        # One item may be what a strict reader refuses: NaN, half a surrogate pair, ten thousand brackets.
        return _split_by_hand(body)


def _split_by_hand(body: bytes) -> tuple[bytes, ...] | None:
    stripped = body.strip()
    if not stripped.startswith(b"["):
        return None
    rows: list[bytes] = []
    depth, start, end = 0, 1, None
    for token in _TOKEN.finditer(stripped):
        sign = token[0]
        if sign in (b"[", b"{"):
            depth += 1
        elif sign in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                end = token.end()
                rows.append(stripped[start : token.start()])
                break
        elif sign == b"," and depth == 1:
            rows.append(stripped[start : token.start()])
            start = token.end()
    if end != len(stripped) or not stripped.endswith(b"]"):
        return None
    return () if len(rows) == 1 and not rows[0].strip() else tuple(row.strip() for row in rows)


def read_row(raw: bytes) -> dict[str, Any]:
    """Return a row as an object.

    Raises:
        UnreadableRow: It is no object, too long or broken.

    """
    if len(raw) > MAX_ROW_BYTES:
        raise UnreadableRow(f"{len(raw)} bytes")
    try:
        row = _read(raw)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        try:
            row = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise UnreadableRow(f"not JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableRow("nested too deeply") from error
    if not isinstance(row, dict):
        raise UnreadableRow("not an object")
    return row


def fold(name: str) -> str:
    """Return a name as SQLite's NOCASE compares it: only ASCII letters have a case."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


def glance(raw: bytes) -> Glance:
    """Return what can be read of a row at a glance; nothing of a broken one."""
    try:
        return _glance(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Glance()


def names_of(raw: bytes) -> tuple[str | None, str | None]:
    """Return (`_id`, `id`) of a raw row as far as they can be read at a glance."""
    return _names_in(glance(raw))


def names_of_all(raws: Sequence[bytes]) -> list[tuple[str | None, str | None]]:
    """Return the same of many rows."""
    try:
        found = _glances(b"[" + b",".join(raws) + b"]")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        found = []
    # A broken row may be two, or two one.
    return list(map(_names_in, found)) if len(found) == len(raws) else [names_of(raw) for raw in raws]


def _names_in(found: Glance) -> tuple[str | None, str | None]:
    model_id = found.model_id if isinstance(found.model_id, str) else found.other
    return (
        found.hub_id if isinstance(found.hub_id, str) else None,
        model_id if isinstance(model_id, str) else None,
    )


def hub_id_of(raw: bytes) -> str | None:
    """Return the `_id` of a raw row if it is one: 24 hexadecimal digits; also of a row that cannot be read whole."""
    try:
        hub_id = _glance(raw).hub_id
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        written = _WRITTEN_ID.search(raw)
        return written[1].decode() if written else None
    return hub_id if isinstance(hub_id, str) and _HUB_ID.fullmatch(hub_id) else None


def rising(ids: Sequence[str]) -> list[str]:
    """Return the longest run of `_id`s, gaps allowed, that rises: what stands out of order is left out."""
    tails: list[int] = []
    before: list[int] = []
    for place, hub_id in enumerate(ids):
        spot = bisect_left(tails, hub_id, key=ids.__getitem__)
        before.append(tails[spot - 1] if spot else -1)
        tails[spot : spot + 1] = [place]
    found: list[str] = []
    place = tails[-1] if tails else -1
    while place >= 0:
        found.append(ids[place])
        place = before[place]
    return found[::-1]


def modified_at(raw: bytes) -> datetime | None:
    """Return when a raw row says that its repository last changed, None where it does not say it readably."""
    stated = glance(raw).last_modified
    try:
        found = datetime.fromisoformat(stated)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def salt_of(fields: Collection[str]) -> bytes:
    """Return what marks fingerprints of rows that were asked for with these fields: the same text may then say less."""
    return hashlib.blake2b(" ".join(sorted(fields)).encode(), digest_size=16).digest()


def fingerprint(raw: bytes, salt: bytes = b"") -> int:
    """Return 64 bits that tell whether a row is the same text as before, as a signed integer for SQLite."""
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8, salt=salt).digest(), "big", signed=True)


def row_text(row: Mapping[str, Any]) -> str:
    """Return a row as JSON without spaces.

    Raises:
        UnreadableRow: It holds half a surrogate pair, which cannot be stored, or is too long.

    """
    try:
        text = _write(row)
    except (UnicodeEncodeError, msgspec.ValidationError, OverflowError, RecursionError, TypeError) as error:
        raise UnreadableRow(f"{type(error).__name__}: {error}") from error
    if len(text) > MAX_ROW_BYTES:
        raise UnreadableRow(f"{len(text)} bytes")
    return text.decode()


def cleaned(row: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a row as it is stored, and the paths of the numbers that had to be clamped.

    Chat templates, kilobytes each, become `True`; integers beyond what SQLite holds (author-made figures are)
    become the nearest that it does, and `_clamped` names them.
    """
    clamped: list[str] = []
    found = row
    for key, value in row.items():
        kind = type(value)
        if kind in _PLAIN or (kind is int and -SQLITE_MAX <= value <= SQLITE_MAX):
            continue
        if (clean := _clean(value, key, clamped, 0)) is not value:
            found = row.copy() if found is row else found
            found[key] = clean
    if clamped:
        found["_clamped"] = clamped[:50]
    return found, clamped


def _clean(value: Any, path: str, clamped: list[str], depth: int) -> Any:
    """Return a value as it is stored: itself where that is as it came."""
    kind = type(value)
    if kind is int:
        if -SQLITE_MAX <= value <= SQLITE_MAX:
            return value
        clamped.append(path)
        return SQLITE_MAX if value > 0 else -SQLITE_MAX
    if kind in _PLAIN:
        return value
    if kind is dict or kind is list:
        if depth > _DEEPEST:
            raise UnreadableRow("nested too deeply")
        if kind is dict:
            return _clean_object(value, path, clamped, depth)
        if _PLAIN.issuperset(map(type, value)):
            return value
        return [_clean(item, path, clamped, depth + 1) for item in value]
    if kind is float and value != value:  # noqa: PLR0124 (JSON knows no NaN)
        return None
    return value


def _clean_object(value: dict[str, Any], path: str, clamped: list[str], depth: int) -> dict[str, Any]:
    found = value
    for key, item in value.items():
        if key in _TEMPLATE_KEYS and item:
            clean: Any = True
        elif type(item) in _PLAIN:
            continue
        else:
            clean = _clean(item, f"{path}.{key}", clamped, depth + 1)
        if clean is not item:
            found = value.copy() if found is value else found
            found[key] = clean
    return found


def merged(old: Mapping[str, Any], new: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    """Return a stored row brought up to date.

    The Hub leaves out the key of an absent value, so a field that was asked for and did not come is gone; a
    field that was not asked for keeps what is stored.
    """
    return {key: value for key, value in old.items() if key not in asked and key != "_clamped"} | dict(new)


def differs_in(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys whose values differ, apart from what zukan itself notes."""
    keys = old.keys() | new.keys()
    return frozenset(key for key in keys - DATED if old.get(key) != new.get(key))
