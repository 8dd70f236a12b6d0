"""`zukan push`: this catalogue, without what is private, becomes a data set of the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import note
from zukan_cli.i18n import translate as _
from zukan_cli.output import write_fields
from zukan_cli.reasons import left_out

if TYPE_CHECKING:
    from zukan.outcomes import PushPlan

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

STEPS = {
    "copy": "Making a copy without what is private …",
    "compare": "Looking at what the Hub has …",
    "send": "Sending …",
}


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def push(
    repository: Annotated[str, typer.Argument(metavar="ORG/NAME", help="A data set of the Hub, made if need be.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send it; else what would be sent is only said.")] = False,
    private: Annotated[bool, typer.Option("--private", help="A new data set is for its owners only.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Publish this catalogue as a data set of the Hub, without what is private or of this machine."""

    def confirm(plan: PushPlan) -> bool:
        if not quiet and format_ == "table":
            write_fields(_facts(plan), format_, whole={})
        return yes

    def say(step: str) -> None:
        if not quiet:
            note(_(STEPS.get(step, step)))

    plan = options.open_catalogue(db).push(repository, confirm, private=private, progress=say)
    if format_ != "table":
        write_fields([], format_, whole=payload.plain(plan))
    if quiet:
        return
    if plan.published:
        note(_("Sent: {url}").format(url=plan.url or repository))
    elif plan.unchanged:
        note(_("The Hub has just this catalogue already; nothing was sent."))
    else:
        note(_("Nothing was sent. To send it, add --yes."))


def _facts(plan: PushPlan) -> list[tuple[str, str]]:
    files = "\n".join(f"{name} ({texts.size(number)})" for name, number in plan.files.items())
    facts = [
        (_("destination"), f"hf://datasets/{plan.repository}"),
        (_("contents"), files),
        (_("models"), f"{plan.models:,}"),
        (_("dates"), plan.as_of or texts.UNKNOWN),
        (_("checksum"), plan.sha256),
    ]
    if plan.left_out:
        facts.append((_("left out"), left_out(plan.left_out)))
    return facts
