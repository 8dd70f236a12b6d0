"""`zukan crawl`: fetch models of the Hub into the catalogue: all, what is new, or a part."""

from __future__ import annotations

from typing import Annotated

import typer

from zukan_cli import crawl_texts, options, payload
from zukan_cli.diagnostics import CrawlProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def parse_share(value: str) -> float:
    """Return the part of the rate limit given as 50%, 50 or 0.5."""
    text = value.strip()
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1.0
    share = number / 100 if text.endswith("%") or number > 1 else number
    if not 0 < share <= 1:
        raise typer.BadParameter(_("{value} is no share; write it like 50%").format(value=value))
    return share


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def crawl(
    models: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]…", help="With --cards: fetch the cards of these.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every model of the Hub; an unfinished walk is continued.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="What is new or changed since the last complete walk; made for cron.")
    ] = False,
    top: Annotated[int | None, typer.Option("--top", min=1, help="The N most downloaded models.")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="Only models of this task.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Only models of this user or organisation.")] = None,
    library: Annotated[str | None, typer.Option("--library", help="Only models of this library.")] = None,
    min_downloads: Annotated[
        int | None, typer.Option("--min-downloads", min=0, help="Stop at models with fewer downloads.")
    ] = None,
    cards: Annotated[
        bool, typer.Option("--cards", help="Fetch model cards instead: of --top N known models, or of those named.")
    ] = False,
    restart: Annotated[bool, typer.Option("--restart", help="With --all: begin anew.")] = False,
    counters: Annotated[
        int, typer.Option("--counters", min=0, help="With --update: renew the figures of the N most downloaded.")
    ] = 10_000,
    share: Annotated[
        float, typer.Option("--share", parser=parse_share, metavar="PERCENT", help="Part of the rate limit to use.")
    ] = "100%",  # type: ignore[assignment] # the parser makes it a number
    max_requests: Annotated[
        int | None, typer.Option("--max-requests", min=1, help="Stop after so many requests; the next run goes on.")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")] = 30.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Fetch models from the Hub: all of it, what is new, or the most downloaded first."""
    from zukan.crawl import CrawlManners, CrawlScope  # noqa: PLC0415

    scope = CrawlScope(
        top=top,
        task=task,
        author=author,
        library=library,
        min_downloads=min_downloads,
        whole_hub=all_,
        update=update,
        counters=counters,
    )
    part = any(value is not None for value in (top, task, author, library, min_downloads))
    wanted = [all_, update, part or bool(models)]
    if sum(wanted) == 0:
        raise typer.BadParameter(
            _("say what to fetch: --all, --update, --top N, --task, --author, --library or --min-downloads")
        )
    if sum(wanted) > 1:
        raise typer.BadParameter(_("--all, --update and a part of the Hub exclude each other"))
    if restart and not all_:
        raise typer.BadParameter(_("--restart goes with --all"))
    if cards and (all_ or update or task or author or library or min_downloads is not None):
        raise typer.BadParameter(_("--cards goes with --top N, or with names of models"))
    if models and not cards:
        raise typer.BadParameter(_("names of models go with --cards"))
    manners = CrawlManners(share=share, max_requests=max_requests, timeout_seconds=timeout, restart=restart)
    progress = CrawlProgress(quiet=quiet)
    catalogue = options.open_catalogue(db)
    try:
        if cards:
            report = catalogue.crawl_cards(models or [], top, manners, progress)
        else:
            report = catalogue.crawl(scope, manners, progress)
    except KeyboardInterrupt:
        progress.close()
        note(_("What was fetched is stored; the same command goes on from there."))
        raise
    finally:
        progress.close()
    if not quiet or format_ != "table":
        write_fields(crawl_texts.facts(report), format_, whole=payload.crawl(report))
    if report.stopped and not quiet:
        note(_("Stopped at --max-requests; the same command goes on from there."))
