"""`zukan try`: one measured trial inference on the user's own input."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, payload, texts
from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_fields, write_rows
from zukan_cli.reasons import library_text
from zukan_cli.trial_input import read_stdin

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
    context: Annotated[str | None, typer.Option("--context", help="The passage to answer a question from.")] = None,
    labels: Annotated[str | None, typer.Option("--labels", help="Labels to choose from, separated by commas.")] = None,
    compare_with: Annotated[
        list[str] | None, typer.Option("--compare-with", help="A sentence or picture to compare with; may be repeated.")
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

    request = TrialRequest(
        model=model,
        output=output,
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
        with tempfile.TemporaryDirectory(prefix="zukan-") as folder:
            text, file = read_stdin(text, file, Path(folder))
            request = dataclasses.replace(request, text=text, file=file)
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
            (_("input"), _asked(result)),
            (_("answer"), str(result.answer if result.answer is not None else result.output)),
        ]
        write_fields([*said_and_answered, *_measures(result)], format_, whole=row)
        return
    if format_ == "table":
        write(_shown_input(result))
        _write_answer(result)
        write()
    write_fields(_measures(result), format_, whole=row)
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


def _measures(result: TrialResult) -> list[tuple[str, str]]:
    speed = f", {result.tokens_per_second:.1f} {_('tokens/s')}" if result.tokens_per_second else ""
    estimated = (
        _(" (estimated {size})").format(size=texts.size(result.estimated_bytes)) if result.estimated_bytes else ""
    )
    if result.real_time_factor is not None:
        speed += _(", {factor} s of work for a second of sound").format(factor=f"{result.real_time_factor:.3g}")
    facts = [
        (
            _("time"),
            _("load {load} + first answer {first}{speed} (before that: {imports} to import torch)").format(
                load=texts.seconds(result.load_seconds),
                first=texts.seconds(result.first_answer_seconds),
                speed=speed,
                imports=texts.seconds(result.import_seconds),
            ),
        ),
        (_("memory"), f"{_('peak')} {texts.size(result.peak_bytes)}{estimated}"),
        (_("device"), f"{result.device}, {result.dtype}, {result.threads} {_('threads')}"),
        (_("model"), _model(result)),
        (_("versions"), ", ".join(f"{name} {number}" for name, number in result.versions.items())),
    ]
    if result.downloaded_bytes:
        facts.insert(
            0,
            (
                _("download"),
                f"{texts.size(result.downloaded_bytes)}, {texts.seconds(result.download_seconds)}",
            ),
        )
    return facts


def _model(result: TrialResult) -> str:
    parts = [result.family or "", f"{texts.count(result.num_parameters)} {_('parameters')}", _(result.source)]
    if result.sha:
        parts.append(f"{_('revision')} {result.sha[:12]}")
    return ", ".join(part for part in parts if part)
