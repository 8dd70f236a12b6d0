"""How a comparison is written: the answers side by side, then what each model took."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from zukan_cli import texts
from zukan_cli.diagnostics import note, note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, Row, write_rows
from zukan_cli.output import write as write_line
from zukan_cli.reasons import library_text
from zukan_cli.sentences import explain

if TYPE_CHECKING:
    from zukan.comparison import Answered, Compared, Comparison, Input
    from zukan.outcomes import TrialResult

_MOST_INPUTS = 20
"""More are not shown to people; the other formats have them all."""
_MOST_CHARACTERS = 300
_MOST_LABELS = 3


def write(comparison: Comparison, format_: str, said: set[str]) -> None:
    """Write a comparison in the format asked for; warnings that were said already are not said again."""
    rows = _pairs(comparison)
    if format_ in ("json", "jsonl", "csv", "ids"):
        models = [_model_row(model) for model in comparison.models]
        write_rows(models if format_ == "ids" else rows, (), format_, whole=_whole(comparison, models, rows))
        return
    if len(comparison.inputs) == 1:
        asked = comparison.inputs[0]
        write_line(f"{comparison.task or texts.UNKNOWN}\n> {_cut(asked.text)}\n")
        hidden = write_rows(_measured_rows(comparison, with_answer=True), _columns(comparison), format_)
    else:
        write_line(f"{comparison.task or texts.UNKNOWN}\n")
        hidden = _write_answers(comparison, format_)
        write_line()
        hidden += write_rows(_measured_rows(comparison, with_answer=False), _columns(comparison), format_)
    note_hidden(tuple(dict.fromkeys(hidden)))
    if comparison.metrics:
        names = ", ".join(f"{name} {version}" for name, version in comparison.metrics.items())
        note(_("Scores are 0 to 100, by {names}; what was not answered counts as wrong.").format(names=names))
    if format_ == "table":
        _note_warnings(comparison, said)


def answer_text(task: str | None, answer: Answered) -> str:
    """Return an answer as one line: the first labels with their scores, the text, or why there is none."""
    if answer.error is not None:
        return explain(answer.error)[0]
    result = answer.result
    if result is None:
        return texts.UNKNOWN
    output = result.output
    if isinstance(output, list) and output and all(isinstance(row, dict) and "score" in row for row in output):
        key = next((name for name in output[0] if name not in ("score", "token")), "label")
        return ", ".join(f"{row.get(key)} {row['score']:.2f}" for row in output[:_MOST_LABELS])
    return _cut(str(result.answer if result.answer is not None else output))


def _write_answers(comparison: Comparison, format_: str) -> tuple[str, ...]:
    shown = min(len(comparison.inputs), _MOST_INPUTS)
    rows = [
        {
            "input": asked.text,
            "expected": " | ".join(asked.expected),
            **{str(number): answer_text(comparison.task, model.answers[place])
               for number, model in enumerate(comparison.models)},
        }
        for place, asked in enumerate(comparison.inputs[:shown])
    ]  # fmt: skip
    columns = [Column(_("input"), lambda row: _cut(row["input"]), wide=True)]
    if any(asked.expected for asked in comparison.inputs):
        columns.append(Column(_("expected"), lambda row: _cut(row["expected"]), wide=True))
    columns += [
        Column(model.model_id, lambda row, key=str(number): row[key], wide=True)  # type: ignore[misc]
        for number, model in enumerate(comparison.models)
    ]
    hidden = write_rows(rows, columns, format_)
    if shown < len(comparison.inputs):
        note(
            _("{number} more inputs are not shown here; --format json has them all.").format(
                number=len(comparison.inputs) - shown
            )
        )
    return hidden


def _measured_rows(comparison: Comparison, *, with_answer: bool) -> list[dict[str, Any]]:
    return [
        {
            **_model_row(model),
            "shown": answer_text(comparison.task, model.answers[0]) if with_answer else None,
            "sentence": explain(model.error)[0] if model.error is not None and not with_answer else "",
        }
        for model in comparison.models
    ]


def _columns(comparison: Comparison) -> list[Column]:
    columns = [Column(_("model"), lambda row: str(row["model_id"]))]
    if len(comparison.inputs) == 1:
        columns.append(Column(_("answer"), lambda row: str(row["shown"]), wide=True))
    else:
        columns.append(Column(_("answered"), lambda row: f"{row['answered']}/{row['inputs']}", right=True))
    columns += [
        Column(texts.metric(metric), lambda row, key=metric: _number(row["scores"].get(key)), right=True)  # type: ignore[misc]
        for metric in dict.fromkeys(name for model in comparison.models for name in model.scores)
    ]
    columns.append(Column(_("load + answer"), _time, right=True))
    if len(comparison.inputs) > 1:
        columns.append(Column(_("each answer"), lambda row: texts.seconds(row["latency_seconds"]), right=True))
    if any(row.tokens_per_second for model in comparison.models for row in _results(model)):
        columns.append(Column(_("tokens/s"), lambda row: _number(row["tokens_per_second"]), right=True))
    columns += [
        Column(_("memory"), lambda row: f"{texts.size(row['peak_bytes']):>7}", right=True),
        Column(_("params"), lambda row: texts.count(row["num_parameters"]), right=True, kept=True),
        Column(_("family"), lambda row: str(row["family"] or texts.UNKNOWN), kept=True),
    ]
    if any(model.error is not None for model in comparison.models) and len(comparison.inputs) > 1:
        columns.append(Column(_("why not"), lambda row: str(row["sentence"]), wide=True))
    return columns


def _model_row(model: Compared) -> dict[str, Any]:
    """Return what one model took, over all inputs."""
    results, first = _results(model), model.first
    return {
        "model_id": model.model_id,
        "status": "ok" if results else "error",
        "family": first.family if first else None,
        "num_parameters": first.num_parameters if first else None,
        "answered": len(results),
        "inputs": len(model.answers),
        "scores": dict(model.scores),
        "load_seconds": first.load_seconds if first else None,
        "first_answer_seconds": first.first_answer_seconds if first else None,
        "latency_seconds": _median([result.latency_seconds for result in results]),
        "tokens_per_second": _median([result.tokens_per_second for result in results]),
        "peak_bytes": max((result.peak_bytes for result in results if result.peak_bytes is not None), default=None),
        "sha": first.sha if first else None,
        "error": explain(model.error)[0] if model.error is not None else None,
    }


def _pairs(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row for each model and input."""
    return [
        _pair(model, comparison.inputs[place], place, answer)
        for place in range(len(comparison.inputs))
        for model in comparison.models
        for answer in [model.answers[place]]
    ]


