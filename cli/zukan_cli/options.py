"""The options that several commands share, and what they are turned into."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli.i18n import LANGUAGES
from zukan_cli.i18n import translate as _
from zukan_cli.output import FORMATS

if TYPE_CHECKING:
    from zukan import Catalogue


def _one_of(kind: str, value: str, known: tuple[str, ...]) -> str:
    if value.lower() in known:
        return value.lower()
    near = get_close_matches(value.lower(), known, n=1)
    hint = (
        _("did you mean {name}?").format(name=near[0]) if near else _("known: {names}").format(names=", ".join(known))
    )
    raise typer.BadParameter(f"{_('unknown ' + kind)}: {value} ({hint})")


def parse_format(value: str) -> str:
    """Return a known output format."""
    return _one_of("format", value, FORMATS)


def parse_language(value: str) -> str:
    """Return a known interface language."""
    return _one_of("interface language", value, LANGUAGES)


Format = Annotated[
    str,
    typer.Option("--format", "-f", parser=parse_format, metavar="|".join(FORMATS), help="How to write the answer."),
]
Database = Annotated[
    Path | None,
    typer.Option("--db", metavar="FILE", help="The catalogue; else ZUKAN_DB, else the user's data folder."),
]
Interface = Annotated[
    str | None,
    typer.Option("--ui", parser=parse_language, metavar="en|ja", help="Interface language; else the locale."),
]
Inferred = Annotated[
    bool,
    typer.Option("--inferred", help="Also models whose repository states no task, where their class tells it."),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="Most rows to show.")]
LimitOrNone = Annotated[
    int, typer.Option("--limit", "-n", min=0, max=10_000, help="Most rows to show; 0 with --facets: the facets alone.")
]
Language = Annotated[
    list[str] | None,
    typer.Option("--language", "-l", help="A language the model must know: code or name; may be repeated."),
]
Family = Annotated[str | None, typer.Option("--family", help="encoder-only, decoder-only, seq2seq or other.")]
FromLanguage = Annotated[str | None, typer.Option("--from", metavar="LANGUAGE", help="Translate from this language.")]
ToLanguage = Annotated[str | None, typer.Option("--to", metavar="LANGUAGE", help="Translate into this language.")]


def open_catalogue(path: Path | None) -> Catalogue:
    """Return the catalogue; its first-use build is shown on stderr."""
    from zukan.catalogue import Catalogue  # noqa: PLC0415
    from zukan_cli.diagnostics import BuildProgress  # noqa: PLC0415

    return Catalogue(path, build_progress=BuildProgress())
