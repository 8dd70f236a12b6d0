"""Makes the Datasette instance of a catalogue and serves it to this machine."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from zukan.errors import MissingExtra
from zukan.store.connection import connect_read_only

FIRST_PORT, _LAST_PORT = 8100, 8119
_LOOPBACK = "127.0.0.1"
_SQL_MILLISECONDS = 3_000


def make_datasette(path: Path) -> Any:
    """Return a Datasette instance that shows the catalogue at `path`, which must exist; `site_of` gives its site.

    Raises:
        MissingExtra: Datasette is not installed.

    """
    try:
        from datasette.app import Datasette  # noqa: PLC0415 (an extra)
        from datasette.database import Database  # noqa: PLC0415
        from datasette.plugins import pm  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("datasette", "'zukan[browse]'") from None
    from zukan_cli.browse import plugin  # noqa: PLC0415
    from zukan_cli.browse.rendering import STATIC  # noqa: PLC0415
    from zukan_cli.browse.site import Site  # noqa: PLC0415

    class ReadOnlyCatalogue(Database):  # type: ignore[misc]
        """The catalogue as Datasette sees it: another process may fill it, nobody can write through here."""

        def connect(self, write: bool = False) -> Any:
            if write:
                raise PermissionError(f"{path} is opened for reading only")
            connection = connect_read_only(path)
            self._all_file_connections.append(connection)
            return connection

        async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
            """Return no counts: at millions of rows they take seconds, and the index cannot be counted."""
            return dict.fromkeys(await self.table_names())

        async def hidden_table_names(self) -> list[str]:
            """Return the tables: what stays from release to release is the views, and these stand first."""
            names: list[str] = await self.table_names()
            return names

    if not pm.has_plugin("zukan"):
        pm.register(plugin, "zukan")
    datasette = Datasette(
        [],
        memory=False,
        settings={
            "allow_download": False,
            "suggest_facets": False,
            "sql_time_limit_ms": _SQL_MILLISECONDS,
            "num_sql_threads": 2,
            "default_page_size": 25,
            "truncate_cells_html": 200,
            "cache_size_kb": 64_000,
        },
        metadata={"title": "zukan", "description": "The tables of the catalogue, read-only", **_DESCRIPTIONS},
        static_mounts=[("-/zukan", str(STATIC))],
    )
    datasette.remove_database("_memory")
    datasette.add_database(ReadOnlyCatalogue(datasette, str(path)), name="catalogue")
    site = Site(path)
    plugin.attach(datasette, site)
    # Its routes are laid when a client is made: after the site is there.
    datasette.client = type(datasette.client)(datasette)
    datasette.zukan = site
    return datasette


_DESCRIPTIONS = {
    "databases": {
        "catalogue": {
            "description": "The views stay as they are from release to release; hidden tables are how it is stored",
            "tables": {
                "models": {"description": "Every model with what the Hub says of it, its family and the proof"},
                "trials": {"description": "What was tried here: input, answer, time and memory"},
                "history": {"description": "Downloads and likes of models by date"},
                "cards": {"description": "What model cards say at their top, and the results they report"},
                "crawls": {"description": "When the catalogue was filled, from where, and with what outcome"},
                "refused_rows": {"description": "Rows that could not be taken, and why"},
            },
        }
    }
}


def listen(port: int | None) -> socket.socket:
    """Return a socket that listens on this machine alone.

    Args:
        port: 0 = any free one; None = 8100, else one of the next that is free.

    Raises:
        OSError: It is taken.

    """
    tried = (*range(FIRST_PORT, _LAST_PORT + 1), 0) if port is None else (port,)
    for number, one in enumerate(tried, 1):
        # Named, asyncio knows it as TCP and sends small pieces at once; else each answer waits 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_LOOPBACK, one))
            listener.listen(128)
        except OSError:
            listener.close()
            if number == len(tried):
                raise
            continue
        return listener
    raise OSError(port)


def address(datasette: Any, listener: socket.socket, language: str | None = None, *, once: bool = False) -> str:
    """Return the address that opens the field guide, trials included.

    Args:
        datasette: What `make_datasette` returned.
        listener: Where it listens.
        language: Of the pages, where one was asked for.
        once: Whether it is good for one time only.

    """
    port = listener.getsockname()[1]
    session = datasette.zukan.session
    datasette.zukan.cookie = f"zukan-session-{port}"
    ticket = session.once() if once else session.ticket
    return f"http://{_LOOPBACK}:{port}/-/begin?ticket={ticket}{f'&ui={language}' if language else ''}"


def serve(datasette: Any, listener: socket.socket) -> None:
    """Serve until Ctrl-C or a signal ends it."""
    import uvicorn  # noqa: PLC0415 (comes with Datasette)

    from zukan_cli.browse import plugin  # noqa: PLC0415

    configuration = uvicorn.Config(
        datasette.app(),
        log_level="warning",
        access_log=False,
        lifespan="on",
        workers=1,
        server_header=False,
        timeout_graceful_shutdown=3,
        # Whether a proxy passed a request on is what its headers say, and they must stay.
        proxy_headers=False,
    )
    # What is loaded by now stays: to look through it for garbage takes a tenth of a second, while somebody waits.
    gc.collect()
    gc.freeze()
    plugin.warm(datasette.zukan)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(configuration).run(sockets=[listener])
    datasette.zukan.close()
