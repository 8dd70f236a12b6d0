"""`zukan export`: the catalogue as Parquet for other programs, and for `zukan import` elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import ExportProgress
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields

if TYPE_CHECKING:
    from zukan.outcomes import ExportReport

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def parse_partition(value: str) -> str:
    """Return by what an export is parted."""
    if value.lower() != "task":
        raise typer.BadParameter(_("an export can be parted by task only, not by {value}").format(value=value))
    return "task"


@app.command("export", context_settings={"help_option_names": ["-h", "--help"]})
def export_catalogue(
    target: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A file that ends in .parquet, else a folder.")],
    partition_by: Annotated[
        str | None,
        typer.Option(
            "--partition-by", parser=parse_partition, metavar="task", help="A folder with a part for each task."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Write the catalogue as Parquet for DuckDB, Spark, pandas and zukan import elsewhere."""
    progress = ExportProgress()
    try:
        report = options.open_catalogue(db).export(
            target, partition_by=partition_by, progress=None if quiet else progress
        )
    finally:
        progress.close()
    if not quiet or format_ != "table":
        write_fields(_facts(report), format_, whole=payload.plain(report))


def _facts(report: ExportReport) -> list[tuple[str, str]]:
    return [
        (_("place"), report.path),
        (_("models"), f"{report.models:,}"),
        (_("files"), f"{report.files:,}"),
        (_("size"), texts.size(report.size_bytes)),
        (_("time"), texts.seconds(report.seconds)),
    ]
