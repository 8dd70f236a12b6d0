"""Lets parts of a query that begin with a dash stand among options: `zukan search bert -lang:zh`.

Typer would read `-lang:zh` as `-l ang:zh`. So each such part gets a mark before Typer sees it, and loses it behind.
What was an option before stays one: one letter (`-l ja`), one letter with a value that it takes (`-n5`, `-lja`), and
whatever begins with two dashes, so that a slip in the name of an option is still said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typer.core import TyperCommand

from zukan_cli.i18n import translate as _
from zukan_cli.output import FORMATS

_MARK = "\0"
"""No shell can pass this character."""


class QueryCommand(TyperCommand):
    """A command whose arguments are a query."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Mark the parts of the query that look like options, then read the options."""
        takes_value = {
            name: not getattr(option, "is_flag", False)
            for option in self.get_params(ctx)
            if option.param_type_name == "option"
            for name in (*option.opts, *option.secondary_opts)
        }
        slip = next(_slips(args, takes_value), None)
        if slip and not ctx.resilient_parsing:
            ctx.fail(_sentence(slip, takes_value))
        return super().parse_args(ctx, [mark + text for mark, text in _marked(args, takes_value)])


def query_of(words: Sequence[str] | None) -> str:
    """Return the query that the arguments of a `QueryCommand` make."""
    return " ".join(word.removeprefix(_MARK) for word in words or ())


def _marked(arguments: Sequence[str], takes_value: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """Yield the arguments, each with the mark if it is a part of the query that looks like an option."""
    rest = iter(arguments)
    for argument in rest:
        is_part = argument[:1] == "-" and argument[1:2] not in ("", "-")
        if is_part and argument not in takes_value and not _is_option_with_value(argument):
            yield _MARK, argument
            continue
        yield "", argument
        if argument == "--":
            yield from (("", other) for other in rest)
        elif takes_value.get(argument):
            yield from (("", value) for value in _first(rest))


def _first(rest: Iterator[str]) -> Iterator[str]:
    for value in rest:
        yield value
        return


def _is_option_with_value(argument: str) -> bool:
    """Tell whether a short option and a value that it takes stand together: `-n5`, `-fjson`, `-lja`, `-tfill-mask`."""
    option, value = argument[:2], argument[2:]
    if option == "-n":
        return value.isdecimal()
    if option == "-f":
        return value.lower() in FORMATS
    if option == "-l" and value:
        from zukan.languages import language_code  # noqa: PLC0415 (hardly anybody writes it like this)

        return language_code(value) is not None
    if option == "-t" and value:
        from zukan.tasks import all_tasks  # noqa: PLC0415 (as above)

        return value in {task.task_id for task in all_tasks()}
    return False


def _sentence(slip: str, takes_value: Mapping[str, bool]) -> str:
    if f"-{slip}" in takes_value:
        return _(
            "no option is called {name}, but {other} is; to leave out that word, put the query behind --: -- {name}"
        ).format(name=slip, other=f"-{slip}")
    return _("no option is called {name}; to leave out that word, put the query behind --: -- {name}").format(name=slip)


def _slips(arguments: Sequence[str], takes_value: Mapping[str, bool]) -> Iterator[str]:
    """Yield what is rather an option mistyped than a word to leave out: `-limit 5`, `-x`."""
    for mark, argument in _marked(arguments, takes_value):
        name = argument.partition("=")[0]
        if mark and (f"-{name}" in takes_value or (len(name) == 2 and name.isascii() and name[1].isalpha())):
            yield name
