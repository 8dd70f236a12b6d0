"""`zukan compare`: several models, asked the same, side by side."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zukan_cli import comparison_text, options, texts, trial_options
from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import library_text

if TYPE_CHECKING:
    from zukan import Catalogue
    from zukan.comparison import Comparison, ComparisonRequest, Input

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_NAME = re.compile(r"(?:[./~][^\s]{0,4000}|[A-Za-z0-9][\w.-]{0,200}(?:/[\w.-]{1,200}(?::[\w./-]{1,200})?)?)", re.ASCII)
"""How a model's id or a folder is written; anything else is an input."""


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def compare(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL|TEXT",
            help="Models, and the input if it is not written like a model's name; no model: the first of recommend.",
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--input", "-i", metavar="TEXT", help="The input; - reads it from stdin.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--inputs", metavar="FILE", help="Inputs one a line, JSONL or CSV, with expected answers if any."),
    ] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="A Hub task; else that of the first model.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=20, help="Without models: how many recommended ones.")] = 3,
    blind: Annotated[
        bool, typer.Option("--blind", help="Hide the names until you have said which answer is best.")
    ] = False,
    vote: Annotated[bool, typer.Option("--vote", help="Ask which answer is best.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also run what an earlier run has answered.")] = False,
    source: options.FromLanguage = None,
    target: options.ToLanguage = None,
    context: trial_options.Context = None,
    labels: trial_options.Labels = None,
    compare_with: trial_options.CompareWith = None,
    top_k: Annotated[int, typer.Option("--top-k", min=1, max=100, help="Answers of each where there are several.")] = 5,
    max_new_tokens: trial_options.MaxNewTokens = 64,
    seed: trial_options.Seed = 0,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds before loading or an answer is stopped.")
    ] = 300.0,
    memory_limit: trial_options.MemoryLimit = None,
    device: trial_options.Device = None,
    safetensors_only: trial_options.SafetensorsOnly = False,
    trust_remote_code: trial_options.TrustRemoteCode = False,
    offline: trial_options.Offline = False,
    refresh: trial_options.Refresh = False,
    yes: trial_options.Yes = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="ADDRESS|local",
            help="Run on a Ray cluster: HOST:PORT, ray://HOST:PORT, auto, or local for one on this machine. "
            "Its machines get the inputs and your Hub token.",
        ),
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep neither trials nor answers.")] = False,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Ask several models the same and show their answers, time and memory side by side."""
    from dataclasses import replace  # noqa: PLC0415

    from zukan.comparison import ComparisonRequest  # noqa: PLC0415
    from zukan.outcomes import TrialRequest  # noqa: PLC0415
    from zukan.tasks import task as find_task  # noqa: PLC0415

    asks = blind or vote
    if asks and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter(_("--blind and --vote ask which answer is best: that needs a terminal"))
    models, text = _models_and_text(words or [], text, file)
    request = ComparisonRequest(
        models=tuple(models),
        task=find_task(task).task_id if task else None,
        inputs=_inputs(text, file),
        top=top,
        options=TrialRequest(
            "",
            source_language=source,
            target_language=target,
            context=context,
            labels=trial_options.split_labels(labels),
            compare_with=tuple(compare_with or ()),
            top_k=top_k,
            max_new_tokens=max_new_tokens,
            timeout_seconds=timeout,
            memory_limit_bytes=memory_limit,
            device=device,
            safetensors_only=safetensors_only,
            trust_remote_code=trust_remote_code,
            offline=offline,
            refresh=refresh,
            seed=seed,
            download_limit_bytes=None if yes else trial_options.ASK_ABOVE_BYTES,
        ),
        again=again,
    )
    catalogue = options.open_catalogue(db)
    progress = TrialProgress(silent=blind)
    run = partial(_run, catalogue, progress=progress, silent=blind, store=not no_store, cluster=ray)
    comparison = run(request)
    if (needed := _large_downloads(comparison)) and _may_download(needed):
        allowed = replace(request, options=replace(request.options, download_limit_bytes=None), again=False)
        comparison = run(allowed)
    if asks:
        from zukan_cli.voting import vote_on  # noqa: PLC0415

        for given in vote_on(comparison, blind=blind):
            if not no_store:
                catalogue.vote(comparison, given)
            comparison = replace(comparison, votes=(*comparison.votes, given))
    comparison_text.write(comparison, format_, progress.notices)
    _end(comparison)


