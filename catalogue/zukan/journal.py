"""What a comparison has answered so far, kept in a file beside the catalogue, so that a run that broke off goes on.

`CATALOGUE.comparisons/KEY.jsonl` holds one JSON object a line: an answer (`model`, `state`, `input`, `result`) or a
vote (`vote`). KEY stands for the task, the options and the versions of what runs the models, so that other ones begin
anew; a line that a kill cut off is passed over.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO

from zukan.comparison import Input, Vote
from zukan.errors import CatalogueReadOnly
from zukan.outcomes import TrialRequest, TrialResult, TrialStatus

_OPTIONS = (
    "source_language", "target_language", "context", "labels", "compare_with", "revision", "top_k", "max_new_tokens",
    "device", "trust_remote_code", "seed",
)  # fmt: skip
"""What changes an answer; limits do not."""
_PACKAGES = ("torch", "transformers")
_FIELDS = frozenset(field.name for field in dataclasses.fields(TrialResult))


class Journal:
    """The answers and votes of one kind of comparison."""

    def __init__(self, catalogue: Path, task: str | None, options: TrialRequest) -> None:
        """Name the file; it is made with the first answer.

        Args:
            catalogue: The catalogue's file.
            task: A Hub task id, None where each model's own is asked.
            options: What each trial is given.

        """
        asked = {name: getattr(options, name) for name in _OPTIONS}
        what = json.dumps({"task": task, **asked, "versions": _versions()}, sort_keys=True)
        key = hashlib.sha256(what.encode()).hexdigest()[:16]
        self.path = catalogue.with_name(f"{catalogue.name}.comparisons") / f"{key}.jsonl"

    def answers(self, model: str, state: str | None) -> dict[str, TrialResult]:
        """Return what a model has answered: the key of the input → the result.

        Args:
            model: Its name.
            state: What tells its present files from others; None where that is not known: then any will do.

        """
        found: dict[str, TrialResult] = {}
        for line in self._lines():
            if line.get("model") == model and (state is None or line.get("state") == state):
                result = _result(line.get("result"))
                if result is not None:
                    found[str(line.get("input"))] = result
        return found

    def keep(self, model: str, state: str | None, asked: Input, result: TrialResult) -> None:
        """Keep one answer.

        Raises:
            CatalogueReadOnly: The file cannot be written.

        """
        _append(
            self.path, {"model": model, "state": state, "input": input_key(asked), "result": dataclasses.asdict(result)}
        )

    def votes(self) -> list[Mapping[str, Any]]:
        """Return all votes, oldest first."""
        return [line["vote"] for line in self._lines() if isinstance(line.get("vote"), dict)]

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for line in text.split("\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def keep_vote(path: Path, asked: Input, vote: Vote) -> None:
    """Keep one vote in a comparison's file.

    Raises:
        CatalogueReadOnly: The file cannot be written.

    """
    _append(path, {"vote": dataclasses.asdict(vote), "input": input_key(asked)})


def _append(path: Path, row: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            # A line that a kill cut off must not spoil this one.
            if file.seek(0, 2) and _last_byte(file) != b"\n":
                file.write(b"\n")
            file.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
    except OSError as error:
        raise CatalogueReadOnly(path, error.strerror or str(error)) from error


def input_key(asked: Input) -> str:
    """Return what tells one input from another, whatever answer is expected."""
    what = {**dataclasses.asdict(asked), "expected": None}
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, 2)
    return file.read(1)


def _result(values: Any) -> TrialResult | None:
    if not isinstance(values, dict):
        return None
    known = {name: value for name, value in values.items() if name in _FIELDS}
    try:
        known["status"] = TrialStatus(known["status"])
        known["warnings"] = tuple(known.get("warnings") or ())
        return TrialResult(**known)
    except (KeyError, TypeError, ValueError):
        return None


def _versions() -> dict[str, str | None]:
    versions: dict[str, str | None] = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions
