"""`zukan try`: one measured trial inference on the user's own input."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from zukan_cli import options, payload, remote_trial, texts, trial_options
from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_fields, write_rows
from zukan_cli.reasons import library_text
from zukan_cli.trial_input import STDIN, read_stdin
from zukan_cli.trial_texts import measures

if TYPE_CHECKING:
    from collections.abc import Callable

    from zukan import Catalogue
    from zukan.outcomes import TrialRequest, TrialResult

T = TypeVar("T")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(name="try", context_settings={"help_option_names": ["-h", "--help"]})
def try_model(
    model: Annotated[
        str,
        typer.Argument(
            help="A model's id or former id (of GGUF files also id:Q8_0), a folder, a .gguf file, or zukan/mini-bert."
        ),
    ],
    text: Annotated[
        str | None,
        typer.Argument(help="A text, or the path of a picture, sound or table; - is stdin; none: an example."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="The input from a file (- is stdin); TEXT is then a question about it.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Where to write a sound (.wav), or areas and depth (.png).")
    ] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="A Hub task; else chosen from the model.")] = None,
    source: options.FromLanguage = None,
    target: options.ToLanguage = None,
    context: trial_options.Context = None,
    labels: trial_options.Labels = None,
    compare_with: trial_options.CompareWith = None,
    top_k: Annotated[int, typer.Option("--top", min=1, max=100, help="How many answers where there are several.")] = 5,
    max_new_tokens: trial_options.MaxNewTokens = 64,
    repeats: Annotated[
        int | None,
        typer.Option("--repeat", min=0, max=1000, help="Time this many more answers; else what fits two seconds."),
    ] = None,
    seed: trial_options.Seed = 0,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds before the trial is stopped.")] = 300.0,
    memory_limit: trial_options.MemoryLimit = None,
    device: trial_options.Device = None,
    revision: Annotated[str | None, typer.Option("--revision", help="A branch, tag or commit of the model.")] = None,
    safetensors_only: trial_options.SafetensorsOnly = False,
    trust_remote_code: trial_options.TrustRemoteCode = False,
    provider: Annotated[
        str | None,
        typer.Option("--provider", help="Run it there instead: an inference provider of the Hub, or auto. May cost."),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint",
            metavar="URL",
            help="Run it there instead: a server that speaks OpenAI's protocol. Its token: ZUKAN_ENDPOINT_TOKEN.",
        ),
    ] = None,
    offline: trial_options.Offline = False,
    refresh: trial_options.Refresh = False,
    yes: trial_options.Yes = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep this trial in the catalogue.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Keep the model loaded and answer each line of stdin.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Run a model once on your own input and measure it, here or on another machine."""
    from dataclasses import replace  # noqa: PLC0415

    from zukan.outcomes import TrialRequest  # noqa: PLC0415
    from zukan.tasks import task as find_task  # noqa: PLC0415

    here_only = {
        "loop": loop,
        "revision": revision,
        "device": device,
        "memory_limit": memory_limit,
        "safetensors_only": safetensors_only,
        "trust_remote_code": trust_remote_code,
        "refresh": refresh,
        "output": output,
    }
    elsewhere = remote_trial.chosen(provider, endpoint, here_only, yes=yes)
    request = TrialRequest(
        model=model,
        text=text,
        file=file,
        output=output,
        task=find_task(task).task_id if task else None,
        source_language=source,
        target_language=target,
        context=context,
        labels=trial_options.split_labels(labels),
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
        download_limit_bytes=None if yes else trial_options.ASK_ABOVE_BYTES,
    )
    catalogue = options.open_catalogue(db)
    if loop:
        from zukan_cli.loop import run_loop  # noqa: PLC0415

        # Standard input is read line by line.
        request = replace(request, text=None if text == STDIN else text)
        _with_leave(request, lambda granted: run_loop(catalogue, granted, format_, store=not no_store))
        return
    with tempfile.TemporaryDirectory(prefix="zukan-") as folder:
        text, file = read_stdin(text, file, Path(folder))
        request = replace(request, text=text, file=file)
        if elsewhere is not None:
            result, said = remote_trial.run(catalogue, request, elsewhere, store=not no_store)
        else:
            progress = TrialProgress()
            result = _with_leave(request, lambda granted: _run(catalogue, granted, progress, store=not no_store))
            said = progress.notices
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


def _run(catalogue: Catalogue, request: TrialRequest, progress: TrialProgress, *, store: bool) -> TrialResult:
    try:
        return catalogue.try_model(request, on_event=progress, store=store)
    except KeyboardInterrupt:
        if progress.is_downloading:
            progress.close()
            note(_("What has arrived is kept: the same command goes on from there."))
        raise
    finally:
        progress.close()


def _write(result: TrialResult, format_: str, said: set[str]) -> None:
    row = payload.trial(result)
    if format_ == "md":
        said_and_answered = [
            (_("model"), result.model_id),
            (_("task"), result.task),
            (_("input"), _asked(result)),
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
    asked = _asked(result)
    return f"{result.model_id} · {result.task}\n> {asked}" if asked else f"{result.model_id} · {result.task}"


def _asked(result: TrialResult) -> str:
    """Return the text, the file and how long or large it is, as far as there are any."""
    given = result.input
    parts = [_cut(str(given["text"]))] if given.get("text") else []
    if given.get("file"):
        parts.append(library_text(str(given["file"])))
    if given.get("seconds") is not None:
        parts.append(texts.seconds(given["seconds"]))
    if given.get("size"):
        seen = f" → {given['seen']}" if given.get("seen") not in (None, given["size"]) else ""
        parts.append(f"{given['size']}{seen}")
    if given.get("table"):
        parts.append(f"{given['table']} ({', '.join(map(str, given.get('columns') or ()))})")
    return " · ".join(parts)


def _write_answer(result: TrialResult) -> None:
    output = result.output
    if isinstance(output, list) and output and all(isinstance(item, dict) for item in output):
        _write_scored(output)
    elif isinstance(output, list) and not output:
        write(_("nothing found"))
    elif isinstance(output, dict):
        fields = [(library_text(str(key)), library_text(_value(value))) for key, value in output.items()]
        write_fields(fields, "table", whole=output)
    else:
        write(str(result.answer if result.answer is not None else output))


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _write_scored(items: list[dict[str, Any]]) -> None:
    # A token's number says nothing to a reader; JSON has it.
    keys = [key for key in items[0] if key not in ("score", "token")]
    columns = [_column(key) for key in keys]
    if "score" in items[0]:
        columns.append(Column(_("score"), lambda row: f"{row['score']:.3f}", right=True))
    write_rows(items, columns, "table")


def _column(key: str) -> Column:
    return Column(library_text(key), lambda row: _value(row.get(key, "")))
