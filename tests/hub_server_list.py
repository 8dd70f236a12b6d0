"""The test Hub's model list and the fields its rows show: filters, orders, expand, and the cursors' format."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hub_server_wire import Request, Response, error_response, json_response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hub_server_rows import Row

MODEL_EXPANDS = (
    "author",
    "baseModels",
    "cardData",
    "childrenModelCount",
    "config",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "evalResults",
    "gated",
    "gguf",
    "gitalyUid",
    "inference",
    "inferenceProviderMapping",
    "lastModified",
    "library_name",
    "likes",
    "mask_token",
    "model-index",
    "pipeline_tag",
    "private",
    "resourceGroup",
    "safetensors",
    "sha",
    "siblings",
    "spaces",
    "tags",
    "transformersInfo",
    "trendingScore",
    "usedStorage",
    "widgetData",
    "xetEnabled",
)
LIST_EXPANDS = tuple(name for name in MODEL_EXPANDS if name not in {"childrenModelCount", "usedStorage"})
SORTS = ("createdAt", "downloads", "likes", "lastModified", "trendingScore")
LARGEST_PAGE = 1000

_LIST_FIELDS = (
    "likes",
    "trendingScore",
    "private",
    "downloads",
    "tags",
    "pipeline_tag",
    "library_name",
    "createdAt",
    "modelId",
)
_FULL_FIELDS = ("author", "sha", "lastModified", "gated", "disabled", "siblings")
_MODEL_FIELDS = (
    *_LIST_FIELDS,
    *_FULL_FIELDS,
    "cardData",
    "config",
    "gguf",
    "inference",
    "mask_token",
    "model-index",
    "safetensors",
    "spaces",
    "transformersInfo",
    "usedStorage",
    "widgetData",
)
_PARAMETERS = {
    *("search", "author", "filter", "pipeline_tag", "gated", "sort", "direction", "limit", "cursor"),
    *("full", "config", "cardData", "expand", "expand[]"),
}
_SEARCH_TOKEN = "CJeMyAIaABIMZm9sbG93aW5nLXBn"

_Key = tuple[int, float, int]


class BadQueryError(Exception):
    """A query the Hub refuses with 400, or (`status` 501) one that the test Hub does not know."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class _Query:
    search: tuple[str, ...]
    author: str | None
    filters: frozenset[str]
    pipeline_tag: str | None
    gated: bool | None
    sort: str
    direction: int
    limit: int
    cursor: str | None
    fields: tuple[str, ...]

    def admits(self, row: Row) -> bool:
        """Tell whether a row belongs to the answer."""
        name = row["id"].lower()
        tags = row.get("tags")
        labels = [*(tags if isinstance(tags, list) else ()), row.get("library_name"), row.get("pipeline_tag")]
        return (
            not row.get("private")
            and all(word in name for word in self.search)
            and self.author in (None, row.get("author"))
            and all(label in labels for label in self.filters)
            and self.pipeline_tag in (None, row.get("pipeline_tag"))
            and self.gated in (None, bool(row.get("gated")))
        )


class ModelList:
    """Pages through the rows of a mutable collection by keyset, as a database cursor does."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._orders: dict[tuple[str, int], tuple[list[_Key], list[Row]]] = {}

    def changed(self) -> None:
        """Forget the orders made so far, because rows were added, removed or altered."""
        self._orders.clear()

    def page(self, request: Request, endpoint: str) -> Response:
        """Answer GET /api/models."""
        try:
            query = _parse(request.query)
            keys, rows = self._order(query.sort, query.direction)
            start = 0 if query.cursor is None else bisect_right(keys, _position(query))
        except BadQueryError as error:
            return error_response(error.status, str(error))
        found: list[Row] = []
        for row in rows[start:]:
            if query.admits(row):
                found.append(row)
                if len(found) > query.limit:
                    break
        page = found[: query.limit]
        headers = {}
        if len(found) > query.limit:
            parameters = {key: values for key, values in request.query.items() if key != "cursor"}
            parameters["cursor"] = [_cursor_after(page[-1], query)]
            headers["Link"] = f'<{endpoint}/api/models?{urlencode(parameters, doseq=True)}>; rel="next"'
        return json_response([show(row, query.fields) for row in page], headers=headers)

    def _order(self, sort: str, direction: int) -> tuple[list[_Key], list[Row]]:
        if (sort, direction) not in self._orders:
            rows = sorted(self._rows.values(), key=lambda row: _sort_key(row, sort, direction))
            self._orders[sort, direction] = ([_sort_key(row, sort, direction) for row in rows], rows)
        return self._orders[sort, direction]


def show(row: Row, fields: Iterable[str]) -> Row:
    """Return the asked fields of a row, with `_id` and `id`; an absent value stays an absent key."""
    shown = {"_id": row["_id"], "id": row["id"]}
    for name in fields:
        if name == "modelId":
            shown[name] = row["id"]
        elif name in row:
            shown[name] = row[name]
    return shown


def model_fields(query: Mapping[str, list[str]]) -> Sequence[str]:
    """Return the fields that a model endpoint's query asks for."""
    asked = _expand(query, MODEL_EXPANDS)
    return _MODEL_FIELDS if asked is None else asked


