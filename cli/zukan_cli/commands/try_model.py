"""`zukan try`: one measured trial inference on the user's own input."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_fields, write_rows
from zukan_cli.reasons import library_text
from zukan_cli.trial_texts import measures

if TYPE_CHECKING:
    from collections.abc import Callable

    from zukan import Catalogue
    from zukan.outcomes import TrialRequest, TrialResult

T = TypeVar("T")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*$", re.IGNORECASE)
ASK_ABOVE_BYTES = 2 * 10**9
"""A larger download is asked about first."""
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
    repeats: Annotated[
        int | None,
        typer.Option("--repeat", min=0, max=1000, help="Time this many more answers; else what fits two seconds."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Of whatever is random.")] = 0,
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
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask the Hub for a newer version of a cached model.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Download without asking, however much it is.")] = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep this trial in the catalogue.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Keep the model loaded and answer each line of stdin.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Run a model once on your own input and measure it."""
    from zukan.outcomes import TrialRequest  # noqa: PLC0415
    from zukan.tasks import task as find_task  # noqa: PLC0415

    if text == "-":
        from zukan.trial.text_input import MAX_BYTES, decode  # noqa: PLC0415

        # A loop reads it line by line.
        text = None if loop else decode(sys.stdin.buffer.read(MAX_BYTES + 1), model)
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
        repeats=repeats,
        seed=seed,
        refresh=refresh,
        download_limit_bytes=None if yes else ASK_ABOVE_BYTES,
    )
    catalogue = options.open_catalogue(db)
    if loop:
        from zukan_cli.loop import run_loop  # noqa: PLC0415

        _with_leave(request, lambda granted: run_loop(catalogue, granted, format_, store=not no_store))
        return
    result, said = _with_leave(request, lambda granted: _run(catalogue, granted, store=not no_store))
    _write(result, format_, said)


def _with_leave(request: TrialRequest, run: Callable[[TrialRequest], T]) -> T:
    """Run a trial; before a large download ask for leave, where somebody can give it."""
    from dataclasses import replace  # noqa: PLC0415

    from zukan.errors import LargeDownload  # noqa: PLC0415

    try:
        return run(request)
    except LargeDownload as error:
        if not sys.stdin.isatty():
            raise
        question = _("{name} needs a download of {size}. Go on?").format(
            name=error.model_id, size=texts.size(error.needed_bytes)
        )
        typer.confirm(question, err=True, abort=True)
        return run(replace(request, download_limit_bytes=None))


def _run(catalogue: Catalogue, request: TrialRequest, *, store: bool) -> tuple[TrialResult, set[str]]:
    """Return the result, and what was said while it ran."""
    progress = TrialProgress()
    try:
        return catalogue.try_model(request, on_event=progress, store=store), progress.notices
    finally:
        progress.close()


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
