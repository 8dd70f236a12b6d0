"""`zukan mcp`: lets agents and editors ask the catalogue, by the Model Context Protocol over stdin and stdout."""

from __future__ import annotations

from typing import Annotated

import typer

from zukan_cli import options
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write_rows

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def mcp(
    list_: Annotated[bool, typer.Option("--list", help="List the tools and end.")] = False,
    allow_download: Annotated[
        bool, typer.Option("--allow-download", help="Let the tool try fetch models from the Hub.")
    ] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Serve search, show, recommend, tag and try as tools; an agent starts this, and it ends with it."""
    from zukan_cli.mcp_server import make_server, tools  # noqa: PLC0415 (an extra)

    server = make_server(options.open_catalogue(db), allow_download=allow_download)
    if not list_:
        server.run("stdio")
        return
    columns = [
        Column(_("tool"), lambda row: row["id"]),
        Column(_("what it does"), lambda row: row["description"], wide=True),
    ]
    write_rows(tools(server), columns, format_)
