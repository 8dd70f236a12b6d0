"""Reads the bytes of a file in pieces, unpacked where it is gzip; damage ends it early and is noted, never raised."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 18

OnBytes = Callable[[int], object]


@dataclass(slots=True)
class FileBytes:
    """The unpacked bytes of a file; what goes wrong on the way is noted, so that all that was read is used."""

    path: Path
    on_bytes: OnBytes | None
    packed: bool
    problem: str | None = None
    size: int = 0
    """Unpacked bytes so far."""

    def chunks(self) -> Generator[bytes]:
        """Yield all that can be read, piece by piece."""
        for chunk in self._inflated() if self.packed else self._pieces():
            self.size += len(chunk)
            yield chunk

    def _pieces(self) -> Iterator[bytes]:
        done = 0
        with contextlib.ExitStack() as stack:
            opened = None
            while True:
                try:
                    opened = opened or stack.enter_context(self.path.open("rb", buffering=0))
                    piece = opened.read(CHUNK_BYTES)
                except OSError as error:
                    self.problem = f"{error.strerror or error}, after {done:,} bytes"
                    return
                if not piece:
                    return
                done += len(piece)
                if self.on_bytes is not None:
                    self.on_bytes(done)
                yield piece

    def _inflated(self) -> Iterator[bytes]:
        decoder, begun, done = zlib.decompressobj(wbits=31), False, 0
        for piece in self._pieces():
            done += len(piece)
            # Zero bytes behind a member are padding, as gzip itself takes them.
            data = piece if begun else piece.lstrip(b"\0")
            more = bool(data)
            while more:
                begun, before = True, decoder.copy()
                try:
                    chunk = decoder.decompress(data, CHUNK_BYTES)
                except zlib.error as error:
                    yield _up_to_damage(before, data)
                    why = str(error).rpartition(": ")[2] or "damaged"
                    self.problem = f"damaged gzip data at or before byte {done - len(data):,} ({why})"
                    return
                if chunk:
                    yield chunk
                if decoder.eof:
                    data = decoder.unused_data.lstrip(b"\0")
                    decoder, begun, more = zlib.decompressobj(wbits=31), False, bool(data)
                else:
                    data = decoder.unconsumed_tail
                    more = bool(data) or len(chunk) == CHUNK_BYTES
        if begun:
            self.problem = self.problem or f"the gzip data ends too early, after {done:,} bytes"


def _up_to_damage(decoder: Any, data: bytes) -> bytes:
    """Unpack byte by byte: a call that meets damage gives nothing at all of what came before it."""
    found = bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(len(data)):
            found += decoder.decompress(data[at : at + 1])
    return bytes(found)
