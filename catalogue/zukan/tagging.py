"""Tags lines: one Hub row as JSON in, its family as JSON out, however many and whatever is in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Any

import msgspec

from zukan.family_evidence import Lineage, text
from zukan.family_memo import FamilyMemo
from zukan.schema import Certainty, Family, FamilyTag

MAX_LINE_BYTES = 32 << 20
"""A longer line is not read: no row, not even with a whole config.json, is that long."""
_MOST_REMEMBERED = 1 << 14
_CHUNK_BYTES = 1 << 18
UNREADABLE = "unreadable"


@dataclass(slots=True)
class TagSummary:
    """What was tagged, by family, certainty and rule."""

    lines: int = 0
    unreadable: int = 0
    """Lines that are no JSON object, or too long."""
    by_family: Counter[tuple[Family, Certainty]] = field(default_factory=Counter)
    by_rule: Counter[tuple[Family, str]] = field(default_factory=Counter)

    def count(self, tag: FamilyTag, number: int = 1) -> None:
        """Count a tag so many times."""
        self.lines += number
        self.by_family[tag.family, tag.certainty] += number
        self.by_rule[tag.family, tag.rule] += number
        if tag.rule == UNREADABLE:
            self.unreadable += number

    def add(self, other: TagSummary) -> None:
        """Add the counts of another."""
        self.lines += other.lines
        self.unreadable += other.unreadable
        self.by_family += other.by_family
        self.by_rule += other.by_rule


def read_batches(file: BufferedIOBase) -> Iterator[list[bytes]]:
    """Yield the lines of a stream as they come, so that a slow writer is answered at once.

    Of a line beyond `MAX_LINE_BYTES` only the beginning is kept: memory stays flat.
    """
    pieces: list[bytes] = []
    size = 0
    while chunk := file.read1(_CHUNK_BYTES):
        lines = chunk.split(b"\n")
        if len(lines) > 1 and pieces:
            lines[0] = b"".join((*pieces, lines[0]))
            pieces, size = [], 0
        rest = lines.pop()
        if rest and size <= MAX_LINE_BYTES:
            pieces.append(rest)
            size += len(rest)
        if lines:
            yield lines
    if pieces:
        yield [b"".join(pieces)]


def answer(model_id: str | None, tag: FamilyTag) -> dict[str, Any]:
    """Return a tag as the object that is written out."""
    return {
        "model_id": model_id,
        "family": str(tag.family),
        "certainty": str(tag.certainty),
        "reason": tag.reason,
        "evidence": dict(tag.evidence),
        "guess": tag.guess and str(tag.guess),
    }


def id_of(row: Mapping[str, Any]) -> str | None:
    """Return the name that a row gives its model, None where it has none."""
    return text(row.get("id")) or text(row.get("modelId"))


def unreadable(problem: str) -> FamilyTag:
    """Return the tag of a line that cannot be read."""
    return FamilyTag(Family.UNDETERMINED, Certainty.GUESS, f"This line cannot be read: {problem}.", {}, UNREADABLE)


@dataclass(slots=True)
class _Written:
    """A tag as it is written out, and how often it was."""

    tag: FamilyTag
    before: bytes
    after: bytes | None
    """What follows the model's id inside the evidence, None where it does not stand there."""
    times: int = 0


class LineTagger:
    """Turns lines into answers and counts them."""

    def __init__(self, lineage: Lineage | None = None) -> None:
        """Take the function that finds base models, see `zukan.families.classify`."""
        self._memo = FamilyMemo(lineage)
        self._decode: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder(dict[str, Any]).decode
        self._encode = msgspec.json.Encoder().encode
        self._written: dict[int, _Written] = {}
        self._summary = TagSummary()

    def summary(self) -> TagSummary:
        """Return what was tagged so far."""
        self._forget()
        return self._summary

    def tag_lines(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield one line for each that is not blank, in the same order.

        A line that is no JSON object is answered too: `undetermined`, with a reason that says so.
        """
        decode, encode, find, written = self._decode, self._encode, self._memo.find, self._written
        for line in lines:
            try:
                if len(line) > MAX_LINE_BYTES:
                    raise ValueError("too long")
                row = decode(line)
                (tag, _), whose = find(row)
                known = written.get(id(tag))
                if known is None or known.tag is not tag:
                    known = self._write(tag, replaced=whose is not None)
                model_id = row.get("id")
                if type(model_id) is not str or not model_id:
                    model_id = id_of(row)
                name = encode(model_id)
                known.times += 1
                if known.after is None:
                    yield b'{"model_id":' + name + known.before
                else:
                    yield b'{"model_id":' + name + known.before + name + known.after
            except (ValueError, RecursionError, TypeError, OverflowError):
                if line.strip():
                    yield self._slowly(line)

    def _forget(self) -> None:
        for known in self._written.values():
            self._summary.count(known.tag, known.times)
        self._written.clear()

    def _write(self, tag: FamilyTag, *, replaced: bool) -> _Written:
        """Return what is written behind the model's id; in two parts where the id stands in the evidence too."""
        # Tags are known by their address: what is kept here keeps them alive.
        if len(self._written) >= _MOST_REMEMBERED:
            self._forget()
        whole = answer(None, tag)
        del whole["model_id"]
        evidence = whole["evidence"]
        if replaced:
            del whole["evidence"], evidence["id"]
            before = b"," + self._encode(whole)[1:-1] + b',"evidence":{"id":'
            after = (b"," if evidence else b"") + self._encode(evidence)[1:] + b"}\n"
            known = _Written(tag, before, after)
        else:
            known = _Written(tag, b"," + self._encode(whole)[1:] + b"\n", None)
        self._written[id(tag)] = known
        return known

    def _slowly(self, line: bytes) -> bytes:
        """Answer a line that the fast reader refuses: json takes NaN, and says what is wrong."""
        model_id = None
        try:
            if len(line) > MAX_LINE_BYTES:
                raise ValueError(f"longer than {MAX_LINE_BYTES >> 20} MB")
            row = json.loads(line)
            if isinstance(row, dict):
                tag, model_id = self._memo.tag(row), id_of(row)
            else:
                tag = unreadable("not a JSON object")
        except RecursionError:
            tag = unreadable("nested too deeply")
        except UnicodeDecodeError:
            tag = unreadable("not UTF-8")
        except json.JSONDecodeError as error:
            tag = unreadable(f"not JSON ({error.msg})")
        except ValueError as error:
            tag = unreadable(str(error))
        self._summary.count(tag)
        found = answer(model_id, tag)
        try:
            # ASCII: a lone surrogate is kept as the escape that it came as.
            text_ = json.dumps(found, separators=(",", ":"), allow_nan=False)
        except (ValueError, TypeError):  # JSON knows no NaN
            found["evidence"] = {path: str(value) for path, value in tag.evidence.items()}
            text_ = json.dumps(found, separators=(",", ":"))
        return (text_ + "\n").encode()
