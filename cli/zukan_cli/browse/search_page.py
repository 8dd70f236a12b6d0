"""The search page: the same answers as `zukan search --facets`, narrowed by links; the address holds all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zukan.errors import QuestionError
from zukan.query import asks_what_was_tried
from zukan.schema import UNSIZED_LIMIT
from zukan_cli import facets, payload, unmatched
from zukan_cli.browse.facet_links import asked, chosen, facet_lists
from zukan_cli.browse.visit import Page, Visit, typed
from zukan_cli.i18n import translate as _
from zukan_cli.sentences import explain

if TYPE_CHECKING:
    from zukan.schema import SearchResult

PER_PAGE = 20
_LAST_PAGE = 500


def search_page(visit: Visit) -> Page:
    """Return the models that match, with the filters that narrow them; or why what was asked cannot be read."""
    number = _page_number(visit)
    sort = visit.one("sort", 40) or "relevance"
    question = asked(visit)
    if not visit.may_try and asks_what_was_tried(question["words"]):
        sentence = _("open the address that zukan browse printed: it is the key to trials")
        return Page("error.html", {"sentence": sentence, "suggestions": ()}, status=403)
    facts: dict[str, Any] = {
        "query": visit.one("q"),
        "problem": None,
        "chosen": chosen(visit),
        "sort": sort,
        "sorts": [(name, title, visit.address(sort=name, page=None)) for name, title in _sorts()],
        "number": number,
        "first": (number - 1) * PER_PAGE + 1,
        "command": _command(question, sort, number),
    }
    try:
        result = visit.catalogue.search(
            **question, sort=sort, limit=PER_PAGE, offset=(number - 1) * PER_PAGE, facets=True
        )
    except QuestionError as error:
        nothing: dict[str, Any] = {"rows": [], "said": [], "notes": [], "filters": [], "first_page": None}
        return Page("search.html", {**facts, **nothing, "problem": explain(error)[0], "number": 1}, status=400)
    past_the_end = number > 1 and not result.hits
    notes = _notes(result)
    if result.more and number >= _LAST_PAGE:
        notes.insert(
            0, _("The list is shown up to page {number}; narrow it to see what stands behind.").format(number=number)
        )
    return Page(
        "search.html",
        {
            **facts,
            "rows": [payload.hit(hit) for hit in result.hits],
            "said": _said(result, (number - 1) * PER_PAGE),
            "notes": notes,
            "typed": _typed_page(visit) or number,
            "filters": list(facet_lists(visit, result.facets)),
            "first_page": visit.address(page=None) if past_the_end else None,
            "before": visit.address(page=str(number - 1) if number > 2 else None) if number > 1 else None,
            "after": visit.address(page=str(number + 1)) if result.more and number < _LAST_PAGE else None,
        },
    )


def _page_number(visit: Visit) -> int:
    return min(max(_typed_page(visit), 1), _LAST_PAGE)


def _typed_page(visit: Visit) -> int:
    """Return the page that the address names, 0 where it names none."""
    typed = visit.one("page", 6)
    return int(typed) if typed.isdecimal() else 0


def _sorts() -> list[tuple[str, str]]:
    return [
        ("relevance", _("relevance")), ("downloads", _("downloads")), ("likes", _("likes")),
        ("trending", _("trending")), ("created", _("newest")), ("modified", _("last changed")),
        ("params", _("smallest")),
    ]  # fmt: skip


def _said(result: SearchResult, passed_over: int) -> list[str]:
    """Return what is to be known before the list: what was searched for, and how many match."""
    lines: list[str] = []
    if result.corrections:
        typed, taken = (" ".join(words) for words in zip(*result.corrections, strict=True))
        lines.append(
            _("Hardly any model is named “{typed}”; these are for “{taken}”.").format(typed=typed, taken=taken)
        )
    if result.suggestion:
        lines.append(_("Few models are named so; did you mean “{words}”?").format(words=result.suggestion))
    if result.meant:
        lines.append(
            _("Few names have all these words; models for {task}, which they mean together, are listed too.").format(
                task=result.meant
            )
        )
    lines += unmatched.lines(result)
    if result.relaxed:
        lines.append(_("No model matches every word; these match some of them."))
    # No number is better than one that the list contradicts: what was guessed is listed and may not be counted.
    listed = passed_over + len(result.hits) if result.hits else 0
    if result.total and result.total.number >= listed:
        lines.append(facets.total(result.total))
    if result.sampled:
        lines.append(facets.sample(result.sampled))
    return lines


def _notes(result: SearchResult) -> list[str]:
    """Return what stands below the list."""
    lines: list[str] = []
    if result.unknown_size:
        many = result.unknown_size >= UNSIZED_LIMIT
        said = (
            _("More than {number} models that match are left out: their size is not known.")
            if many
            else _("{number} models that match are left out: their size is not known.")
        )
        lines.append(said.format(number=f"{min(result.unknown_size, UNSIZED_LIMIT):,}"))
    dates = [str(hit.record.as_of) for hit in result.hits if hit.record.as_of]
    if dates:
        span = min(dates) if min(dates) == max(dates) else f"{min(dates)} – {max(dates)}"
        lines.append(_("Downloads and likes: stated by the Hub, {span}.").format(span=span))
    return lines


def _command(question: dict[str, Any], sort: str, number: int) -> str:
    """Return the command that answers the same."""
    options: list[str] = []
    for name, value in question.items():
        if name != "words":
            options += [
                "--language" if name == "languages" else f"--{name}",
                value[0] if name == "languages" else value,
            ]
    options += ["--sort", sort] if sort != "relevance" else []
    options += ["--offset", str((number - 1) * PER_PAGE)] if number > 1 else []
    return typed("search", str(question["words"] or ""), *options, "--facets")
