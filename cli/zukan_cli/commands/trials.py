"""`zukan trials`: the trials that were run here, listed, side by side, or written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, texts
from zukan_cli.diagnostics import note, note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_rows
from zukan_cli.reasons import library_text

if TYPE_CHECKING:
    from zukan.past_trials import SideBySide

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

STATUSES = ("ok", "error", "timeout", "out-of-memory", "crashed")
_FLAT = (
    "started_at model_id sha source task status answer error family load_seconds first_answer_seconds latency_seconds "
    "repeats new_tokens tokens_per_second peak_bytes peak_private_bytes peak_file_bytes estimated_bytes num_parameters "
    "dtype device threads seed"
).split()


_REMOTE = (
    ("remote", "name"),
    ("first_token_seconds", "first_token_seconds"),
    ("network_seconds", "network_seconds"),
)
"""Column → what it is called in `TrialResult.remote`."""


def parse_status(value: str) -> str:
    """Return how a trial may have ended."""
    if value not in STATUSES:
        names = ", ".join(STATUSES)
        raise typer.BadParameter(
            _("no trial ends like that: {value} (known: {names})").format(value=value, names=names)
        )
    return value


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def trials(
    model: Annotated[str | None, typer.Argument(help="Only those of this model.")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="Only those of this task.")] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", parser=parse_status, metavar="|".join(STATUSES), help="Only those that ended so."),
    ] = None,
    remote: Annotated[
        bool | None,
        typer.Option(
            "--remote/--here", help="Only those of other machines, or only those of this one.", show_default=False
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Side by side: what each model made of the same task and input.")
    ] = False,
    limit: options.Limit = 20,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """List the trials run here or from here, newest first, each with its revision and machine."""
    from zukan.past_trials import side_by_side  # noqa: PLC0415
    from zukan.tasks import task as find_task  # noqa: PLC0415

    wanted = find_task(task).task_id if task else None
    found = options.open_catalogue(db).trials(model, limit, task=wanted, status=status, remote=remote)
    if compare:
        _write_groups(side_by_side(found), format_)
    elif format_ == "csv":
        write_rows([_flat(trial) for trial in found], (), format_)
    else:
        note_hidden(write_rows(found, _columns(), format_))
    if not found:
        note(_("No such trial is stored; zukan try MODEL runs one."))


def _write_groups(groups: tuple[SideBySide, ...], format_: str) -> None:
    if format_ in ("json", "jsonl"):
        rows = [{"task": group.task, "input": dict(group.input), "trials": list(group.trials)} for group in groups]
        write_rows(rows, (), format_)
        return
    if format_ in ("csv", "ids"):
        write_rows([_flat(trial) for group in groups for trial in group.trials], (), format_)
        return
    for number, group in enumerate(groups):
        if number:
            write()
        write(f"{'### ' if format_ == 'md' else ''}{group.task} · {_one_line(group.input.get('text'))}")
        if format_ == "md":
            write()
        note_hidden(write_rows(list(group.trials), _compared(), format_))


def _columns() -> list[Column]:
    return [
        Column(_("when"), lambda row: str(row.get("started_at") or "")[:16].replace("T", " ")),
        Column(_("model"), texts.name),
        Column(_("task"), lambda row: str(row.get("task") or "")),
        *_compared()[1:],
    ]


def _compared() -> list[Column]:
    return [
        Column(_("model"), texts.name),
        Column(_("answer"), _answer, wide=True),
        Column(_("time"), _time, right=True),
        Column(_("each more"), lambda row: texts.seconds(row.get("latency_seconds")), right=True, optional=True),
        Column(_("tokens/s"), _speed, right=True, optional=True),
        Column(_("memory"), lambda row: texts.size(row.get("peak_bytes")), right=True, optional=True),
        Column(_("revision"), lambda row: str(row.get("sha") or "")[:7], optional=True),
        Column(_("machine"), _machine, optional=True, kept=True),
    ]


def _answer(row: Mapping[str, Any]) -> str:
    if row.get("status") == "ok":
        return _one_line(row.get("answer") if row.get("answer") is not None else row.get("output"))
    # The kind of error stands before what it says.
    error = re.sub(r"^[A-Z]\w+: ", "", str(row.get("error") or ""))
    return f"{library_text(str(row.get('status')))}: {library_text(error)}".rstrip(": ")


def _one_line(value: object, most: int = 80) -> str:
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= most else f"{text[:most]} …"


def _time(row: Mapping[str, Any]) -> str:
    from zukan.past_trials import seconds_to_answer  # noqa: PLC0415

    return texts.seconds(seconds_to_answer(row))


def _speed(row: Mapping[str, Any]) -> str:
    value = row.get("tokens_per_second")
    return f"{value:.1f}" if isinstance(value, int | float) else ""


def _machine(row: Mapping[str, Any]) -> str:
    from zukan.past_trials import place_of  # noqa: PLC0415 (as above)

    hardware = row.get("hardware")
    known = hardware if isinstance(hardware, Mapping) else {}
    if (place := place_of(row)) is not None:
        return _("measured remotely: {place}").format(place=place)
    parts = [str(row.get("device") or ""), str(known.get("accelerator_name") or "")]
    if known.get("cores"):
        parts.append(_("{number} cores").format(number=known["cores"]))
    if known.get("memory_bytes"):
        parts.append(texts.size(known["memory_bytes"]))
    return ", ".join(part for part in parts if part)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one trial as a line of figures for a spreadsheet."""
    asked, versions, hardware = (row.get(name) or {} for name in ("input", "versions", "hardware"))
    return {
        **{name: row.get(name) for name in _FLAT},
        "input": asked.get("text"),
        **{name: (row.get("remote") or {}).get(key) for name, key in _REMOTE},
        **{name: versions.get(name) for name in ("python", "torch", "transformers")},
        **{name: hardware.get(name) for name in ("cores", "memory_bytes", "accelerator_name")},
        "warnings": list(row.get("warnings") or ()),
    }
