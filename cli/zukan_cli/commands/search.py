"""`zukan search`: a query and filters → a list of models, the best first, and facets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import note, note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows
from zukan_cli.query_arguments import QueryCommand, query_of

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


@app.command(cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY",
            help='Words in English or Japanese, "a phrase", begin*, -not, a OR b, (groups) and field:value; all must '
            "hold. In single quotes where the shell would read it: 'bert params:<1B -lang:zh'.",
        ),
    ] = None,
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
    limit: options.LimitOrNone = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Rows to pass over.")] = 0,
    inferred: options.Inferred = False,
    facets: Annotated[
        bool,
        typer.Option(
            "--facets",
            help="Also count all matches, and their tasks, families, languages, licences, libraries, sizes, access and "
            "years; jsonl, csv, md and ids write these alone.",
        ),
    ] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Find models by words and fields, and count what they are.

    Fields: task family lang license library author type base tag dataset arxiv
    region gated has from to params downloads likes trending created modified;
    the README has a table of them.
    """
    if not limit and not facets:
        raise typer.BadParameter(_("--limit 0 goes with --facets"))
    result = options.open_catalogue(db).search(
        query_of(words),
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
        facets=facets,
    )
    rows = [payload.hit(hit) for hit in result.hits]
    if facets:
        _write_with_facets(result, rows, format_)
    else:
        note_hidden(write_rows(rows, columns(), format_))
    _report(result, rows, format_)


def _write_with_facets(result: SearchResult, rows: list[dict[str, Any]], format_: str) -> None:
    from zukan_cli import facets  # noqa: PLC0415 (a search without needs none of it)
    from zukan_cli.output import line_width, write, write_fields  # noqa: PLC0415

    if format_ == "json":
        write_rows(rows, columns(), format_, whole=facets.whole(result, rows))
        return
    said = [facets.total(result.total)] if result.total else []
    if result.sampled:
        said.append(facets.sample(result.sampled))
    if format_ == "table":
        note_hidden(write_rows(rows, columns(), format_))
        if rows:
            write()
        write(" ".join(said))
        write_fields(facets.lines(result.facets, line_width()), format_, whole={})
        return
    counted = facets.ids(result.facets) if format_ == "ids" else facets.rows(result.facets)
    write_rows(counted, facets.columns(), format_)
    note(" ".join(said))


def _report_unsized(models: int) -> None:
    from zukan.schema import UNSIZED_LIMIT  # noqa: PLC0415 (a command names the library when it runs)

    if models == 1:
        note(_("A model that matches is left out: its size is not known."))
    elif models < UNSIZED_LIMIT:
        note(_("{number} models that match are left out: their size is not known.").format(number=f"{models:,}"))
    else:
        number = f"{UNSIZED_LIMIT:,}"
        note(_("More than {number} models that match are left out: their size is not known.").format(number=number))


def _report_nothing(result: SearchResult) -> None:
    offset = result.query.offset
    if offset:
        note(_("Fewer models match than --offset {offset} passes over; lower it.").format(offset=offset))
    elif result.unmatched:
        from zukan_cli import unmatched  # noqa: PLC0415 (most searches find something)

        for line in unmatched.lines(result):
            note(line)
    else:
        note(_("No model matches; try fewer words or filters, or zukan crawl to fetch more models."))


def _report(result: SearchResult, rows: list[dict[str, Any]], format_: str) -> None:
    query = result.query
    if result.unknown_size:
        _report_unsized(result.unknown_size)
    if result.corrections:
        typed, taken = (" ".join(words) for words in zip(*result.corrections, strict=True))
        note(_("Hardly any model is named “{typed}”; these are for “{taken}”.").format(typed=typed, taken=taken))
    if result.suggestion:
        note(_("Few models are named so; did you mean “{words}”?").format(words=result.suggestion))
    if result.meant:
        note(
            _("Few names have all these words; models for {task}, which they mean together, are listed too.").format(
                task=result.meant
            )
        )
    if result.relaxed:
        note(_("No model matches every word; these match some of them."))
    if result.wishes:
        from shlex import quote  # noqa: PLC0415 (most searches ask for no more)

        note(
            _("Size, speed, dates and this machine are weighed by zukan recommend {question}.").format(
                question=quote(query.words)
            )
        )
    if not rows and (query.limit or not result.more):
        _report_nothing(result)
    if format_ != "table" or not rows:
        return
    dates = [str(row["as_of"]) for row in rows if row["as_of"]]
    if dates:
        span = min(dates) if min(dates) == max(dates) else f"{min(dates)} – {max(dates)}"
        note(_("Downloads and likes: stated by the Hub, {span}.").format(span=span))
    if result.more:
        note(_("There are more: --offset {offset}.").format(offset=query.offset + query.limit))
