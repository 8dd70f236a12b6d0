"""What words and phrases ask for beside themselves: the name of a language, a name of a task, in both languages.

The catalogue keeps them as a table, so that a search looks up a few words instead of loading the registries.
"""

from __future__ import annotations

import json

from zukan.languages import language_code, language_name, language_words
from zukan.tasks import task_words

VERSION = "1"
"""Raised with every change of what this module returns; the registries are a part of it."""
TASK, LANGUAGE = "task", "language"
LONGEST = 5
"""Words of the longest phrase that is looked up."""


def meanings() -> dict[str, str]:
    """Return phrase (lower case, single spaces) → JSON object: `task` id, or `language` code and its English `name`."""
    found: dict[str, str] = {}
    for phrase, task_id in task_words().items():
        if len(phrase.split()) <= LONGEST:
            found[phrase] = json.dumps({TASK: task_id})
    for phrase, code in language_words().items():
        # Codes of two or three letters are words of names too (`it`, `en`): they ask for nothing more.
        if len(phrase) > 3 or not phrase.isascii():
            found[phrase] = json.dumps(
                {LANGUAGE: language_code(code) or code, "name": language_name(code, "en").lower()}
            )
    return found