def _parse(query: Mapping[str, list[str]]) -> _Query:
    if unknown := set(query) - _PARAMETERS:
        raise BadQueryError(f"the test Hub does not know {sorted(unknown)}", 501)
    fields = _expand(query, LIST_EXPANDS)
    filters = {part.strip() for value in query.get("filter", []) for part in value.split(",") if part.strip()}
    if fields is None:
        # Any value of `full` switches it on, even "false"; so does a bare filter.
        fields = _LIST_FIELDS + (_FULL_FIELDS if "full" in query or filters else ())
        fields += tuple(name for name in ("config", "cardData") if name in query)
    gated = _one(query, "gated", ("true", "false"))
    return _Query(
        search=tuple(query.get("search", [""])[-1].lower().split()),
        author=query.get("author", [None])[-1],
        filters=frozenset(filters),
        pipeline_tag=query.get("pipeline_tag", [None])[-1],
        gated=None if gated is None else gated == "true",
        sort=_one(query, "sort", SORTS) or "trendingScore",
        direction=int(_one(query, "direction", ("-1", "1")) or -1),
        limit=_limit(query),
        cursor=query.get("cursor", [None])[-1],
        fields=fields,
    )


def _expand(query: Mapping[str, list[str]], allowed: tuple[str, ...]) -> tuple[str, ...] | None:
    asked = tuple(query.get("expand", []) + query.get("expand[]", []))
    if any(name not in allowed for name in asked):
        raise BadQueryError(f'"expand" must be one of [{", ".join(allowed)}]')
    return asked or None


def _one(query: Mapping[str, list[str]], name: str, allowed: tuple[str, ...]) -> str | None:
    value = query.get(name, [None])[-1]
    if value is not None and value not in allowed:
        raise BadQueryError(f'"{name}" must be one of [{", ".join(allowed)}]')
    return value


def _limit(query: Mapping[str, list[str]]) -> int:
    value = query.get("limit", [str(LARGEST_PAGE)])[-1]
    if not value.isdecimal() or int(value) == 0:
        raise BadQueryError('"limit" must be a positive number')
    return min(int(value), LARGEST_PAGE)


def _sort_key(row: Mapping[str, Any], sort: str, direction: int) -> _Key:
    """Order by the sorted field and then by ascending `_id`; rows without the field come last."""
    number = int(row["_id"], 16)
    if sort == "createdAt":
        # Really a walk over `_id`, whose first digits are the time of creation.
        return (0, direction * number, 0)
    value = row.get(sort)
    if isinstance(value, str):
        digits = "".join(filter(str.isdecimal, value))
        value = int(digits[:17].ljust(17, "0")) if digits else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return (1, 0, number)
    return (0, direction * value, number)


def _cursor_after(row: Row, query: _Query) -> str:
    """Write the condition that the rest of the list fulfils, as the Hub's database would."""
    operator = "$lt" if query.direction < 0 else "$gt"
    value = row.get(query.sort)
    condition: dict[str, Any]
    if query.sort == "createdAt":
        condition = {"_id": {operator: row["_id"]}}
    elif value is None:
        condition = {query.sort: None, "_id": {"$gt": row["_id"]}}
    else:
        same = {query.sort: value, "_id": {"$gt": row["_id"]}}
        condition = {"$or": [same, {query.sort: {operator: value}}, {query.sort: None}]}
    if query.search:
        condition["searchSequenceToken"] = _SEARCH_TOKEN
    return base64.b64encode(json.dumps(condition, separators=(",", ":")).encode()).decode()


def _position(query: _Query) -> _Key:
    """Read a cursor of `_cursor_after`, or one made by hand, as the key of the last row already seen."""
    try:
        condition = json.loads(base64.b64decode(query.cursor or "", validate=True))
        first = condition.get("$or", [condition])[0]
        ((operator, hub_id),) = first["_id"].items()
        by_id = query.sort == "createdAt"
        if operator != ("$lt" if by_id and query.direction < 0 else "$gt") or by_id == (query.sort in first):
            raise BadQueryError("Invalid cursor")
        return _sort_key({"_id": hub_id, query.sort: first.get(query.sort)}, query.sort, query.direction)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise BadQueryError("Invalid cursor") from error
