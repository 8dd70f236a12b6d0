"""How the full-text index writes what is not a word: one token for each task."""

from __future__ import annotations


def task_token(task_id: str) -> str:
    """Return one word that stands for a task: `image-classification` is also a part of another task's id."""
    return f"xtask{''.join(character for character in task_id if character.isalnum())}"
