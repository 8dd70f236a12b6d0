"""`zukan pull`: a catalogue that somebody published takes the place of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import PullProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields
from zukan_cli.reasons import library_text
from zukan_cli.trial_options import parse_size

if TYPE_CHECKING:
    from zukan.outcomes import PullReport

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def pull(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="hf://datasets/ORG/NAME (then @REVISION, /PATH), http(s)://… or a file."),
    ],
    force: Annotated[bool, typer.Option("--force", help="Fetch it also where it is what was pulled last.")] = False,
    max_size: Annotated[
        int | None,
        typer.Option("--max-size", parser=parse_size, metavar="SIZE", help="Refuse a larger file: 4GB."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Put a published catalogue in the place of this one; trials of this machine stay."""
    from zukan.errors import PullFailed  # noqa: PLC0415

    progress = PullProgress()
    try:
        report = options.open_catalogue(db).pull(
            source, force=force, most_bytes=max_size, progress=None if quiet else progress
        )
    except (KeyboardInterrupt, PullFailed) as error:
        progress.close()
        if not quiet and (isinstance(error, KeyboardInterrupt) or error.resumable):
            note(_("The catalogue is as it was. What came is kept; the same command goes on from there."))
        raise
    finally:
        progress.close()
    if not quiet or format_ != "table":
        write_fields(_facts(report), format_, whole=payload.plain(report))


def _facts(report: PullReport) -> list[tuple[str, str]]:
    if not report.changed:
        return [
            (_("catalogue"), _("it is what was pulled the last time; nothing was fetched")),
            (_("models"), f"{report.models:,}"),
        ]
    models = f"{report.models:,}"
    if report.models_before is not None:
        models = _("{number}; {before} before").format(number=models, before=f"{report.models_before:,}")
    checked = library_text(report.verified_by) if report.verified_by else _("none was published")
    return [
        (_("models"), models),
        (_("size"), texts.size(report.size_bytes)),
        (_("checksum"), checked),
        (_("trials here"), _("{number} carried over").format(number=f"{report.trials:,}")),
        (_("time"), texts.seconds(report.seconds)),
    ]