def _pair(model: Compared, asked: Input, place: int, answer: Answered) -> dict[str, Any]:
    result = answer.result
    return {
        "model_id": model.model_id,
        "input": place,
        "text": asked.text,
        "expected": list(asked.expected),
        "status": "ok" if result is not None else "error",
        "answer": result.answer if result is not None else None,
        "output": result.output if result is not None else None,
        "seconds": result.latency_seconds if result is not None else None,
        "tokens_per_second": result.tokens_per_second if result is not None else None,
        "warnings": list(result.warnings) if result is not None else [],
        "kept": answer.kept,
        "started_at": result.started_at if result is not None else None,
        "error": explain(answer.error)[0] if answer.error is not None else None,
    }


def _whole(comparison: Comparison, models: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "task": comparison.task,
        "inputs": [dataclasses.asdict(asked) for asked in comparison.inputs],
        "models": models,
        "answers": rows,
        "metrics": dict(comparison.metrics),
        "kept_in": str(comparison.kept_in),
        "notes": list(comparison.notes),
    }


def _note_warnings(comparison: Comparison, said: set[str]) -> None:
    for model in comparison.models:
        warnings = dict.fromkeys(text for result in _results(model) for text in result.warnings)
        for text in warnings:
            if text not in said:
                note(f"zukan: {model.model_id}: {library_text(text)}")


def _results(model: Compared) -> list[TrialResult]:
    return [answer.result for answer in model.answers if answer.result is not None]


def _median(values: list[float | None]) -> float | None:
    from statistics import median  # noqa: PLC0415

    known = [value for value in values if value is not None]
    return median(known) if known else None


def _time(row: Row) -> str:
    """Return the time from files to the first answer: what is left out of loading is paid by the first answer."""
    if row["load_seconds"] is None:
        return texts.UNKNOWN
    times = f"{texts.seconds(row['load_seconds'])} + {texts.seconds(row['first_answer_seconds'])}"
    # As wide as most, so that tables of two runs can be compared.
    return f"{times:>15}"


def _number(value: float | None) -> str:
    return texts.UNKNOWN if value is None else f"{value:.1f}"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} …"
