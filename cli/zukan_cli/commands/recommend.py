"""`zukan recommend`: a task or free words → the models to try first, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import note_hidden
from zukan_cli.i18n import language as interface_language
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_rows
from zukan_cli.reasons import left_out, library_text, reasons_in_short
from zukan_cli.recommend_texts import elsewhere, of_figures, picks, understood
from zukan_cli.wish_text import not_known, without_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zukan.advice import Candidate, Recommendation

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _columns(rows: Sequence[Any]) -> list[Column]:
    speeds = [Column(_("tokens/s"), _speed, right=True, optional=True)] if any(map(_has_speed, rows)) else []
    return [
        Column("#", _place, right=True),
        Column(_("model"), lambda row: row["model_id"]),
        Column(_("family"), texts.family),
        Column(_("params"), texts.parameters, right=True, optional=True),
        Column(_("memory"), _memory, right=True, optional=True),
        *speeds,
        Column(_("score"), lambda row: f"{row['score']:.1f}", right=True, optional=True, kept=True),
        Column(_("why"), _why, wide=True),
    ]


def _place(row: Any) -> str:
    """Return the rank; a tie with the row above is marked."""
    return f"={row['rank']}" if row["tied"] else str(row["rank"])


def _why(row: Any) -> str:
    held_back = (library_text(row["not_first"]),) if row["not_first"] else ()
    return "; ".join((*held_back, reasons_in_short(row["reasons"])))


def _memory(row: Any) -> str:
    fit = row["fit"]
    if fit["peak_bytes"] is None:
        return texts.UNKNOWN
    measured = fit["basis"].startswith("measured")
    return ("" if measured else "~") + texts.size(fit["peak_bytes"])


def _has_speed(row: Any) -> bool:
    return row["fit"]["tokens_per_second"] is not None


def _speed(row: Any) -> str:
    """Return how fast a model writes; what memory allows is the most that can be."""
    fit = row["fit"]
    if fit["tokens_per_second"] is None:
        return texts.UNKNOWN
    measured = fit["speed_basis"].startswith("measured")
    return ("" if measured else "≤") + f"{fit['tokens_per_second']:g}"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def recommend(
    task: Annotated[
        list[str] | None, typer.Argument(help="A Hub task, or what you want to do in your own words.")
    ] = None,
    language: options.Language = None,
    source: options.FromLanguage = None,
    target: options.ToLanguage = None,
    family: options.Family = None,
    license_: Annotated[
        str | None,
        typer.Option(
            "--license", metavar="ID", help="commercial, permissive, or one of the Hub's ids; any of several: mit,bsd."
        ),
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", help="A user or organisation of the Hub; several: a|b.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Created then or later: 2025.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Created then or earlier: 2025-06.")
    ] = None,
    min_parameters: Annotated[
        str | None, typer.Option("--min-params", metavar="N", help="At least so many parameters: 1B.")
    ] = None,
    max_parameters: Annotated[
        str | None, typer.Option("--max-params", metavar="N", help="At most so many parameters: 350M, 7B.")
    ] = None,
    max_memory: Annotated[
        str | None, typer.Option("--max-memory", metavar="SIZE", help="Memory that a short trial may need: 8GB.")
    ] = None,
    max_download: Annotated[
        str | None, typer.Option("--max-download", metavar="SIZE", help="What may be downloaded: 500MB.")
    ] = None,
    no_gated: Annotated[
        bool, typer.Option("--no-gated", help="Only models that are known to be open to everybody.")
    ] = False,
    prefer: Annotated[
        str | None, typer.Option("--prefer", metavar="small|balanced|best", help="What matters most.")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", metavar="WHAT", help="gated, remote-code, any-format, uncensored; with commas or repeated."
        ),
    ] = None,
    machine: Annotated[
        str | None,
        typer.Option(
            "--machine", metavar="MACHINE", help="Another machine: 16GB, RTX 4090, M2 Max 64GB, or any for no limit."
        ),
    ] = None,
    inferred: options.Inferred = False,
    check_sizes: Annotated[
        bool, typer.Option("--check-sizes", help="Ask the Hub for the sizes that the catalogue does not know.")
    ] = False,
    explain_ranking: Annotated[
        bool, typer.Option("--explain-ranking", help="Say how the score is made, and stop.")
    ] = False,
    limit: options.Limit = 10,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Say which models to try first for a task on this machine, and why."""
    if explain_ranking:
        from zukan_cli.ranking_text import paragraphs  # noqa: PLC0415

        told = list(paragraphs())
        if format_ == "table":
            write("\n\n".join(told))
        else:
            write_rows([{"text": text} for text in told], [Column(_("text"), lambda row: row["text"])], format_)
        return
    if not task:
        raise typer.BadParameter(_("say a task, or what you want to do in your own words"), param_hint="TASK")
    answer = options.open_catalogue(db).recommend(
        " ".join(task),
        license=license_,
        author=author,
        since=since,
        until=until,
        min_parameters=min_parameters,
        max_parameters=max_parameters,
        max_memory=max_memory,
        max_download=max_download,
        no_gated=no_gated,
        prefer=prefer,
        allow=[name.strip() for text in allow or () for name in text.split(",") if name.strip()],
        machine=machine,
        languages=language or (),
        source_language=source,
        target_language=target,
        family=family,
        inferred=inferred,
        limit=limit,
        check_sizes=check_sizes,
    )
    whole = payload.recommendation(answer)
    if format_ == "table":
        write(understood(answer))
        write(_teach(answer))
        write()
    note_hidden(write_rows(whole["candidates"], _columns(whole["candidates"]), format_, whole=whole))
    if format_ == "table":
        for line in picks(answer):
            write(line)
    _report(answer, format_)


