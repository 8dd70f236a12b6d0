"""`zukan doctor`: examine the installation, with one built-in trial per family."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from zukan_cli import options
from zukan_cli.exit_codes import ExitCode
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows
from zukan_cli.reasons import library_text

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def doctor(
    no_self_test: Annotated[bool, typer.Option("--no-self-test", help="Leave the built-in trials out.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Check Python, torch, memory, disk, the Hub, the catalogue; run the built-in models."""
    checks = options.open_catalogue(db).doctor(self_test=not no_self_test)
    rows = [{"id": check.name, **dataclasses.asdict(check)} for check in checks]
    columns = [
        Column("", lambda row: _MARKS[row["status"]]),
        Column(_("check"), lambda row: _(row["name"])),
        Column(_("found"), lambda row: library_text(row["value"]), wide=True),
        Column(_("what to do"), lambda row: library_text(row["hint"]), wide=True),
    ]
    write_rows(rows, columns, format_)
    if any(check.status == "problem" for check in checks):
        raise typer.Exit(int(ExitCode.FAILURE))
