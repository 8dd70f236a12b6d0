"""New models that were worked out apart from the catalogue, a page at a time, and how they are stored at once.

A page travels column by column, with each text, family tag and list of tags once, so that whoever stores it looks at
few of them, and at no row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from zukan.store.columns import COLUMNS, SHARED
from zukan.store.entry import INSERT
from zukan.store.words import mark_of
from zukan.store.write import CatalogueWriter

_VERDICT, _SHARED, _TAGS, _DOWNLOADS, _LIKES = (
    COLUMNS.index(name) - 1 for name in ("verdict", SHARED[0], "tags", "downloads", "likes")
)


class Prepared(NamedTuple):
    """A new model worked out apart from the catalogue, see `zukan.prepare`."""

    hub_id: str | None
    model_id: str
    values: tuple[Any, ...]
    """See `zukan.store.entry.values_of`."""
    packed: bytes | None
    """Its raw row, see `packing`."""
    aliases: tuple[str, ...]
    due: bool
    """Whether its family may follow from a base model."""
    clamped: bool


class PreparedPage(msgspec.Struct, array_like=True):
    """What the rows of a page come to."""

    taken: list[bool]
    """Whether each row could be read; the rest is of those alone."""
    hub_ids: list[str | None]
    model_ids: list[str]
    columns: list[list[Any]]
    """See `zukan.store.entry.values_of`; of texts, family tags and lists of tags the places in what follows."""
    texts: list[str]
    verdicts: list[tuple[Any, ...]]
    """Each with its mark behind it."""
    tags: list[list[int]]
    packed: list[bytes | None]
    aliases: dict[int, list[str]]
    """By place among the rows that could be read."""
    due: list[int]
    clamped: list[int]

    @classmethod
    def of(cls, models: Sequence[Prepared | None]) -> PreparedPage:
        """Return a page of these; None for a row that could not be read."""
        found = [model for model in models if model is not None]
        texts: dict[str, int] = {}
        verdicts: dict[tuple[Any, ...], int] = {}
        tags: dict[tuple[str, ...], int] = {}
        shared: list[list[int | None]] = []
        lists: list[list[int]] = []
        for model in found:
            # One after the other, so that texts come in the order in which rows say them.
            values = model.values
            shared.append(
                [None if text is None else texts.setdefault(text, len(texts)) for text in values[_SHARED:_TAGS]]
            )
            if values[_TAGS] not in tags:
                tags[values[_TAGS]] = len(tags)
                lists.append([texts.setdefault(text, len(texts)) for text in values[_TAGS]])
        columns = [list(column) for column in zip(*[model.values for model in found], strict=True)]
        if found:
            columns[_VERDICT] = [verdicts.setdefault(verdict, len(verdicts)) for verdict in columns[_VERDICT]]
            columns[_SHARED:_TAGS] = [list(column) for column in zip(*shared, strict=True)]
            columns[_TAGS] = [tags[value] for value in columns[_TAGS]]
        return cls(
            taken=[model is not None for model in models],
            hub_ids=[model.hub_id for model in found],
            model_ids=[model.model_id for model in found],
            columns=columns,
            texts=list(texts),
            verdicts=[(*verdict, mark_of(verdict)) for verdict in verdicts],
            tags=lists,
            packed=[model.packed for model in found],
            aliases={place: list(model.aliases) for place, model in enumerate(found) if model.aliases},
            due=[place for place, model in enumerate(found) if model.due],
            clamped=[place for place, model in enumerate(found) if model.clamped],
        )

    def __len__(self) -> int:
        return len(self.taken)

    @property
    def is_whole(self) -> bool:
        """Whether all rows could be read."""
        return len(self.model_ids) == len(self.taken) > 0

    def models(self) -> list[Prepared | None]:
        """Return each row's model, None for one that could not be read."""
        due, clamped, texts = set(self.due), set(self.clamped), [*self.texts, None]
        columns = list(self.columns)
        if columns:
            columns[_VERDICT] = [self.verdicts[place][:-1] for place in columns[_VERDICT]]
            for number in range(_SHARED, _TAGS):
                columns[number] = [texts[-1 if place is None else place] for place in columns[number]]
            columns[_TAGS] = [tuple([self.texts[one] for one in self.tags[place]]) for place in columns[_TAGS]]
        found = (
            Prepared(
                hub_id, model_id, values, packed, tuple(self.aliases.get(place, ())), place in due, place in clamped
            )
            for place, (hub_id, model_id, values, packed) in enumerate(
                zip(self.hub_ids, self.model_ids, zip(*columns, strict=True), self.packed, strict=True)
            )
        )
        return [next(found) if taken else None for taken in self.taken]


def save_page(writer: CatalogueWriter, page: PreparedPage) -> list[int]:
    """Insert models that are new; call inside a transaction.

    Returns:
        The row id of each.

    Raises:
        sqlite3.IntegrityError: One of them is not new.

    """
    columns = list(page.columns)
    first = writer.next_id()
    ids = list(range(first, first + len(page.model_ids)))
    if writer.index.deferred:
        places: Any = repeat(None)
    else:
        places = list(map(writer.index.place, columns[_DOWNLOADS], columns[_LIKES]))
    verdicts = writer.verdicts.of_all(page.verdicts)
    columns[_VERDICT] = [verdicts[place] for place in columns[_VERDICT]]
    numbers: list[int | None] = [*writer.words.of_all(page.texts), None]
    for number in range(_SHARED, _TAGS):
        columns[number] = [numbers[-1 if place is None else place] for place in columns[number]]
    lists = [f"[{','.join([str(numbers[place]) for place in places_])}]" for places_ in page.tags]
    columns[_TAGS] = [lists[place] for place in columns[_TAGS]]
    writer.connection.executemany(INSERT, zip(ids, places, *columns, strict=False))
    writer.details.insert_packed(zip(ids, page.packed, strict=True))
    writer.save_aliases([(ids[place], name) for place, names in page.aliases.items() for name in names])
    writer.index.added(ids)
    return ids
