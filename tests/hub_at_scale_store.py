"""The rows of the Hub at scale: pages by keyset from ready-made JSON, and the mutations between pages."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right, insort
from datetime import UTC, datetime
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from hub_at_scale_models import new_name, other_tags, other_task, synthetic_row
from hub_server_list import LIST_EXPANDS, _cursor_after, _Key, _parse, _position, _Query, _sort_key, show
from hub_server_rows import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hub_server_rows import Row

WEIGHTS = {"touch": 40.0, "counters": 40.0, "rename": 8.0, "swap": 4.0, "delete": 4.0, "add": 4.0}

_encode = msgspec.json.Encoder().encode


class Page(NamedTuple):
    """One page of the list."""

    body: bytes
    link: str | None
    """The value of the Link header, None on the last page."""


class _Entry:
    """A row with its JSON by the fields asked for."""

    __slots__ = ("facts", "shown")

    def __init__(self, facts: Row) -> None:
        self.facts = facts
        self.shown: dict[tuple[str, ...], bytes] = {}


class _Order:
    """The keys of all rows in one order, repaired when it is next used."""

    def __init__(self, sort: str, direction: int, dirty: Iterable[int]) -> None:
        self.sort, self.direction, self.dirty = sort, direction, set(dirty)
        self.keys: list[_Key] = []
        self._key_of: dict[int, _Key] = {}

    def refresh(self, entries: Mapping[int, _Entry]) -> None:
        """Move the rows that changed to their new places."""
        if not self.dirty:
            return
        stale = {self._key_of.pop(number) for number in self.dirty if number in self._key_of}
        self.keys = [key for key in self.keys if key not in stale]
        for number in self.dirty:
            if number in entries:
                key = _sort_key(entries[number].facts, self.sort, self.direction)
                self._key_of[number] = key
                self.keys.append(key)
        self.keys.sort()
        self.dirty.clear()


class ModelStore:
    """All models of a Hub; not for several threads at once."""

    def __init__(self, rows: Iterable[Row], seed: int) -> None:
        self.weights = dict(WEIGHTS)
        self.mutations = dict.fromkeys((*WEIGHTS, "disable"), 0)
        self._rng = Random(f"churn {seed}")
        self._owed = 0.0
        self._entries = {int(row["_id"], 16): _Entry(row) for row in rows}
        self._numbers = sorted(self._entries)
        self._names = {entry.facts["id"].lower(): number for number, entry in self._entries.items()}
        if len(self._names) < len(self._entries):
            raise ValueError("two rows have the same name")
        self._redirects: dict[str, int] = {}
        self._orders: dict[tuple[str, int], _Order] = {}
        self._mutate: dict[str, Callable[[], Row]] = {
            "touch": self._touch,
            "counters": self._counters,
            "rename": self._rename,
            "swap": self._swap,
            "delete": self._delete,
            "add": self._add,
            "disable": self._disable,
        }

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, name: str) -> Row | None:
        """Return the row that has this name, or had it, in any spelling of upper and lower case."""
        number = self._names.get(name.lower(), self._redirects.get(name.lower()))
        entry = None if number is None else self._entries.get(number)
        return None if entry is None else entry.facts

    def redirects(self) -> dict[str, str]:
        """Return the `_id` that each former name, in lower case, leads to, unless that model was deleted."""
        return {name: f"{number:024x}" for name, number in self._redirects.items() if number in self._entries}

    def lines(self) -> bytes:
        """Return every row with all fields that the list shows, one a line, by ascending `_id`."""
        return b"".join(_encode(show(self._entries[number].facts, LIST_EXPANDS)) + b"\n" for number in self._numbers)

    def page(self, parameters: Mapping[str, list[str]], endpoint: str, largest: int) -> Page:
        """Answer GET /api/models.

        Raises:
            BadQueryError: What the Hub refuses.

        """
        query = _parse(parameters)
        limit = min(query.limit, largest)
        found = self._after(query)
        if query.search or query.author or query.filters or query.pipeline_tag or query.gated is not None:
            found = (entry for entry in found if query.admits(entry.facts))
        entries = list(islice(found, limit + 1))
        link = None
        if len(entries) > limit:
            entries.pop()
            following = {key: values for key, values in parameters.items() if key != "cursor"}
            following["cursor"] = [_cursor_after(entries[-1].facts, query)]
            link = f'<{endpoint}/api/models?{urlencode(following, doseq=True)}>; rel="next"'
        fields = query.fields
        parts = []
        for entry in entries:
            part = entry.shown.get(fields)
            if part is None:
                part = entry.shown[fields] = _encode(show(entry.facts, fields))
            parts.append(part)
        return Page(b"[" + b",".join(parts) + b"]", link)

    def _after(self, query: _Query) -> Iterator[_Entry]:
        entries, numbers = self._entries, self._numbers
        position = None if query.cursor is None else _position(query)
        if query.sort != "createdAt":
            if (query.sort, query.direction) not in self._orders:
                self._orders[query.sort, query.direction] = _Order(query.sort, query.direction, numbers)
            order = self._orders[query.sort, query.direction]
            order.refresh(entries)
            keys = order.keys
            start = 0 if position is None else bisect_right(keys, position)
            return (entries[keys[place][2]] for place in range(start, len(keys)))
        if query.direction > 0:
            start = 0 if position is None else bisect_right(numbers, position[1])
            return (entries[numbers[place]] for place in range(start, len(numbers)))
        start = len(numbers) if position is None else bisect_left(numbers, -position[1])
        return (entries[numbers[place]] for place in range(start - 1, -1, -1))

    def churn(self, share: float) -> None:
        """Change that share of the rows, by the weights; fractions of a row add up over the calls."""
        self._owed += share * len(self)
        times, self._owed = int(self._owed), self._owed % 1
        for kind in self._rng.choices([*self.weights], [*self.weights.values()], k=times):
            self._mutate[kind]()

    def mutate(self, kind: str, times: int) -> list[Row]:
        """Do one kind of mutation to that many different models; tell the `_id`, `id` and, if renamed, `old` of each."""
        done: dict[str, Row] = {}
        while len(done) < times:
            told = self._mutate[kind]()
            # A model that was renamed twice tells its first name.
            done[told["_id"]] = told | {
                key: done[told["_id"]][key] for key in ("old",) if told["_id"] in done and key in told
            }
        return [*done.values()]

    def _pick(self) -> tuple[int, Row]:
        if len(self) < 2:
            raise ValueError("too few models to change one")
        number = self._rng.choice(self._numbers)
        return number, self._entries[number].facts

    def _changed(self, number: int) -> None:
        if number in self._entries:
            self._entries[number].shown.clear()
        for order in self._orders.values():
            order.dirty.add(number)

    def _told(self, kind: str, row: Row, **more: Any) -> Row:
        self.mutations[kind] += 1
        return {"_id": row["_id"], "id": row["id"], **more}

    def _touch(self) -> Row:
        number, row = self._pick()
        row["sha"] = f"{self._rng.getrandbits(160):040x}"
        row["lastModified"] = timestamp(datetime.now(UTC))
        if self._rng.random() < 0.3:
            row["tags"] = other_tags(self._rng, row.get("tags", []))
        if self._rng.random() < 0.1:
            task = other_task(self._rng)
            row.pop("pipeline_tag", None)
            row |= {"pipeline_tag": task} if task else {}
        self._changed(number)
        return self._told("touch", row)

    def _counters(self) -> Row:
        number, row = self._pick()
        more = 1 + int(row.get("downloads", 0) * self._rng.random() * 0.2)
        row["downloads"] = row.get("downloads", 0) + (
            more if self._rng.random() < 0.7 else -min(more, row["downloads"])
        )
        row["downloadsAllTime"] = row.get("downloadsAllTime", 0) + more
        row["likes"] = row.get("likes", 0) + self._rng.choice((0, 0, 1, 3))
        self._changed(number)
        return self._told("counters", row)

    def _rename(self) -> Row:
        number, row = self._pick()
        old = row["id"]
        author = row.get("author")
        self._name(number, self._free_name(author if self._rng.random() < 0.7 else None))
        del self._names[old.lower()]
        self._redirects[old.lower()] = number
        return self._told("rename", row, old=old)

    def _swap(self) -> Row:
        (first, one), (second, other) = self._pick(), self._pick()
        names = one["id"], other["id"]
        self._name(first, names[1])
        self._name(second, names[0])
        return self._told("swap", one, old=names[0])

    def _name(self, number: int, name: str) -> None:
        row = self._entries[number].facts
        row["id"] = name
        row.pop("author", None)
        row |= {"author": name.split("/", maxsplit=1)[0]} if "/" in name else {}
        self._names[name.lower()] = number
        self._redirects.pop(name.lower(), None)
        self._changed(number)

    def _delete(self) -> Row:
        number, row = self._pick()
        del self._entries[number]
        del self._numbers[bisect_left(self._numbers, number)]
        del self._names[row["id"].lower()]
        self._changed(number)
        return self._told("delete", row)

    def _add(self) -> Row:
        number = (int(time.time()) << 64) + self._rng.getrandbits(60)
        number = max(number, self._numbers[-1] + 1 + self._rng.getrandbits(40))
        parent = self._pick()[1]
        base = (parent["id"], parent["_id"]) if self._rng.random() < 0.25 else None
        modified = timestamp(datetime.now(UTC))
        row = synthetic_row(self._rng, self._free_name(), f"{number:024x}", modified, base=base)
        self._entries[number] = _Entry(row)
        insort(self._numbers, number)
        self._names[row["id"].lower()] = number
        self._changed(number)
        return self._told("add", row)

    def _disable(self) -> Row:
        number, row = self._pick()
        row["disabled"] = True
        self._changed(number)
        return self._told("disable", row)

    def _free_name(self, author: str | None = None) -> str:
        while (name := new_name(self._rng, author)).lower() in self._names or name.lower() in self._redirects:
            pass
        return name
