"""`zukan import`: take models from files of Hub rows, folders of models and the local Hugging Face cache."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from zukan_cli import crawl_texts, options, payload
from zukan_cli.diagnostics import CrawlProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def parse_date(value: str) -> str:
    """Return an ISO date."""
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(_("{value} is no date; write it like 2026-11-26").format(value=value)) from error
    if found > datetime.now(UTC).date():
        raise typer.BadParameter(_("{value} is in the future").format(value=value))
    return found.isoformat()


@app.command("import", context_settings={"help_option_names": ["-h", "--help"]})
def import_models(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE|FOLDER]…", help="Hub rows as JSON lines, JSON pages (or gzip) or Parquet; models."
        ),
    ] = None,
    cache: Annotated[bool, typer.Option("--cache", help="Also the models in the local Hugging Face cache.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", parser=parse_date, metavar="DATE", help="The date of the figures in the files."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Take models from files, folders or the local cache into the catalogue."""
    if not sources and not cache:
        raise typer.BadParameter(_("say what to import: a file, a folder, or --cache"))
    progress = CrawlProgress(quiet=quiet)
    try:
        report = options.open_catalogue(db).import_models(sources or [], cache=cache, as_of=as_of, progress=progress)
    except KeyboardInterrupt:
        progress.close()
        note(_("What was read is stored; the same command goes on from there."))
        raise
    finally:
        progress.close()
    if not quiet or format_ != "table":
        write_fields(crawl_texts.facts(report), format_, whole=payload.crawl(report))
    if not quiet:
        for line in crawl_texts.remarks(report, ""):
            note(line)
