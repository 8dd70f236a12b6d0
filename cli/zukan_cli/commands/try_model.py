"""`zukan try`: one measured trial inference on the user's own input."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, payload
from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_fields, write_rows
from zukan_cli.reasons import library_text
from zukan_cli.trial_texts import measures

if TYPE_CHECKING:
    from zukan.outcomes import TrialResult

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*$", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(value: str) -> int:
    """Return the bytes that `8GB`, `8GiB` or `500M` stands for."""
    match = _SIZE.match(value)
    if match is None:
        raise typer.BadParameter(_("not a size: {value} (write 8GB or 500MB)").format(value=value))
    return int(float(match[1]) * (1024 if match[3] else 1000) ** _POWERS[match[2].upper()])


@app.command(name="try", context_settings={"help_option_names": ["-h", "--help"]})
def try_model(
    model: Annotated[str, typer.Argument(help="A model's id or former id, a folder, or a built-in: zukan/mini-bert.")],
    text: Annotated[str | None, typer.Argument(help="The input; - reads it from stdin; left out: an example.")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="A Hub task; else chosen from the model.")] = None,
    source: options.FromLanguage = None,
    target: options.ToLanguage = None,
    context: Annotated[str | None, typer.Option("--context", help="The passage to answer a question from.")] = None,
    labels: Annotated[str | None, typer.Option("--labels", help="Labels to choose from, separated by commas.")] = None,
    compare_with: Annotated[
        list[str] | None, typer.Option("--compare-with", help="A sentence to compare with; may be repeated.")
    ] = None,
    top_k: Annotated[int, typer.Option("--top", min=1, max=100, help="How many answers where there are several.")] = 5,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, max=4096, help="Longest answer.")] = 64,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds before the trial is stopped.")] = 300.0,
    memory_limit: Annotated[
        int | None,
        typer.Option(
            "--memory-limit", parser=parse_size, metavar="SIZE", help="Stop when its private memory passes this: 8GB."
        ),
    ] = None,
    device: Annotated[str | None, typer.Option("--device", help="cpu, cuda, mps …; else what torch finds.")] = None,
    revision: Annotated[str | None, typer.Option("--revision", help="A branch, tag or commit of the model.")] = None,
    safetensors_only: Annotated[bool, typer.Option("--safetensors-only", help="Refuse pickle weights.")] = False,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Let the model's own Python code run. Read it first.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Only what the local cache holds.")] = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep this trial in the catalogue.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Run a model once on your own input and measure it."""
    from zukan.outcomes import TrialRequest  # noqa: PLC0415
    from zukan.tasks import task as find_task  # noqa: PLC0415

    if text == "-":
        text = sys.stdin.read().strip()
    request = TrialRequest(
        model=model,
        text=text,
        task=find_task(task).task_id if task else None,
        source_language=source,
        target_language=target,
        context=context,
        labels=tuple(label.strip() for label in (labels or "").split(",") if label.strip()),
        compare_with=tuple(compare_with or ()),
        revision=revision,
        top_k=top_k,
        max_new_tokens=max_new_tokens,
        timeout_seconds=timeout,
        memory_limit_bytes=memory_limit,
        device=device,
        safetensors_only=safetensors_only,
        trust_remote_code=trust_remote_code,
        offline=offline,
    )
    progress = TrialProgress()
    try:
        result = options.open_catalogue(db).try_model(request, on_event=progress, store=not no_store)
    finally:
        progress.close()
    _write(result, format_, progress.notices)


def _write(result: TrialResult, format_: str, said: set[str]) -> None:
    row = payload.trial(result)
    if format_ == "md":
        said_and_answered = [
            (_("model"), result.model_id),
            (_("task"), result.task),
            (_("input"), _cut(str(result.input.get("text") or ""))),
            (_("answer"), str(result.answer if result.answer is not None else result.output)),
        ]
        write_fields([*said_and_answered, *measures(result)], format_, whole=row)
        return
    if format_ == "table":
        write(_shown_input(result))
        _write_answer(result)
        write()
    write_fields(measures(result), format_, whole=row)
    if format_ == "table":
        for warning in result.warnings:
            if warning not in said:
                note(f"zukan: {library_text(warning)}")


def _cut(text: str, most: int = 400) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,})"


def _shown_input(result: TrialResult) -> str:
    text = result.input.get("text")
    return f"{result.model_id} · {result.task}\n> {_cut(str(text))}" if text else f"{result.model_id} · {result.task}"


def _write_answer(result: TrialResult) -> None:
    output = result.output
    if isinstance(output, list) and output and all(isinstance(item, dict) for item in output):
        _write_scored(output)
    elif isinstance(output, dict):
        write_fields([(str(key), str(value)) for key, value in output.items()], "table", whole=output)
    else:
        write(str(result.answer if result.answer is not None else output))


def _write_scored(items: list[dict[str, Any]]) -> None:
    # A token's number says nothing to a reader; JSON has it.
    keys = [key for key in items[0] if key not in ("score", "token")]
    columns = [_column(key) for key in keys]
    if "score" in items[0]:
        columns.append(Column(_("score"), lambda row: f"{row['score']:.3f}", right=True))
    write_rows(items, columns, "table")


def _column(key: str) -> Column:
    return Column(key, lambda row: str(row.get(key, "")))
