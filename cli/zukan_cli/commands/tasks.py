"""`zukan tasks`: every Hub task, its Japanese name and the family that suits it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from zukan_cli import options, payload
from zukan_cli.diagnostics import note_hidden
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def tasks(
    category: Annotated[
        str | None,
        typer.Option("--category", help="text, image, audio, video, multimodal, tabular or other."),
    ] = None,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """List all Hub tasks with the family that suits each."""
    rows = [payload.task(task, number) for task, number in options.open_catalogue(db).tasks()]
    if category:
        known = sorted({row["category"] for row in rows})
        if category not in known:
            near = get_close_matches(category, known, n=1) or known
            hint = _("did you mean {name}?").format(name=", ".join(near))
            raise typer.BadParameter(f"{_('unknown category')}: {category} ({hint})")
        rows = [row for row in rows if row["category"] == category]
    why = "why_ja" if language() == "ja" else "why"
    columns = [
        Column(_("task"), lambda row: row["id"]),
        Column(_("name"), lambda row: row["name_ja"] if language() == "ja" else row["name"], optional=True),
        Column("日本語", lambda row: row["name_ja"]),
        Column(_("family"), lambda row: " / ".join(row["families"])),
        Column(_("models"), lambda row: f"{row['models']:,}", right=True, optional=True),
        Column(_("try"), lambda row: "✓" if row["trial"] else "", optional=True),
        Column(_("why"), lambda row: row[why], wide=True, optional=True),
    ]
    if language() == "ja":
        del columns[2]
    note_hidden(write_rows(rows, columns, format_))
