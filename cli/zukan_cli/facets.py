"""How the facets of a search are told: as lines for people, as rows and one object for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, clean, width

if TYPE_CHECKING:
    from zukan.schema import Counted, Facet, SearchResult

_MOST = 10
"""Values of a facet that people are shown; of sizes and years all."""
_ORDERED = ("size", "year")


def _number(value: int) -> str:
    return f"{value:,}"


def total(counted: Counted) -> str:
    """Return how many models match, and how exact that is."""
    number = _number(counted.number)
    if not counted.exact:
        return _("More than {number} models match.").format(number=number)
    if counted.counted_at:
        return _("{number} models match (counted on {date}).").format(number=number, date=counted.counted_at[:10])
    if counted.number == 1:
        return _("1 model matches.")
    return _("{number} models match.").format(number=number)


def sample(sampled: int) -> str:
    """Return among which models the facets were counted, where not among all."""
    return _("The figures below are those of the {number} most popular.").format(number=_number(sampled))


def lines(facets: tuple[Facet, ...], columns: int) -> list[tuple[str, str]]:
    """Return each facet as (its name, its values with their numbers, broken into lines)."""
    names = {
        "task": _("task"),
        "family": _("family"),
        "language": _("language"),
        "license": _("license"),
        "library": _("library"),
        "size": _("size"),
        "gated": _("gated"),
        "year": _("year"),
    }
    shown = [(names.get(facet.name, facet.name), _values(facet)) for facet in facets if facet.values]
    room = columns - max((width(name) for name, _values in shown), default=0) - 2
    return [(name, "\n".join(_broken(values, room))) for name, values in shown]


def _values(facet: Facet) -> list[str]:
    most = len(facet.values) if facet.name in _ORDERED else _MOST
    listed = [f"{clean(value)} {_number(models)}" for value, models in facet.values[:most]]
    if more := facet.more + len(facet.values) - len(listed):
        listed.append(_("{number} more").format(number=_number(more)))
    return listed


def _broken(values: list[str], room: int) -> list[str]:
    """Return the values in lines; none is broken."""
    found: list[str] = []
    for value in values:
        if found and width(found[-1]) + width(value) + 3 <= room:
            found[-1] += f", {value}"
        else:
            if found:
                found[-1] += ","
            found.append(value)
    return found


def rows(facets: tuple[Facet, ...]) -> list[dict[str, Any]]:
    """Return a row for each value of each facet."""
    return [
        {"facet": facet.name, "value": value, "models": models} for facet in facets for value, models in facet.values
    ]


def ids(facets: tuple[Facet, ...]) -> list[dict[str, Any]]:
    """Return a row for each value of each facet that holds its name only, as a query would say it."""
    return [{"id": f"{row['facet']}:{row['value']}"} for row in rows(facets)]


def columns() -> list[Column]:
    """Return how Markdown shows the rows."""
    return [
        Column(_("facet"), lambda row: row["facet"]),
        Column(_("value"), lambda row: row["value"]),
        Column(_("models"), lambda row: _number(row["models"]), right=True),
    ]


def whole(result: SearchResult, models: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer of a search with facets as one object."""
    counted = result.total
    return {
        "total": {"models": counted.number, "exact": counted.exact, "counted_at": counted.counted_at}
        if counted
        else None,
        "facets": {
            facet.name: {
                "values": [{"value": value, "models": number} for value, number in facet.values],
                "more": facet.more,
            }
            for facet in result.facets
        },
        "sampled": result.sampled,
        "corrections": [{"typed": typed, "taken_for": taken} for typed, taken in result.corrections],
        "suggestion": result.suggestion,
        "unmatched": [one._asdict() for one in result.unmatched],
        "meant": result.meant,
        "wishes": result.wishes,
        "relaxed": result.relaxed,
        "more": result.more,
        "models": models,
    }
