"""`zukan stats`: what the catalogue holds: families by certainty, why some have none, tasks, libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from zukan_cli import crawl_texts, options, texts
from zukan_cli.diagnostics import note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_rows

if TYPE_CHECKING:
    from zukan.overview import CatalogueStatistics

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_MOST = 10
_FAMILIES = ("encoder-only", "decoder-only", "seq2seq", "other", "undetermined")
_FACTS = ("pipeline_tag", "inferred_task", "num_parameters", "license", "gated", "downloads", "crawled_at")


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def stats(
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Count the catalogue: families by certainty, why some models have none, tasks, libraries, what is known."""
    found = options.open_catalogue(db).statistics()
    families = [
        {"family": family, "certainty": certainty, "models": number, "share": _share(number, found.models)}
        for family, certainty, number in sorted(found.families, key=lambda row: (_FAMILIES.index(row[0]), -row[2]))
    ]
    whole = _whole(found, families)
    columns = [
        Column(_("family"), lambda row: row["family"]),
        Column(_("certainty"), lambda row: _(row["certainty"])),
        Column(_("models"), lambda row: f"{row['models']:,}", right=True),
        Column("%", lambda row: f"{100 * row['share']:.1f}", right=True),
    ]
    write_rows(families, columns, format_, whole=whole)
    if format_ == "table":
        for line in _lines(found):
            write(line)
        if found.crawls:
            write(f"\n{_('crawls and imports')}")
            write_rows(found.crawls, crawl_texts.run_columns(), format_)
    if not found.tags_current:
        note(_("The tags come from other rules than those of this zukan; type: zukan tag --all"))


def _share(number: int, total: int) -> float:
    return round(number / total, 4) if total else 0.0


def _whole(found: CatalogueStatistics, families: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "models": found.models,
        "as_of": found.as_of,
        "built_at": found.built_at,
        "tags_current": found.tags_current,
        "families": families,
        "undetermined": dict(found.undetermined),
        "rules": [{"family": family, "rule": rule, "models": number} for family, rule, number in found.rules],
        "tasks": dict(found.tasks),
        "inferred_tasks": dict(found.inferred_tasks),
        "libraries": dict(found.libraries),
        "known": found.known,
        "refused_rows": found.refused,
        "unconfirmed": found.unconfirmed,
        "absent": found.absent,
        "crawls": list(found.crawls),
    }


def _lines(found: CatalogueStatistics) -> list[str]:
    def listed(pairs: tuple[tuple[str, int], ...]) -> str:
        shown = ", ".join(f"{name} {number:,}" for name, number in pairs[:_MOST])
        return f"{shown} …" if len(pairs) > _MOST else shown or texts.UNKNOWN

    whys = tuple((texts.why_undetermined(rule), number) for rule, number in found.undetermined)
    known = tuple((texts.fact(name), found.known[name]) for name in _FACTS)
    lines = [
        "",
        _("{number} models; figures of the Hub up to {date}").format(
            number=f"{found.models:,}", date=found.as_of or texts.UNKNOWN
        ),
        f"{_('why undetermined')}: {listed(whys)}",
        f"{_('tasks')}: {listed(found.tasks)}",
        f"{_('tasks inferred')}: {listed(found.inferred_tasks)}",
        f"{_('libraries')}: {listed(found.libraries)}",
        f"{_('what is known')}: {listed(known)}",
    ]
    if found.unconfirmed:
        number = f"{found.unconfirmed:,}"
        lines.append(_("{number} models no crawl has met yet (snapshot or import)").format(number=number))
    if found.absent:
        number = f"{found.absent:,}"
        lines.append(_("{number} models the last complete walk did not meet").format(number=number))
    if found.refused:
        lines.append(_("{number} rows of crawls could not be read and are kept aside").format(number=found.refused))
    return lines
