"""Works out which family models take from their bases; of many models in processes of its own, on every core.

A tag depends on the rows alone, so whoever works it out needs nothing but a connection that reads them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from zukan.family_memo import FamilyMemo
from zukan.helpers import Helpers, serve
from zukan.lineage import CatalogueLineage
from zukan.store.connection import connect_helper
from zukan.store.derive import row_of, same_tag, tagged
from zukan.store.details import DetailReader
from zukan.store.entry import inferred_columns, verdict_of
from zukan.task_inference import infer_task

_REMEMBERED = 20_000
_CACHE_KILOBYTES = 16_000


class Followed(msgspec.Struct, array_like=True):
    """A model whose tag is not what its row and those of its bases say."""

    id: int
    model_id: str
    moved: bool
    """Whether its family or the certainty of it is another, so that its own copies must follow."""
    verdict: tuple[str | None, ...]
    """See `zukan.store.entry.verdict_of`."""
    inferred_task: str | None
    inferred_from: str | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Followed]).decode


class Follower:
    """Works out the tags of one open catalogue, whose rows must not change meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take any connection to it."""
        self._connection = connection
        self._reader = DetailReader(connection)
        lineage = CatalogueLineage(lambda name: row_of(connection, name, self._reader))
        self._memo = FamilyMemo(lineage, _REMEMBERED)

    def follow(self, ids: Sequence[int]) -> list[Followed]:
        """Return those of these models whose tag changes.

        Chains (an adapter of a quantised copy of a fine-tune) are followed to their end, see `CatalogueLineage`.
        """
        found = []
        for model in tagged(self._connection, ids, self._reader):
            tag = self._memo.tag(model.row)
            if not same_tag(model.tag, tag):
                moved = (model.tag.family, model.tag.certainty) != (tag.family, tag.certainty)
                inferred = inferred_columns(infer_task(model.row, tag))
                found.append(
                    Followed(model.id, model.model_id, moved, verdict_of(tag, str(model.row.get("id"))), *inferred)
                )
        return found


class Followers(Helpers):
    """The child processes, which see what was committed. Use as a context manager."""

    def __init__(self, path: Path, follower: Follower) -> None:
        """Take the catalogue.

        Args:
            path: The file.
            follower: Does the work of a child that fails.

        """
        super().__init__("zukan.followers", _encode(str(path)))
        self._follower = follower

    def follow(self, batches: Iterable[list[int]]) -> Iterator[tuple[list[int], list[Followed]]]:
        """Yield each batch of row ids with those of its models whose tag changes, in order."""
        for ids, answer in self.answers((ids, _encode(ids)) for ids in batches):
            yield ids, self._decoded(answer, ids)

    def _decoded(self, answer: bytes | None, ids: list[int]) -> list[Followed]:
        try:
            if answer:
                return _decode(answer)
        except (ValueError, msgspec.MsgspecError):
            pass
        return self._follower.follow(ids)


def _begin(message: bytes) -> Callable[[bytes], bytes]:
    connection = connect_helper(Path(msgspec.msgpack.decode(message, type=str)), _CACHE_KILOBYTES)
    follower, ids = Follower(connection), msgspec.msgpack.Decoder(list[int]).decode
    return lambda question: _encode(follower.follow(ids(question)))


if __name__ == "__main__":
    serve(_begin)
