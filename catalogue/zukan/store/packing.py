"""Keeps the raw rows small: what the columns of a model tell is left out, the rest is compressed with a shared text.

A row that columns tell wholly takes no room at all, and figures that move do not touch the rest.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from zukan.row_facts import COUNTERS, MAX_ROW_BYTES
from zukan.schema import ModelRecord
from zukan.store.columns import STATES_DISABLED, STATES_PRIVATE

_ABSENT = "-"
"""Key of the keys that columns tell and the row does not have, and of what an odd row itself has under it."""
_PLAIN_LIMIT = 24
"""A text shorter than this is not made smaller."""
_RAW_DEFLATE = -13
"""A window of 8 KB: the state that is copied for each row is small, and a row is rarely longer."""
_REMEMBERED, _SHORT = 10_000, 1_000
"""Texts whose packed form is kept, and the length of one that is worth it: half of all are as those of other rows."""


def told(record: ModelRecord, state: int, downloads_all_time: int | None) -> dict[str, Any]:
    """Return what the columns of a model tell of its raw row."""
    return {key: value for key, value in may_tell(record, state, downloads_all_time).items() if value is not None}


def may_tell(record: ModelRecord, state: int, downloads_all_time: int | None) -> dict[str, Any]:
    """Return the same with None for what they do not tell."""
    score = record.trending_score
    return {
        "_id": record.hub_id,
        "id": record.model_id,
        "author": record.author,
        "sha": record.sha,
        "pipeline_tag": record.pipeline_tag,
        "library_name": record.library_name,
        "tags": list(record.tags) or None,
        "downloads": record.downloads,
        "downloadsAllTime": downloads_all_time,
        "likes": record.likes,
        "trendingScore": None if score is None else int(score),
        "gated": record.gated,
        "disabled": record.disabled if state & STATES_DISABLED else None,
        "private": False if state & STATES_PRIVATE else None,
        "createdAt": record.created_at,
        "lastModified": record.last_modified,
        "config": dict(record.config) or None,
        "mask_token": record.mask_token,
        "usedStorage": record.used_storage,
        "_as_of": record.as_of,
        "_sources": list(record.sources) or None,
    }


def states(row: Mapping[str, Any]) -> int:
    """Return the bits that say which constant fields a row has."""
    disabled = STATES_DISABLED if isinstance(row.get("disabled"), bool) else 0
    return disabled | (STATES_PRIVATE if row.get("private") is False else 0)


class RowPacker:
    """Packs rows with one shared text, given by its number."""

    def __init__(self, number: int, shared: bytes) -> None:
        """Take the number of the shared text in the table `dictionary`, and the text."""
        import msgspec  # noqa: PLC0415 (a reader only unpacks)

        self._number = number
        self._encode = msgspec.json.Encoder().encode
        self._fresh = zlib.compressobj(6, zlib.DEFLATED, _RAW_DEFLATE, 6, zlib.Z_DEFAULT_STRATEGY, shared)
        self._pressed: dict[bytes, bytes] = {}

    def pack(self, row: Mapping[str, Any], known: Mapping[str, Any]) -> bytes | None:
        """Return what columns do not tell of a row, None where they tell all.

        Args:
            row: The raw row.
            known: What the columns tell, see `may_tell`.

        """
        rest = {
            key: value
            for key, value in row.items()
            if key not in COUNTERS
            and (
                (told_ := known.get(key)) is None
                or (value is not told_ and (type(value) is not type(told_) or value != told_))
            )
        }
        absent = [key for key, value in known.items() if value is not None and key not in row and key not in COUNTERS]
        if _ABSENT in row:
            rest[_ABSENT] = [absent, row[_ABSENT]]
        elif absent:
            rest[_ABSENT] = absent
        return self.press(self._encode(rest)) if rest else None

    def press(self, text: bytes) -> bytes:
        """Return the JSON of what columns do not tell, packed."""
        if len(text) < _PLAIN_LIMIT:
            return b"\0" + text
        known = self._pressed
        found = known.get(text)
        if found is None:
            press = self._fresh.copy()
            found = bytes((self._number,)) + press.compress(text) + press.flush()
            if len(text) <= _SHORT:
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[text] = found
        return found


def unpack(packed: bytes | None, known: Mapping[str, Any], shared: Mapping[int, bytes]) -> dict[str, Any]:
    """Return the raw row that was packed.

    Args:
        packed: What `RowPacker.pack` made.
        known: What the columns tell now.
        shared: The texts of the table `dictionary`, by number.

    Raises:
        ValueError, KeyError, zlib.error: It is damaged.

    """
    if packed is None:
        return dict(known)
    rest = json.loads(unpacked_text(packed, shared, 4 * MAX_ROW_BYTES).decode())
    absent = rest.pop(_ABSENT, ())
    row = {**known, **rest}
    if absent and isinstance(absent[0], list):
        absent, row[_ABSENT] = absent
    for key in absent:
        row.pop(key, None)
    return row


def unpacked_text(packed: bytes, shared: Mapping[int, bytes], most: int) -> bytes:
    """Return what columns do not tell of a row, as JSON of at most so many bytes.

    Raises:
        KeyError, IndexError, zlib.error: It is damaged.

    """
    number, body = packed[0], packed[1:]
    return zlib.decompressobj(_RAW_DEFLATE, shared[number]).decompress(body, most) if number else body
