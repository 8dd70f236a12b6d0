"""The filters of the search page: what the address says, how the library is asked, and the links that change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from zukan_cli.browse.visit import Visit
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.schema import Facet

NONE = "none"
_OPTIONS = {"task": "task", "family": "family", "license": "license", "library": "library"}
"""Filters that the library takes beside the words, by the name they have in the address."""
_IN_WORDS = {"size": "params", "year": "created", "gated": "gated", "author": "author"}
"""Filters that a query says in its own language: their field there."""
FILTERS = ("task", "family", "language", "license", "library", "size", "gated", "year", "author")
_SHOWN = 8


class FacetLink(NamedTuple):
    """One value of a filter, as a link that sets it, or takes it away where it is set."""

    value: str
    label: str
    models: int | None
    """None = not counted."""
    address: str
    chosen: bool


class FacetList(NamedTuple):
    """The values of one filter."""

    name: str
    title: str
    shown: tuple[FacetLink, ...]
    folded: tuple[FacetLink, ...]
    """Those behind `more`."""


def titles() -> Mapping[str, str]:
    """Return what the filters are called."""
    return {
        "task": _("task"), "family": _("family"), "language": _("language"), "license": _("license"),
        "library": _("library"), "size": _("size"), "gated": _("gated"), "year": _("year"), "author": _("author"),
    }  # fmt: skip


def asked(visit: Visit) -> dict[str, Any]:
    """Return what the library is asked: the words with what only they can say, and the options."""
    words = [visit.one("q")]
    options: dict[str, Any] = {}
    for name in FILTERS:
        value = visit.one(name, 200)
        if not value:
            continue
        if name == "language" and value != NONE:
            options["languages"] = (value,)
        elif name in _OPTIONS and value != NONE:
            options[_OPTIONS[name]] = value
        else:
            words.append(_said(name, value))
    return {"words": " ".join(filter(None, words)), **options}


def chosen(visit: Visit) -> list[tuple[str, str, str]]:
    """Return (name, what it is called, what its value is called) of the filters that are set."""
    called = titles()
    return [(name, called[name], _label(name, value)) for name in FILTERS if (value := visit.one(name, 200))]


def _said(name: str, value: str) -> str:
    """Return a filter as the query language says it; a quotation mark would end the value and is left out."""
    field = _IN_WORDS.get(name, {"language": "lang"}.get(name, name))
    if name == "size" and value != NONE:
        low, dash, high = value.partition("-")
        if dash:
            return f"{field}:>={_quoted(low)} {field}:<{_quoted(high)}"
    return f"{field}:{_quoted(value)}"


def _quoted(value: str) -> str:
    plain = value.replace('"', "")
    return plain if plain.isascii() and all(letter.isalnum() or letter in "<>=.-" for letter in plain) else f'"{plain}"'


def facet_lists(visit: Visit, facets: tuple[Facet, ...]) -> Iterator[FacetList]:
    """Yield the filters with their values, those that are set first."""
    counted: dict[str, Sequence[tuple[str, int | None]]] = {facet.name: facet.values for facet in facets}
    # Beside a filter that is read off the kept counts, who may fetch the models is not counted.
    counted.setdefault("gated", [(value, None) for value in ("no", "yes", NONE)])
    for name, title in titles().items():
        taken = visit.one(name, 200)
        values = list(counted.get(name, ()))
        if taken and taken.lower() not in {value.lower() for value, _models in values}:
            values.insert(0, (taken, None))
        if taken and name == "language":
            # What was counted know this one too; who follows a link asks for the other instead.
            values = [(value, models if value.lower() == taken.lower() else None) for value, models in values]
        links = [_link(visit, name, value, models, taken) for value, models in values]
        links.sort(key=lambda link: not link.chosen)
        if links:
            yield FacetList(name, title, tuple(links[:_SHOWN]), tuple(links[_SHOWN:]))


def _link(visit: Visit, name: str, value: str, models: int | None, taken: str) -> FacetLink:
    is_chosen = value.lower() == taken.lower()
    address = visit.address(**{name: None if is_chosen else value, "page": None})
    return FacetLink(value, _label(name, value), models, address, is_chosen)


def _label(name: str, value: str) -> str:
    if value == NONE:
        return _("not stated")
    if name == "gated":
        return {"yes": _("its authors must grant access"), "no": _("open to everybody")}.get(value, value)
    if name == "language":
        from zukan.languages import language_name  # noqa: PLC0415
        from zukan_cli.i18n import language  # noqa: PLC0415

        return language_name(value, language()) or value
    return value
