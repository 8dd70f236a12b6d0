"""`zukan tag`: the family of anything: a model, a config file, a folder, a stream of rows, the whole catalogue."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, texts
from zukan_cli.diagnostics import RetagProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, has_stdin, write, write_fields, write_json_lines, write_rows
from zukan_cli.reasons import family_reason

if TYPE_CHECKING:
    from zukan import Catalogue, FamilyTag
    from zukan.retag import RetagReport
    from zukan.tagging import TagSummary

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def tag(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL|FILE|FOLDER]...", help="Models of the catalogue, config files, model folders."),
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read one Hub API object a line, write one JSON line for each.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Tag the whole catalogue anew by the rules of this zukan.")
    ] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Count by family and certainty, on stderr behind the answers.")
    ] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Say to which of the three families something belongs, with the proof."""
    if (stdin + all_ + bool(targets)) != 1:
        raise typer.BadParameter(_("say what to tag, one of these: names and paths, --stdin, --all"))
    if any(not target.strip() for target in targets or ()):
        raise typer.BadParameter(_("a name or path is empty"))
    if stdin and format_ not in ("table", "json", "jsonl"):
        raise typer.BadParameter(_("--stdin writes JSON lines only"))
    if all_:
        _all(db, format_)
        return
    from zukan.tagging import TagSummary  # noqa: PLC0415

    counted = TagSummary()
    catalogue = options.open_catalogue(db)
    if stdin:
        if not has_stdin():
            raise typer.BadParameter(_("there is nothing to read on stdin"))
        write_json_lines(catalogue.tag_stream(sys.stdin.buffer, counted))  # type: ignore[arg-type]
        if counted.unreadable:
            note(_("Lines that could not be read: {number}.").format(number=counted.unreadable))
    else:
        found, problem = _tagged(catalogue, targets or [])
        for _name, what in found:
            counted.count(what)
        if found:
            _write(found, format_)
        if problem is not None:
            raise problem
    if summary:
        _summarise(counted)


def _tagged(catalogue: Catalogue, targets: list[str]) -> tuple[list[tuple[str, FamilyTag]], Exception | None]:
    """Return (the answers up to the first target that has none, what was wrong with that)."""
    from zukan.errors import ZukanError  # noqa: PLC0415

    found = []
    for target in targets:
        try:
            found.append(catalogue.tag(target))
        except ZukanError as error:
            return found, error
    return found, None


def _row(name: str, what: FamilyTag) -> dict[str, Any]:
    from zukan.tagging import answer  # noqa: PLC0415

    return answer(name, what)


def _write(found: list[tuple[str, FamilyTag]], format_: str) -> None:
    rows = [_row(name, what) for name, what in found]
    if format_ not in ("table", "md"):
        write_rows(rows, (), format_, whole=rows[0] if len(rows) == 1 else rows)
        return
    for place, ((name, what), row) in enumerate(zip(found, rows, strict=True)):
        if place:
            write()
        facts = [
            (_("model"), name),
            (_("family"), texts.family(row)),
            (_("certainty"), _(str(what.certainty))),
            (_("reason"), family_reason(what)),
            (_("looked at") if what.family == "undetermined" else _("proof"), texts.proof(what.evidence)),
        ]
        write_fields(facts, format_, whole=row)


def _all(db: Any, format_: str) -> None:
    progress = RetagProgress()
    try:
        report = options.open_catalogue(db).retag(progress)
    finally:
        progress.close()
    rows = [
        {
            "from": str(change.before),
            "from_certainty": str(change.before_certainty),
            "to": str(change.after),
            "to_certainty": str(change.after_certainty),
            "models": change.models,
            "examples": list(change.examples),
        }
        for change in report.changes
    ]
    columns = [
        Column(_("from"), lambda row: f"{row['from']} ({_(row['from_certainty'])})"),
        Column(_("to"), lambda row: f"{row['to']} ({_(row['to_certainty'])})"),
        Column(_("models"), lambda row: f"{row['models']:,}", right=True),
        Column(_("for example"), lambda row: ", ".join(row["examples"]), wide=True, optional=True),
    ]
    whole = {
        "models": report.models,
        "continued_after": report.continued_after,
        "changed": report.changed,
        "renewed": report.renewed,
        "seconds": report.seconds,
        "changes": rows,
    }
    write_rows(rows, columns, format_, whole=whole)
    note(_said(report))


def _said(report: RetagReport) -> str:
    start = (
        _("Continued an unfinished run after {number} models. ").format(number=f"{report.continued_after:,}")
        if report.continued_after
        else ""
    )
    found = _("{models} models tagged in {seconds}, {changed} changed.").format(
        models=f"{report.models:,}", seconds=texts.seconds(report.seconds), changed=f"{report.changed:,}"
    )
    if report.renewed:
        found += " " + _("{number} have other facts, or another reason why they are never recommended.").format(
            number=f"{report.renewed:,}"
        )
    return start + found


def _summarise(counted: TagSummary) -> None:
    """Write the counts to stderr: stdout holds one line for each line read, and nothing else."""
    total = max(counted.lines, 1)
    for (family, certainty), number in sorted(counted.by_family.items(), key=lambda item: -item[1]):
        note(f"{family:<13} {_(str(certainty)):<9} {number:>11,}  {100 * number / total:5.1f} %")
    for (family, rule), number in counted.by_rule.most_common():
        if family == "undetermined":
            note(f"  {texts.why_undetermined(rule)}: {number:,}")
    note(_("{number} tagged.").format(number=f"{counted.lines:,}"))
