"""`zukan similar`: more models like one, each with what the two share."""

from __future__ import annotations

from typing import Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import note, note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows
from zukan_cli.reasons import reasons_in_short

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _columns() -> list[Column]:
    return [
        Column("#", lambda row: str(row["rank"]), right=True),
        Column(_("model"), texts.name),
        Column(_("family"), texts.family),
        Column(_("task"), texts.task, optional=True),
        Column(_("params"), texts.parameters, right=True, optional=True),
        Column(_("score"), lambda row: f"{row['score']:.1f}", right=True, optional=True),
        Column(_("why"), lambda row: reasons_in_short(row["reasons"]), wide=True),
    ]


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def similar(
    model: Annotated[str, typer.Argument(help="A model of the catalogue: id, former id, or name without the author.")],
    limit: options.Limit = 10,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Find models like one: the same lineage, task, type, size, languages, tags; with what they share."""
    found = options.open_catalogue(db).similar(model, limit)
    rows = [payload.similar(item, place) for place, item in enumerate(found, 1)]
    note_hidden(write_rows(rows, _columns(), format_))
    if not rows:
        note(_("The catalogue knows no model like it."))
    elif format_ == "table":
        note(_("Look at the first: zukan show {name}").format(name=rows[0]["model_id"]))
