"""The command table and `main`: an error becomes one sentence on stderr and an exit code.

Commands are loaded one at a time: a search never pays for the modules of a trial.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import PurePath
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from zukan_cli.i18n import choose

COMMANDS = {
    "search": "zukan_cli.commands.search",
    "show": "zukan_cli.commands.show",
    "similar": "zukan_cli.commands.similar",
    "recommend": "zukan_cli.commands.recommend",
    "try": "zukan_cli.commands.try_model",
    "browse": "zukan_cli.commands.browse",
    "compare": "zukan_cli.commands.compare",
    "trials": "zukan_cli.commands.trials",
    "families": "zukan_cli.commands.families",
    "explain": "zukan_cli.commands.explain",
    "tasks": "zukan_cli.commands.tasks",
    "tag": "zukan_cli.commands.tag",
    "stats": "zukan_cli.commands.stats",
    "crawl": "zukan_cli.commands.crawl",
    "import": "zukan_cli.commands.import_models",
    "export": "zukan_cli.commands.export_catalogue",
    "pull": "zukan_cli.commands.pull",
    "push": "zukan_cli.commands.push",
    "mcp": "zukan_cli.commands.mcp",
    "sql": "zukan_cli.commands.sql",
    "optimize": "zukan_cli.commands.optimize",
    "cache": "zukan_cli.commands.cache",
    "doctor": "zukan_cli.commands.doctor",
}


class _LazyCommands(MutableMapping[str, Any]):
    """The commands by name; a command's module is imported when it is looked up."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            command = get_command(import_module(COMMANDS[name]).app)
            command.name = name
            self._loaded[name] = command
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS


class _Zukan(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _LazyCommands()

    def list_commands(self, _context: Any) -> list[str]:
        return list(COMMANDS)


app = typer.Typer(
    name="zukan",
    cls=_Zukan,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from zukan import __version__  # noqa: PLC0415
        from zukan_cli.output import write  # noqa: PLC0415

        write(f"zukan {__version__}")
        raise typer.Exit


@app.callback()
def _zukan(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A field guide to the models of the Hugging Face Hub: which one do I try first?"""


def _check_text(arguments: list[str]) -> None:
    for argument in arguments:
        if not argument.isprintable() and any("\ud800" <= character <= "\udfff" for character in argument):
            raise typer.BadParameter(f"not valid text: {argument!r}")


def _called() -> str:
    """Return by which name the user knows this program: as an extension of `hf` it is started as hf-zukan."""
    return "hf zukan" if PurePath(sys.argv[0]).stem == "hf-zukan" else "zukan"


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; nothing is raised."""
    from zukan_cli.exit_codes import ExitCode  # noqa: PLC0415

    choose(arguments)
    try:
        _check_text(arguments)
        code = get_command(app)(arguments or ["--help"], prog_name=_called(), standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (a traceback reaching a user is a bug)
        from zukan_cli.diagnostics import fail  # noqa: PLC0415

        return int(fail(error))
    if code == ExitCode.INTERRUPTED:
        # Typer takes Ctrl-C itself, and says nothing.
        from zukan_cli.diagnostics import fail  # noqa: PLC0415

        return int(fail(KeyboardInterrupt()))
    return code if isinstance(code, int) else int(ExitCode.OK)


def main() -> None:
    """Entry point of the `zukan` command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Whoever closed it wants to see nothing.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 (until the process ends)
    if sys.stdin is None:
        # Nothing can be read there; commands that want a text find none.
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (as above)
    sys.exit(run(sys.argv[1:]))
