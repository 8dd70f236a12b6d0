"""How figures and facts are written for people: counts, sizes, seconds, family reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _

UNKNOWN = "–"
_ROUNDS_UP = 0.9995
"""999.9 million is written 1B, not 1e+03M."""


def count(value: Any) -> str:
    """Return a number as people read it: 1.2K, 34.5M, 2.7B."""
    if not isinstance(value, int | float):
        return UNKNOWN
    for unit, size in (("T", 10**12), ("B", 10**9), ("M", 10**6), ("K", 10**3)):
        if abs(value) >= size * _ROUNDS_UP:
            return f"{_digits(value / size)}{unit}"
    return f"{value:g}"


def size(value: Any) -> str:
    """Return bytes as MB or GB (powers of ten, as the Hub and disks count)."""
    if not isinstance(value, int | float):
        return UNKNOWN
    for unit, step in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if value >= step * _ROUNDS_UP:
            return f"{_digits(value / step)} {unit}"
    return f"{value:g} B"


def _digits(value: float) -> str:
    """Return three digits of a number, and all before the point of one beyond the largest unit."""
    return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"


def seconds(value: Any) -> str:
    """Return a duration."""
    if not isinstance(value, int | float):
        return UNKNOWN
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def name(row: Mapping[str, Any]) -> str:
    """Return the model's id, with a mark where the Hub may not have it any more."""
    model_id = str(row["model_id"])
    if row.get("removed") or row.get("disabled"):
        return f"{model_id} ({_('gone')})"
    return f"{model_id} ({_('not listed')})" if row.get("absent") else model_id


def parameters(row: Mapping[str, Any]) -> str:
    """Return the parameter count, marked `~` where nobody stated it exactly."""
    number, source = row.get("num_parameters"), str(row.get("parameters_source") or "")
    exact = source.startswith(("Hub:", "header: safetensors,")) or source == "stated: exact"
    return count(number) if number is None or exact else f"~{count(number)}"


def family(row: Mapping[str, Any]) -> str:
    """Return the family with its certainty where that is not `certain`."""
    name, certainty = str(row.get("family")), str(row.get("certainty"))
    if row.get("guess"):
        return f"{name} ({_('guess')}: {row['guess']})"
    return name if certainty == "certain" or name == "undetermined" else f"{name} ({_(certainty)})"


def proof(evidence: Mapping[str, Any]) -> str:
    """Return the fields that decided, one a line."""
    if not evidence:
        return UNKNOWN
    return "\n".join(f"{path} = {_short(json.dumps(value, ensure_ascii=False))}" for path, value in evidence.items())


def _short(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def why_undetermined(rule: str) -> str:
    """Return why a model has no family, by the code that its tag carries."""
    return {
        "only-task": _("only a task is known"),
        "only-name": _("only a telling name"),
        "only-auto-model": _("only the Hub's Auto class"),
        "new-code": _("a class or type that no table knows"),
        "nothing": _("nothing tells"),
        "unreadable": _("line cannot be read"),
    }.get(rule, rule)


def fact(name: str) -> str:
    """Return what a fact that a catalogue may know of a model is called."""
    return {
        "pipeline_tag": _("task stated"),
        "inferred_task": _("task inferred"),
        "num_parameters": _("parameters"),
        "license": _("license"),
        "gated": _("gated or not"),
        "downloads": _("downloads"),
        "crawled_at": _("seen by a crawl"),
    }[name]


def task(row: Mapping[str, Any]) -> str:
    """Return the task that the repository states, or the inferred one, marked as that."""
    stated, inferred = row.get("pipeline_tag"), row.get("inferred_task")
    if stated or not inferred:
        return str(stated or UNKNOWN)
    return f"{inferred} ({_('inferred')})"


def task_name(task: Any) -> str:
    """Return a task's id with its name in the interface language."""
    name = task.name_ja if language() == "ja" else task.name
    return f"{task.task_id} ({name})"


def metric(name: str) -> str:
    """Return what a metric is called; most have one name everywhere."""
    return {"accuracy": _("accuracy"), "exact match": _("exact match")}.get(name, name)


def languages(codes: Any, most: int = 4) -> str:
    """Return language codes, the long lists of multilingual models cut short with their number."""
    listed = list(codes or ())
    if len(listed) > most:
        return f"{' '.join(listed[:most])} +{len(listed) - most}"
    return " ".join(listed)
