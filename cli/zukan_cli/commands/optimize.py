"""`zukan optimize`: check the catalogue, put it in order and let it take no more room than it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from zukan_cli import crawl_texts, options, payload, texts
from zukan_cli.diagnostics import OptimizeProgress
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

if TYPE_CHECKING:
    from zukan.outcomes import OptimizeReport

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def optimize(
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Check the catalogue, order and index it anew by popularity, and give free space back."""
    progress = OptimizeProgress()
    try:
        report = options.open_catalogue(db).optimize(progress)
    finally:
        progress.close()
    write_fields(_facts(report), format_, whole=payload.optimize(report))


def _facts(report: OptimizeReport) -> list[tuple[str, str]]:
    return [
        (_("state"), _("nothing is damaged")),
        (
            _("models"),
            _("{number}; {drifted} changes since the words were last counted").format(
                number=f"{report.models:,}", drifted=f"{report.drifted:,}"
            ),
        ),
        (
            _("size"),
            _("{after}; before {before}").format(
                after=texts.size(report.bytes_after), before=texts.size(report.bytes_before)
            ),
        ),
        (_("time"), crawl_texts.duration(report.seconds)),
    ]
