"""The first page: the three families side by side, the tasks as tiles, a box to search."""

from __future__ import annotations

from typing import Any

from zukan.advice import Task
from zukan.outcomes import FieldGuide
from zukan.trial.builtin import BUILTIN
from zukan_cli.browse.visit import Page, Visit, encoded
from zukan_cli.i18n import language

_TILES = 24


def home_page(visit: Visit) -> Page:
    """Return the page of a catalogue at a glance."""
    guide = visit.catalogue.guide()
    tasks = [_tile(task, number) for task, number in guide.tasks]
    return Page(
        "home.html",
        {
            "guide": guide,
            "families": [_column(guide, place) for place in range(len(guide.lessons))],
            "others": [(name, guide.families.get(name, 0)) for name in ("other", "undetermined")],
            "tiles": tasks[:_TILES],
            "more_tiles": tasks[_TILES:],
        },
    )


def _column(guide: FieldGuide, place: int) -> dict[str, Any]:
    lesson = guide.lessons[place]
    ui = language()
    return {
        "name": str(lesson.family),
        "title": lesson.title[ui],
        "idea": lesson.idea[ui],
        "good_at": lesson.good_at[ui],
        "less_good_at": lesson.less_good_at[ui],
        "models": lesson.count,
        "share": lesson.count / guide.models if guide.models else 0.0,
        "examples": lesson.examples,
        "miniature": next((model.name for model in BUILTIN if model.family == lesson.family), None),
    }


def _tile(task: Task, number: int) -> dict[str, Any]:
    ui = language()
    return {
        "id": task.task_id,
        "name": task.name_ja if ui == "ja" else task.name,
        "models": number,
        "family": str(task.families[0]) if task.families else None,
        "why": task.why_ja if ui == "ja" else task.why,
        "address": f"/recommend?{encoded([('q', task.task_id)])}",
        "listed": f"/search?{encoded([('task', task.task_id), ('sort', 'likes')])}",
    }
