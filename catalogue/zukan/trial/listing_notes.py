"""Keeps what the Hub said of a cached commit beside it, so that the same trial needs no network the next time.

A snapshot alone does not tell: which task the Hub files the model under, and which files the commit has beside those
that were downloaded. huggingface_hub's own tools leave the folder `.zukan` alone, and delete it with the model.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zukan.trial.source import Repository

_FOLDER = ".zukan"
_MAX_BYTES = 64 * 2**20


def write(repository: Repository) -> None:
    """Write down the listing of a commit; a cache that cannot be written still serves its files."""
    if repository.sha is None:
        return
    path = _path(repository)
    content = {
        "pipeline_tag": repository.pipeline_tag,
        "library_name": repository.library_name,
        "tags": list(repository.tags),
        "widgetData": list(repository.widget),
        "parameters": repository.parameters,
        "files": dict(repository.sizes),
    }
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        # Whole or not at all: another trial may be reading it.
        unfinished = path.with_suffix(".incomplete")
        unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(path)


def add(repository: Repository) -> Repository:
    """Give a cached snapshot what is written of it, if anything is; return it."""
    notes = _read(_path(repository))
    tags, names, widget = notes.get("tags"), notes.get("files"), notes.get("widgetData")
    repository.widget = tuple(widget) if isinstance(widget, list) else ()
    repository.pipeline_tag = _text(notes.get("pipeline_tag"))
    repository.library_name = _text(notes.get("library_name"))
    repository.tags = tuple(tag for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, str))
    if type(count := notes.get("parameters")) is int and count > 0:
        repository.parameters = count
    if isinstance(names, dict):
        repository.listed = {name: size if isinstance(size, int) else None for name, size in names.items()}
    return repository


def _path(repository: Repository) -> Path:
    return repository.folder.parents[1] / _FOLDER / f"{repository.sha}.json"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size < _MAX_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