def _teach(answer: Recommendation) -> str:
    task = answer.understood.task
    return f"{' / '.join(task.families)}: {task.why_ja if interface_language() == 'ja' else task.why}"


def _direction(answer: Recommendation) -> list[str]:
    understood = answer.understood
    pairs = (("--from", understood.source_language), ("--to", understood.target_language))
    return [f"{option} {code}" for option, code in pairs if code]


def _task(answer: Recommendation) -> list[str]:
    """Return the option that lets the first model do what is asked for, where it is filed under something else."""
    from zukan.own_task import SAME  # noqa: PLC0415

    record, task = answer.candidates[0].record, answer.understood.task.task_id
    own = record.pipeline_tag or record.inferred_task
    return [] if own in (None, task, *SAME.get(task, ())) else [f"--task {task}"]


def _needs_other(candidate: Candidate) -> bool:
    """Whether a model needs another library than transformers, or nothing says which, so that no trial may load it."""
    return any(part.name == "library" for part in candidate.reasons)


def _report(answer: Recommendation, format_: str) -> None:
    from zukan_cli.diagnostics import note  # noqa: PLC0415

    for text in answer.notes:
        note(_("{message}.").format(message=library_text(text)))
    if format_ != "table":
        return
    if answer.left_out:
        note(
            _("Looked at {number} models; left out: {reasons}.").format(
                number=answer.considered, reasons=left_out(answer.left_out)
            )
        )
    for text in (*not_known(answer), *without_one(answer), *elsewhere(answer)):
        note(text)
    if not answer.candidates:
        return
    note(of_figures(answer))
    speeds = dict.fromkeys(candidate.fit.speed_basis for candidate in answer.candidates)
    for basis in filter(None, speeds):
        note(_("Tokens a second: {basis}.").format(basis=library_text(basis)))
    unknown = sum(candidate.record.gated is None for candidate in answer.candidates)
    if unknown:
        note(
            _("Of {number} of these the catalogue does not know whether their authors must grant access.").format(
                number=unknown
            )
        )
    if answer.candidates:
        first = answer.candidates[0].record.model_id
        if answer.understood.task.trial and not _needs_other(answer.candidates[0]):
            options = (*_task(answer), *_direction(answer))
            note(_("Try the first: zukan try {name}").format(name=" ".join((first, *options))))
        else:
            note(_("Look at the first: zukan show {name}").format(name=first))
