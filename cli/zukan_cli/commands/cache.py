"""`zukan cache`: what trials have downloaded, and removing it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from zukan_cli import options, texts
from zukan_cli.diagnostics import note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def cache(
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="MODEL", help="Delete this model; may be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """List the models in the local Hugging Face cache, or delete some."""
    entries = options.open_catalogue(db).cached_models()
    if remove:
        from zukan.hf_cache import check_cached, remove_models  # noqa: PLC0415

        wanted = {name.lower() for name in remove}
        check_cached(remove)
        others = [entry.model_id for entry in entries if entry.model_id.lower() in wanted and not entry.tried]
        if not yes:
            question = _("Delete {names} from the cache?").format(names=", ".join(remove))
            if others:
                question += " " + _("({names}: downloaded by another program)").format(names=", ".join(others))
            if not typer.confirm(question, err=True):
                note(_("Nothing was deleted."))
                raise typer.Exit(1)
        freed = remove_models(remove)
        note(_("Freed {size}.").format(size=texts.size(freed)))
        entries = tuple(entry for entry in entries if entry.model_id.lower() not in wanted)
    rows = [dataclasses.asdict(entry) for entry in entries]
    columns = [
        Column(_("model"), lambda row: row["model_id"]),
        Column(_("size"), lambda row: texts.size(row["size_bytes"]), right=True),
        Column(_("last used"), lambda row: str(row["last_used"])[:16].replace("T", " ")),
        Column(_("tried with zukan"), lambda row: "✓" if row["tried"] else ""),
        Column(_("place"), lambda row: row["path"]),
    ]
    write_rows(rows, columns, format_)
    if not rows:
        note(_("The local cache holds no models."))
    elif format_ == "table":
        note(_("In all {size}.").format(size=texts.size(sum(row["size_bytes"] for row in rows))))