def _run(
    catalogue: Catalogue,
    request: ComparisonRequest,
    *,
    progress: TrialProgress,
    silent: bool,
    store: bool,
    cluster: str | None,
) -> Comparison:
    def on_model(name: str, place: int, number: int) -> None:
        progress.close()
        if not silent:
            note(_("{place} of {number}: {name}").format(place=place, number=number, name=name))

    if cluster is None:
        try:
            return catalogue.compare(request, on_event=progress, on_model=on_model, store=store)
        finally:
            progress.close()
    from zukan_cli.cluster_progress import ClusterLines  # noqa: PLC0415 (not for one machine)

    with ClusterLines(progress, silent=silent, store=store) as lines:
        return catalogue.compare(
            request, on_event=lines.on_event, on_progress=lines.on_progress, store=store, cluster=cluster
        )


def _large_downloads(comparison: Comparison) -> list[int]:
    """Return the bytes of the downloads that were not begun without leave."""
    from zukan.errors import LargeDownload  # noqa: PLC0415

    errors = (model.error for model in comparison.models)
    return [error.needed_bytes for error in errors if isinstance(error, LargeDownload)]


def _may_download(needed: list[int]) -> bool:
    """Ask for leave, where somebody can give it."""
    question = _("{number} models need downloads of {size}. Go on?").format(
        number=len(needed), size=texts.size(sum(needed))
    )
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _models_and_text(words: list[str], text: str | None, file: Path | None) -> tuple[list[str], str | None]:
    """Tell the models from the input: the last word, where it is not written like a model's name, or is a file."""
    if text is not None and file is not None:
        raise typer.BadParameter(_("give either --input or --inputs"))
    models = list(words)
    if text is None and file is None and models and (not _NAME.fullmatch(models[-1]) or Path(models[-1]).is_file()):
        text = models.pop()
    for name in models:
        if not _NAME.fullmatch(name):
            raise typer.BadParameter(
                _("{name} is not written like a model's name; one input is quoted and comes last").format(name=name)
            )
    return models, text


def _inputs(text: str | None, file: Path | None) -> tuple[Input, ...]:
    from zukan.comparison import Input  # noqa: PLC0415
    from zukan.errors import EmptyInput  # noqa: PLC0415

    if file is not None:
        from zukan.trial.input_file import read_inputs  # noqa: PLC0415

        return read_inputs(file)
    if text is None:
        return ()
    if text == "-":
        from zukan.trial.text_input import MAX_BYTES, decode  # noqa: PLC0415

        text = decode(sys.stdin.buffer.read(MAX_BYTES + 1), "")
    if not text.strip():
        raise EmptyInput
    return (Input(text),)


def _end(comparison: Comparison) -> None:
    """Say what there is to say, and fail where nothing was answered at all."""
    for text in comparison.notes:
        note(f"zukan: {library_text(text)}")
    kept = sum(answer.kept for model in comparison.models for answer in model.answers)
    number = sum(len(model.answers) for model in comparison.models)
    if kept:
        note(
            _("{kept} of {number} answers were kept from an earlier run; --again runs them anew.").format(
                kept=kept, number=number
            )
        )
    errors = [model.error for model in comparison.models]
    last = comparison.models[-1]
    if last.error is not None and "/" not in last.model_id:
        note(_("“{word}” was taken for a model; an input of one word is given by --input.").format(word=last.model_id))
    if errors[0] is not None and all(errors):
        from zukan_cli.sentences import explain  # noqa: PLC0415

        raise typer.Exit(int(explain(errors[0])[1]))
