"""`zukan crawl`: fetch models of the Hub into the catalogue: all, what is new, or a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import crawl_texts, options, payload
from zukan_cli.diagnostics import CrawlProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

if TYPE_CHECKING:
    from zukan.crawl import CrawlScope

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
        int | None, typer.Option("--max-requests", min=1, help="Stop after so many requests.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=3_600, help="Seconds to wait for an answer.")
    ] = 30.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Fetch models from the Hub: all of it, what is new, or the most downloaded first."""
    from zukan.crawl import CrawlManners, CrawlScope  # noqa: PLC0415
    from zukan.errors import HubError  # noqa: PLC0415

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
    _check(scope, models or [], cards=cards, restart=restart)
    manners = CrawlManners(share=share, max_requests=max_requests, timeout_seconds=timeout, restart=restart)
    progress = CrawlProgress(quiet=quiet)
    goes_on = (
        _("What was fetched is stored; the same command goes on from there.")
        if all_ or cards
        else _("What was fetched is stored; the same command begins anew, and what has not changed costs little.")
    )
    catalogue = options.open_catalogue(db)
    try:
        if cards:
            report = catalogue.crawl_cards(models or [], top, manners, progress)
        else:
            report = catalogue.crawl(scope, manners, progress)
    except (KeyboardInterrupt, HubError):
        progress.close()
        if not quiet:
            note(goes_on)
        raise
    finally:
        progress.close()
    if not quiet or format_ != "table":
        write_fields(crawl_texts.facts(report), format_, whole=payload.crawl(report))
    if not quiet:
        for line in crawl_texts.remarks(report, goes_on):
            note(line)


def _check(scope: CrawlScope, models: list[str], *, cards: bool, restart: bool) -> None:
    """Refuse options that do not go together."""
    narrow = any(value is not None for value in (scope.task, scope.author, scope.library, scope.min_downloads))
    wanted = [scope.whole_hub, scope.update, narrow or scope.top is not None]
    problem = ""
    if models and not cards:
        problem = _("names of models go with --cards")
    elif cards and (scope.whole_hub or scope.update or narrow or not (models or scope.top)):
        problem = _("--cards goes with --top N, or with names of models")
    elif not cards and sum(wanted) == 0:
        problem = _(
            "say what to fetch: --all, --update, --cards, --top N, --task, --author, --library or --min-downloads"
        )
    elif sum(wanted) > 1:
        problem = _("--all, --update and a part of the Hub exclude each other")
    elif restart and not scope.whole_hub:
        problem = _("--restart goes with --all")
    if problem:
        raise typer.BadParameter(problem)
