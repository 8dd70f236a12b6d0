"""Tells whether a model does a task: filed under it, built for it, or saying so in its tags or its name."""

from __future__ import annotations

from zukan.schema import Prospect, Task
from zukan.store.wording import name_words


def does(model: Prospect, task: Task) -> bool:
    """Whether a model does the task itself: a related pipeline tag alone proves nothing."""
    if model.pipeline_tag == task.task_id:
        return True
    if model.pipeline_tag in task.related_tasks:
        return (
            model.model_type in task.model_types
            or task.task_id in model.tags
            or named_for(model.model_id, task) is not None
        )
    return model.pipeline_tag is None and model.model_type in task.model_types


def named_for(model_id: str, task: Task) -> str | None:
    """Return the words of its name, those of `Task.name_words`, by which a model says that it does a task."""
    short = model_id.rpartition("/")[2]
    letters = short.lower()
    likely = [words for words in task.name_words if all(word in letters for word in words.split())]
    if not likely:
        return None
    own = name_words(short)
    return next((words for words in likely if own.issuperset(words.split())), None)
