"""How figures and facts are written for people: counts, sizes, seconds, family reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _

UNKNOWN = "–"


def count(value: Any) -> str:
    """Return a number as people read it: 1.2K, 34.5M, 2.7B."""
    if not isinstance(value, int | float):
        return UNKNOWN
    for unit, size in (("T", 10**12), ("B", 10**9), ("M", 10**6), ("K", 10**3)):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:g}"


def size(value: Any) -> str:
    """Return bytes as MB or GB (powers of ten, as the Hub and disks count)."""
    if not isinstance(value, int | float):
        return UNKNOWN
    for unit, step in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if value >= step:
            return f"{value / step:.3g} {unit}"
    return f"{value:g} B"


def seconds(value: Any) -> str:
    """Return a duration."""
    if not isinstance(value, int | float):
        return UNKNOWN
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def parameters(row: Mapping[str, Any]) -> str:
    """Return the parameter count, marked `~` where nobody stated it exactly."""
    number, source = row.get("num_parameters"), str(row.get("parameters_source") or "")
    exact = source.startswith("Hub:") or source == "stated: exact"
    return count(number) if number is None or exact else f"~{count(number)}"


def family(row: Mapping[str, Any]) -> str:
    """Return the family with its certainty where that is not `certain`."""
    name, certainty = str(row.get("family")), str(row.get("certainty"))
    if row.get("guess"):
        return f"{name} ({_('guess')}: {row['guess']})"
    return name if certainty == "certain" or name == "undetermined" else f"{name} ({_(certainty)})"


def task_name(task: Any) -> str:
    """Return a task's id with its name in the interface language."""
    name = task.name_ja if language() == "ja" else task.name
    return f"{task.task_id} ({name})"


def languages(codes: Any, most: int = 4) -> str:
    """Return language codes, the long lists of multilingual models cut short with their number."""
    listed = list(codes or ())
    if len(listed) > most:
        return f"{' '.join(listed[:most])} +{len(listed) - most}"
    return " ".join(listed)
