"""Reads the models of tasks in order of their size off an index: nobody knows beforehand which sizes a task has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zukan.store.columns import BY_TASK_AND_SIZE, OF_TASK_AND_SIZE
from zukan.store.expressions import is_any_of, tokens_in
from zukan.store.matches import Key, Matches, merged
from zukan.store.memory import Memory
from zukan.store.planner import Plan
from zukan.store.tokens import TASK, facet, value

_START = facet(TASK, None)
_TASKS = """
WITH RECURSIVE task (number) AS (
  SELECT min(pipeline_tag) FROM {0}
  UNION ALL
  SELECT (SELECT min(pipeline_tag) FROM {0} AND pipeline_tag > task.number) FROM task WHERE task.number IS NOT NULL
)
SELECT word.text, task.number FROM task JOIN word ON word.id = task.number
"""
"""The tasks of models with a size: each is looked for behind the one before it."""
_SIZED = f"model INDEXED BY {BY_TASK_AND_SIZE} WHERE {OF_TASK_AND_SIZE}"


def by_size(matches: Matches, memory: Memory, plans: Sequence[Plan]) -> Iterator[Key] | None:
    """Return ((whether the size is not known, the size), place) of what is asked for if that is models of tasks alone.

    None where more is asked for, or where a catalogue has no such index.
    """
    if len(plans) != 1 or plans[0].where or BY_TASK_AND_SIZE not in matches.indexes:
        return None
    (plan,) = plans
    tokens = tokens_in(plan.match)
    if not is_any_of(plan.match) or not all(len(text) > len(_START) and text.startswith(_START) for text in tokens):
        return None
    return _in_order(matches, memory, plan, {text.removeprefix(_START) for text in tokens})


def _in_order(matches: Matches, memory: Memory, plan: Plan, tasks: set[str]) -> Iterator[Key]:
    known = memory.of("sized tasks", lambda: _sized_tasks(matches))
    numbers = [number for name, number in known if name in tasks]
    yield from merged([_of_task(matches, number) for number in numbers]) if numbers else ()
    for row in matches.rows(plan, "t.rowid", tail=" AND m.num_parameters IS NULL"):
        yield (1, None), row[0]


def _sized_tasks(matches: Matches) -> list[tuple[str, int]]:
    """Return the tasks of models with a size, as they stand in tokens: those that differ in case are one."""
    return [(value(text), number) for text, number in matches.tuples(_TASKS.format(_SIZED))]


def _of_task(matches: Matches, number: int) -> Iterator[Key]:
    rows = matches.tuples(
        f"SELECT num_parameters, place FROM {_SIZED} AND pipeline_tag = ? ORDER BY num_parameters, place", (number,)
    )
    return (((0, size), place) for size, place in rows)
