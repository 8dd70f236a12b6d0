"""`zukan search`: words and filters → a list of models, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows

if TYPE_CHECKING:
    from zukan.schema import SearchResult

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def columns() -> list[Column]:
    """Return how people see a list of models."""
    return [
        Column(_("model"), texts.name),
        Column(_("family"), texts.family),
        Column(_("task"), texts.task, optional=True),
        Column(_("params"), texts.parameters, right=True, optional=True),
        Column(_("downloads"), lambda row: texts.count(row["downloads"]), right=True, optional=True),
        Column(_("likes"), lambda row: texts.count(row["likes"]), right=True, optional=True),
        Column(_("license"), lambda row: row["license"] or texts.UNKNOWN, optional=True),
        Column(
            _("languages"),
            lambda row: texts.languages(row["languages"], most=2) or texts.UNKNOWN,
            optional=True,
        ),
    ]


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def search(
    words: Annotated[list[str] | None, typer.Argument(help="Words in English or Japanese; all must match.")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="A Hub task; zukan tasks lists them.")] = None,
    family: options.Family = None,
    language: options.Language = None,
    license_: Annotated[
        str | None, typer.Option("--license", help="A licence id of the Hub: apache-2.0, mit …")
    ] = None,
    library: Annotated[str | None, typer.Option("--library", help="transformers, sentence-transformers …")] = None,
    author: Annotated[str | None, typer.Option("--author", help="The user or organisation on the Hub.")] = None,
    min_params: Annotated[str | None, typer.Option("--min-params", metavar="N", help="350M, 2.7B …")] = None,
    max_params: Annotated[str | None, typer.Option("--max-params", metavar="N", help="350M, 2.7B …")] = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort", help="relevance, downloads, likes, trending, created, modified or params (smallest first)."
        ),
    ] = "relevance",
    limit: options.Limit = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Rows to pass over.")] = 0,
    inferred: options.Inferred = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Find models by words, task, family, language, licence, size."""
    result = options.open_catalogue(db).search(
        " ".join(words or ()),
        task=task,
        family=family,
        languages=language or (),
        license=license_,
        library=library,
        author=author,
        min_parameters=min_params,
        max_parameters=max_params,
        sort=sort,
        limit=limit,
        offset=offset,
        inferred=inferred,
    )
    rows = [payload.hit(hit) for hit in result.hits]
    hidden = write_rows(rows, columns(), format_)
    note_hidden(hidden)
    _report(result, rows, format_)


def _report(result: SearchResult, rows: list[dict[str, object]], format_: str) -> None:
    from zukan_cli.diagnostics import note  # noqa: PLC0415

    query = result.query
    if result.unknown_size:
        note(_("{number} models that match are left out: their size is not known.").format(number=result.unknown_size))
    if result.relaxed:
        note(_("No model matches every word; these match some of them."))
    if not rows:
        note(_("No model matches; try fewer words or filters, or zukan crawl to fetch more models."))
        return
    if format_ != "table":
        return
    dates = [str(row["as_of"]) for row in rows if row["as_of"]]
    if dates:
        span = min(dates) if min(dates) == max(dates) else f"{min(dates)} – {max(dates)}"
        note(_("Downloads and likes: stated by the Hub, {span}.").format(span=span))
    if result.more:
        note(_("There are more: --offset {offset}.").format(offset=query.offset + query.limit))
