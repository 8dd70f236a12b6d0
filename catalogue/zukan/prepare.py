"""Works out new models from raw rows in processes of its own, so that a large import uses every core.

What a row comes to does not depend on the catalogue unless its model is known there; the family that follows from a
base model is settled afterwards in any case. Batches of rows and what they come to travel as MessagePack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from zukan.exclusions import left_out
from zukan.family_memo import FamilyMemo
from zukan.helpers import Helpers, serve
from zukan.intake import Imported
from zukan.raw_rows import UnreadableRow, cleaned, fingerprint, read_row, row_text
from zukan.records import record_from_row
from zukan.schema import Certainty, FamilyTag
from zukan.store.entry import Entry, downloads_all_time, state_of, values_with, verdict_of
from zukan.store.packing import RowPacker, may_tell
from zukan.store.prepared import Prepared, PreparedPage

_REMEMBERED = 20_000
"""Answers that each process keeps."""
_TOGETHER = 200
"""Rows that go through each step together."""
_SHORT = 100_000
_UNREADABLE = (UnreadableRow, TypeError, ValueError, RecursionError, KeyError, AttributeError)


def _nobody(_names: Sequence[str]) -> None:
    """Know no base model: what follows from one is settled later."""


class RowsPreparer:
    """Works out what rows come to if their models are new."""

    def __init__(self, imported: Imported, packer: RowPacker, salt: bytes | None) -> None:
        """Take where the rows come from, what packs them, and what marks their fingerprints if some are kept."""
        self._imported, self._packer, self._salt = imported, packer, salt
        self._memo = FamilyMemo(_nobody, _REMEMBERED)
        self._verdicts: dict[int, tuple[FamilyTag, tuple[str | None, ...]]] = {}

    def prepare(self, raws: Sequence[bytes]) -> list[Prepared | None]:
        """Return what each row comes to, None where it cannot be taken."""
        found: list[Prepared | None] = []
        for start in range(0, len(raws), _TOGETHER):
            part = raws[start : start + _TOGETHER]
            try:
                found += self._all(part)
            except _UNREADABLE:
                found += map(self._one, part)
        return found

    def _one(self, raw: bytes) -> Prepared | None:
        try:
            return self._all([raw])[0]
        except _UNREADABLE:
            return None

    def _all(self, raws: Sequence[bytes]) -> list[Prepared]:
        # One step for all rows, then the next: a processor that does the same again is faster by a third.
        read = [cleaned(read_row(raw)) for raw in raws]
        rows = [self._imported.dated(row) for row, _ in read]
        for raw, row in zip(raws, rows, strict=True):
            if not _is_storable(raw):
                row_text(row)  # what cannot be stored is refused here
        answers = list(map(self._memo.find, rows))
        records = [record_from_row(row) for row in rows]
        reasons = [left_out(record) for record in records]
        entries = [
            Entry(record, tag, row, self._fingerprint(raw, record.hub_id), reason, inferred)
            for raw, record, ((tag, inferred), _), row, reason in zip(
                raws, records, answers, rows, reasons, strict=True
            )
        ]
        states = list(map(state_of, entries))
        known = [
            may_tell(entry.record, state, downloads_all_time(entry.row))
            for entry, state in zip(entries, states, strict=True)
        ]
        packed = [self._packer.pack(row, facts) for row, facts in zip(rows, known, strict=True)]
        verdicts = [self._verdict(entry, whose) for entry, (_, whose) in zip(entries, answers, strict=True)]
        values = [
            values_with(entry, None, verdict, state)
            for entry, verdict, state in zip(entries, verdicts, states, strict=True)
        ]
        return [
            Prepared(
                entry.record.hub_id,
                entry.record.model_id,
                columns,
                row,
                entry.record.aliases,
                bool(entry.record.base_models) and entry.tag.certainty is not Certainty.CERTAIN,
                bool(clamped),
            )
            for entry, columns, row, (_, clamped) in zip(entries, values, packed, read, strict=True)
        ]

    def _verdict(self, entry: Entry, whose: str | None) -> tuple[str | None, ...]:
        """Return a tag as it is stored, see `FamilyMemo.find`: without the name in its evidence many rows share one."""
        tag = entry.tag
        found = self._verdicts.get(id(tag))
        if found is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            name = entry.record.model_id if whose is None else str(tag.evidence["id"])
            # With the tag itself beside it no other can come to its place in memory.
            found = self._verdicts[id(tag)] = tag, verdict_of(tag, name)
        return found[1]

    def _fingerprint(self, raw: bytes, hub_id: str | None) -> int | None:
        return fingerprint(raw, self._salt) if hub_id and self._salt is not None else None


def _is_storable(raw: bytes) -> bool:
    """Whether a row holds nothing but ASCII and is short in any spelling."""
    return len(raw) < _SHORT and raw.isascii() and b"\\u" not in raw


class Preparers(Helpers):
    """The child processes. Use as a context manager."""

    def __init__(self, imported: Imported, dictionary: tuple[int, bytes], salt: bytes | None) -> None:
        """Start them.

        Args:
            imported: Where the rows come from.
            dictionary: Number and text of what raw rows are compressed against.
            salt: What marks the fingerprints of the rows; None where none are kept.

        """
        super().__init__("zukan.prepare", msgspec.msgpack.encode((imported.source, imported.as_of, *dictionary, salt)))
        self._decode: Callable[[bytes], PreparedPage] = msgspec.msgpack.Decoder(PreparedPage).decode

    def pages(
        self, pages: Iterable[list[Any]], wanted: Callable[[], bool]
    ) -> Iterator[tuple[list[Any], PreparedPage | None]]:
        """Yield each page of rows with what its rows come to, in order; None where a child failed, or is not `wanted`.

        Args:
            pages: JSON texts of rows.
            wanted: Says whether the next page is worth the work.

        """
        questions = ((page, _question(page) if wanted() else None) for page in pages)
        for page, answer in self.answers(questions):
            yield page, self._decoded(answer)

    def _decoded(self, answer: bytes | None) -> PreparedPage | None:
        try:
            return self._decode(answer) if answer else None
        except (ValueError, msgspec.MsgspecError):
            return None


def _question(page: list[Any]) -> bytes | None:
    return msgspec.msgpack.encode(page) if all(type(row) is bytes for row in page) else None


def _begin(message: bytes) -> Callable[[bytes], bytes]:
    name, as_of, number, dictionary, salt = msgspec.msgpack.decode(message)
    preparer = RowsPreparer(Imported(name, as_of), RowPacker(number, dictionary), salt)
    decode, encode = msgspec.msgpack.Decoder(list[bytes]).decode, msgspec.msgpack.Encoder().encode
    return lambda rows: encode(PreparedPage.of(preparer.prepare(decode(rows))))


if __name__ == "__main__":
    serve(_begin)
