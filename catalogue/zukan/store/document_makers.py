"""Makes the documents of a large catalogue in processes of their own, each with its own connection.

They see what was committed, so they serve a transaction that has changed nothing that documents tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from zukan.helpers import Helpers, serve
from zukan.store.connection import connect_helper
from zukan.store.documents import DocumentReader
from zukan.store.index import Batch, Made

_CACHE_KILOBYTES = 8_000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[str], list[str]]).decode


class DocumentMakers(Helpers):
    """The child processes. Use as a context manager."""

    def __init__(self, path: Path, reader: DocumentReader) -> None:
        """Take the catalogue.

        Args:
            path: The file; it must be in WAL mode, or they and the writer would be in each other's way.
            reader: Does the work of a child that fails.

        """
        super().__init__("zukan.store.document_makers", _encode(str(path)))
        self._reader = reader

    def make(self, batches: Iterable[Batch]) -> Iterator[Made]:
        """Yield the places of each batch with the texts of its models, in order."""
        questions = ((batch, _encode(batch[1])) for batch in batches)
        for (places, ids), answer in self.answers(questions):
            yield places, self._decoded(answer, len(ids)) or self._reader.texts(ids)

    def _decoded(self, answer: bytes | None, wanted: int) -> tuple[list[str], list[str]] | None:
        try:
            texts, names = _decode(answer) if answer else ([], [])
        except (ValueError, msgspec.MsgspecError):
            return None
        return (texts, names) if len(texts) == len(names) == wanted else None


def _begin(message: bytes) -> Callable[[bytes], bytes]:
    connection = connect_helper(Path(msgspec.msgpack.decode(message, type=str)), _CACHE_KILOBYTES)
    reader, ids = DocumentReader(connection), msgspec.msgpack.Decoder(list[int]).decode
    return lambda question: _encode(reader.texts(ids(question)))


if __name__ == "__main__":
    serve(_begin)
