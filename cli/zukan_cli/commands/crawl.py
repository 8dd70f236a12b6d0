"""`zukan crawl`: fetch models of the Hub into the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import CrawlProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def crawl(
    top: Annotated[int | None, typer.Option("--top", min=1, help="The N most downloaded models.")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="Only models of this task.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Only models of this user or organisation.")] = None,
    library: Annotated[str | None, typer.Option("--library", help="Only models of this library.")] = None,
    min_downloads: Annotated[
        int | None, typer.Option("--min-downloads", min=0, help="Stop at models with fewer downloads.")
    ] = None,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Fetch models from the Hub: the most downloaded first."""
    from zukan.crawl import CrawlScope  # noqa: PLC0415

    scope = CrawlScope(top=top, task=task, author=author, library=library, min_downloads=min_downloads)
    if scope == CrawlScope():
        raise typer.BadParameter(_("say what to fetch: --top N, --task, --author, --library or --min-downloads"))
    progress = CrawlProgress()
    try:
        report = options.open_catalogue(db).crawl(scope, progress)
    finally:
        progress.close()
    facts = [
        (_("models"), _("{rows} fetched: {added} new, {changed} changed, {unchanged} unchanged").format(
            rows=report.rows, added=report.added, changed=report.changed, unchanged=report.unchanged
        )),
        (_("refused"), _("{number} rows could not be read").format(number=report.refused)),
        (_("requests"), f"{report.requests} ({texts.size(report.received_bytes)}, {texts.seconds(report.seconds)})"),
    ]  # fmt: skip
    write_fields(facts, format_, whole=payload.crawl(report))
    for reason, number in report.retries.items():
        note(_("Retried {number} times: {reason}.").format(number=number, reason=reason))
