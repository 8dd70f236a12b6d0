"""Works out new models from raw rows in processes of its own, so that a large import uses every core.

What a row comes to does not depend on the catalogue unless its model is known there; the family that follows from a
base model is settled afterwards in any case. A child reads batches of rows from its standard input and writes what they
come to to its standard output, each as MessagePack behind its length.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec

from zukan.child import child_environment
from zukan.intake import Imported, entry_of
from zukan.raw_rows import UnreadableRow, cleaned, read_row, row_text
from zukan.records import identity
from zukan.schema import Certainty
from zukan.store.entry import Prepared, downloads_all_time, state_of, values_of
from zukan.store.packing import RowPacker, told

_MOST_PROCESSES = 4
_AHEAD = 2
"""Batches for each process that wait or are at work."""
_LENGTH = 8


def _nobody(_names: Sequence[str]) -> None:
    """Know no base model: what follows from one is settled later."""


def prepare(raw: bytes, imported: Imported, packer: RowPacker) -> Prepared | None:
    """Return what a row comes to if its model is new, None if it cannot be taken."""
    try:
        row, clamped = cleaned(read_row(raw))
        hub_id, model_id = identity(row)
        row = imported.dated(row)
        row_text(row)
        entry = entry_of(row, _nobody, None)
        known = told(entry.record, state_of(entry), downloads_all_time(row))
        values, packed = values_of(entry, None), packer.pack(row, known)
    except (UnreadableRow, TypeError, ValueError, RecursionError, KeyError, AttributeError):
        return None
    record = entry.record
    certain = entry.tag.certainty is Certainty.CERTAIN
    return Prepared(hub_id, model_id, values, packed, record.aliases, record.base_models, certain, bool(clamped))


class Preparers:
    """The child processes. Use as a context manager."""

    def __init__(self, imported: Imported, dictionary: tuple[int, bytes]) -> None:
        """Start them.

        Args:
            imported: Where the rows come from.
            dictionary: Number and text of what raw rows are compressed against.

        """
        number = max(1, min(_MOST_PROCESSES, os.cpu_count() or 1))
        self._pool = ThreadPoolExecutor(number)
        self._children: list[subprocess.Popen[bytes]] = []
        self._own = threading.local()
        self._begin = msgspec.msgpack.encode((imported.source, imported.as_of, *dictionary))
        self._decode: Callable[[bytes], list[Prepared | None]] = msgspec.msgpack.Decoder(list[Prepared | None]).decode
        self._ahead = number * _AHEAD

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            if kind is not None:
                child.kill()
            with suppress(OSError):
                if child.stdin:
                    child.stdin.close()
        self._pool.shutdown(cancel_futures=True)
        for child in self._children:
            child.wait()
            if child.stdout:
                child.stdout.close()

    def pages(self, pages: Iterable[list[Any]]) -> Iterator[tuple[list[Any], list[Prepared | None] | None]]:
        """Yield each page of rows with what its rows come to, in order; None where a child failed."""
        waiting: deque[tuple[list[Any], Future[list[Prepared | None] | None]]] = deque()
        for page in pages:
            waiting.append((page, self._pool.submit(self._ask, page)))
            if len(waiting) >= self._ahead:
                first, answer = waiting.popleft()
                yield first, answer.result()
        while waiting:
            first, answer = waiting.popleft()
            yield first, answer.result()

    def _ask(self, page: list[Any]) -> list[Prepared | None] | None:
        """Let this thread's child work; without one the caller does the work itself, so no failure loses anything."""
        if not all(type(row) is bytes for row in page):
            return None
        try:
            child = getattr(self._own, "child", None) or self._start()
            assert child.stdin is not None  # noqa: S101 (both are pipes)
            assert child.stdout is not None  # noqa: S101
            _write(child.stdin, msgspec.msgpack.encode(page))
            answer = _read(child.stdout)
            return self._decode(answer) if answer else None
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "zukan.prepare"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )
        self._children.append(child)
        self._own.child = child
        assert child.stdin is not None  # noqa: S101
        _write(child.stdin, self._begin)
        return child


def _write(file: Any, message: bytes) -> None:
    file.write(len(message).to_bytes(_LENGTH, "big") + message)
    file.flush()


def _read(file: Any) -> bytes | None:
    """Return the next message, None at the end."""
    head = file.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    body: bytes = file.read(length)
    return body if len(body) == length else None


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer batches of rows until there are none."""
    begin = _read(source)
    if begin is None:
        return
    name, as_of, number, dictionary = msgspec.msgpack.decode(begin)
    imported, packer = Imported(name, as_of), RowPacker(number, dictionary)
    decode, encode = msgspec.msgpack.Decoder(list[bytes]).decode, msgspec.msgpack.Encoder().encode
    while (message := _read(source)) is not None:
        _write(target, encode([prepare(raw, imported, packer) for raw in decode(message)]))


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
