"""The parent's half of scoring: which answers can be scored how, and the child that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zukan.comparison import Compared, Input
from zukan.errors import MissingExtra, UnusableInput
from zukan.trial import failures
from zukan.trial.process import Child, Start
from zukan.trial.tables import is_installed

PACKAGES = ("torchmetrics", "sacrebleu")
_SECONDS = 300.0
_RANKED = {
    "fill-mask": "token_str",
    "text-classification": "label",
    "zero-shot-classification": "label",
    "text-ranking": "label",
    "sentence-similarity": "label",
}
"""Tasks whose output is a list, best first, and the key of what stands in it."""


def check(inputs: Sequence[Input]) -> bool:
    """Tell whether there are expected answers to score by.

    Raises:
        UnusableInput: Only some inputs have one.
        MissingExtra: The libraries that score are not installed.

    """
    with_answer = [bool(asked.expected) for asked in inputs]
    if not any(with_answer):
        return False
    if not all(with_answer):
        number = len(with_answer) - sum(with_answer)
        raise UnusableInput(
            "", f"{number} of {len(with_answer)} inputs have no expected answer, and the others have one"
        )
    missing = next((package for package in PACKAGES if not is_installed(package)), None)
    if missing is not None:
        raise MissingExtra(missing, " ".join(PACKAGES))
    return True


def score(
    task: str, inputs: Sequence[Input], models: Sequence[Compared], top_k: int, start: Start
) -> tuple[list[dict[str, float]], dict[str, str]]:
    """Return the scores of each model by the expected answers, and the versions of the libraries.

    Raises:
        TrialError: The child that computes them failed.

    """
    kind = "ranked" if task in _RANKED else "text"
    order = {
        "kind": kind,
        "top_k": top_k,
        "expected": [asked.expected for asked in inputs],
        "models": [[_said(task, answer.result) for answer in model.answers] for model in models],
    }
    last: Mapping[str, Any] = {}

    def receive(message: Mapping[str, Any]) -> None:
        nonlocal last
        last = message

    with Child(start=start) as child:
        child.run({"score": order}, model_id="", timeout_seconds=_SECONDS, on_message=receive)
    if last.get("event") == "error":
        raise failures.to_exception("", task, last, phase="run")
    return list(last["scores"]), dict(last["versions"])


def _said(task: str, result: Any) -> Any:
    """Return an answer as it is scored: the labels, best first, or the text."""
    if result is None:
        return None
    key = _RANKED.get(task)
    if key is None:
        return result.answer
    output = result.output
    if output and isinstance(output[0], list):
        # Several gaps: what stands first in each, together.
        return [result.answer]
    return [row[key] for row in output or () if isinstance(row, dict) and key in row]
