"""Says which words a model is found by: the text that goes into the full-text index."""

from __future__ import annotations

import re
from functools import cache

from zukan.errors import UnknownTask
from zukan.languages import language_name
from zukan.schema import ModelRecord
from zukan.store.tokens import task_token
from zukan.tasks import task

_MAX_NAMED_LANGUAGES = 12
"""A model of a hundred languages is not what somebody means who types the name of one."""

# Tags that say where a repository is hosted, not what the model is.
_NOISE = (
    "region", "arxiv", "doi", "deploy", "endpoints_", "autotrain_", "license", "base_model", "text-generation-inf",
)  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")


@cache
def _task_words(task_id: str) -> str:
    try:
        known = task(task_id)
    except UnknownTask:
        return f"{task_id} {task_token(task_id)}"
    return f"{task_id} {task_token(task_id)} {known.name} {known.name_ja}"


@cache
def _language_words(code: str) -> str:
    return f"{code} {language_name(code, 'en')} {language_name(code, 'ja')}"


def _name_words(name: str) -> str:
    """Return the name, and beside it its parts where capitals or digits join words (`GPTNeo`, `gpt2`)."""
    pieces = {piece for split in (_CAMEL, _LETTER_DIGIT) for piece in split.sub(" ", name).split()}
    return " ".join((name, *sorted(pieces - set(name.split()))))


def search_text(record: ModelRecord) -> tuple[str, str, str, str]:
    """Return what a model is found by: name (and former names), tags, task, languages."""
    tags = " ".join(tag.removeprefix("dataset:") for tag in record.tags if not tag.startswith(_NOISE))
    names = " ".join(_name_words(name) for name in (record.model_id, *record.aliases))
    extra = f"{record.model_type or ''} {record.library_name or ''} {record.license or ''}"
    languages = record.languages if len(record.languages) <= _MAX_NAMED_LANGUAGES else ("multilingual",)
    return (
        names,
        f"{tags} {extra}",
        _task_words(record.pipeline_tag) if record.pipeline_tag else "",
        " ".join(_language_words(code) for code in languages),
    )
