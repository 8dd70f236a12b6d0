"""`zukan try MODEL --loop`: the model stays loaded and answers each line."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import typer

from zukan_cli import texts
from zukan_cli.diagnostics import TrialProgress, fail, note
from zukan_cli.i18n import translate as _
from zukan_cli.output import as_json, read_line, write
from zukan_cli.reasons import library_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from zukan import Catalogue
    from zukan.outcomes import TrialRequest, TrialResult
    from zukan.trial.session import Session

_QUIT = frozenset({"/quit", "/exit"})
_RESET = "/reset"
_LINES = ("json", "jsonl")


def run_loop(catalogue: Catalogue, request: TrialRequest, format_: str, *, store: bool) -> None:
    """Answer the lines of standard input until it ends or says /quit.

    A line that cannot be answered is said on stderr and ends nothing; what ends the model ends the loop. Where no
    terminal asks, the exit code is that of the first line that failed.
    """
    if format_ not in ("table", *_LINES):
        raise typer.BadParameter(_("--loop writes plain answers or, with --format jsonl, one JSON object for each"))
    progress = TrialProgress()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if isinstance(sys.stdin, io.TextIOWrapper):
        # Bytes that are no text must not end the loop.
        sys.stdin.reconfigure(errors="replace")
    # The text only helps to choose a task that takes texts of the user's own.
    waiting = request if request.text else _with_text(request, "…")
    with catalogue.open_model(waiting, on_event=progress, store=store) as session:
        progress.close()
        if terminal:
            _greet(session)
        keep = _keeper(catalogue, store=store)
        lines = _Lines(request.text, "> " if terminal else "")
        code = 0
        while (line := lines.next()) is not None and line not in _QUIT:
            if line == _RESET:
                session.reset()
                continue
            if line:
                failed = _answer(session, line, progress, format_, keep, terminal=terminal)
                code = code or failed
    if code and not terminal:
        raise typer.Exit(code)


class _Lines:
    """The input that was given with the command, if any, then the lines of standard input."""

    def __init__(self, first: str | None, prompt: str) -> None:
        self._first = first
        self._prompt = prompt

    def next(self) -> str | None:
        """Return the next line, None at the end."""
        if self._first:
            line, self._first = self._first, None
            return line
        given = read_line(self._prompt)
        return None if given is None else given.strip()


def _with_text(request: TrialRequest, text: str) -> TrialRequest:
    import dataclasses  # noqa: PLC0415

    return dataclasses.replace(request, text=text)


def _greet(session: Session) -> None:
    facts = session.loaded
    note(
        _("{name} · {task} · loaded in {load}, {memory}; /quit or Ctrl-D ends, /reset forgets a conversation").format(
            name=session.model_id,
            task=session.task,
            load=texts.seconds(facts.load_seconds),
            memory=texts.size(facts.peak_bytes),
        )
    )


def _keeper(catalogue: Catalogue, *, store: bool) -> Callable[[TrialResult], None]:
    """Return what stores the first answer, which is the one with the measures of loading."""

    def keep(result: TrialResult) -> None:
        if store and result.first_answer_seconds is not None and (problem := catalogue.keep_trial(result)):
            note(f"zukan: {library_text(problem)}")

    return keep


def _answer(
    session: Session,
    line: str,
    progress: Any,
    format_: str,
    keep: Callable[[TrialResult], None],
    *,
    terminal: bool,
) -> int:
    from zukan.comparison import Answered, Input  # noqa: PLC0415
    from zukan.errors import OutOfMemory, TrialCrashed, TrialError, TrialTimeout  # noqa: PLC0415
    from zukan_cli.comparison_text import answer_text  # noqa: PLC0415

    try:
        result = session.ask(Input(line))
    except (TrialTimeout, OutOfMemory, TrialCrashed):
        raise
    except TrialError as error:
        progress.close()
        if format_ in _LINES:
            from zukan_cli.sentences import explain  # noqa: PLC0415

            sentence, code = explain(error)
            write(as_json({"input": line, "status": "error", "error": sentence}, indent=None))
            return int(code)
        if not terminal:
            write()
        return int(fail(error))
    progress.close()
    keep(result)
    if format_ in _LINES:
        write(as_json(_row(line, result), indent=None))
        return 0
    write(answer_text(session.task, Answered(result)) if terminal else str(result.answer or ""))
    if terminal:
        speed = f", {result.tokens_per_second:.1f} {_('tokens/s')}" if result.tokens_per_second else ""
        note(f"({texts.seconds(result.latency_seconds)}{speed})")
    for warning in result.warnings:
        if warning not in progress.notices:
            progress.notices.add(warning)
            note(f"zukan: {library_text(warning)}")
    return 0


def _row(line: str, result: TrialResult) -> dict[str, Any]:
    return {
        "input": line,
        "status": "ok",
        "answer": result.answer,
        "output": result.output,
        "seconds": result.latency_seconds,
        "tokens_per_second": result.tokens_per_second,
        "warnings": list(result.warnings),
    }
