"""`zukan browse`: the field guide as web pages, for this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zukan_cli import options
from zukan_cli.diagnostics import note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, Row, write, write_rows

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def browse(
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65_535, help="Where to listen; 0 = any free port; else 8100 or the next."),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Open the field guide in the browser: families, search, recommendations, trials; for this machine alone.

    The first line on stdout is the address. It holds the key to trials: do not pass it on.
    """
    from zukan_cli.browse import server  # noqa: PLC0415 (an extra, and nothing that other commands need)

    catalogue = options.open_catalogue(db)
    # Built on first use, and looked at once: what is wrong with it is said here, not in the browser.
    catalogue.guide()
    datasette = server.make_datasette(catalogue.path)
    try:
        listener = server.listen(port)
    except OSError:
        raise typer.BadParameter(
            _("port {port} is taken; leave --port out to take a free one").format(port=port)
        ) from None
    address = server.address(datasette, listener, ui)
    if format_ == "table":
        write(address)
        note(_("The pages are for this machine alone, and so is the address. Ctrl-C ends it."))
    else:
        write_rows([{"id": address, "catalogue": str(catalogue.path)}], [Column(_("address"), _address)], format_)
    if not no_open and sys.stdout.isatty():
        import webbrowser  # noqa: PLC0415

        webbrowser.open(server.address(datasette, listener, ui, once=True))
    server.serve(datasette, listener)


def _address(row: Row) -> str:
    return str(row["id"])
