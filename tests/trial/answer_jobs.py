"""Runs many trial jobs in one process, with the product's own recipes: imports cost more than tiny models do.

    python tests/trial/answer_jobs.py < jobs.json > answers.json

A job is a `zukan.trial.job.Job` as a dictionary; an answer has `output`, `text`, `input`, `new_tokens`, `warnings` and
`num_parameters`, or is the description of an error.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from zukan.trial import failures


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Run one job."""
    from zukan.trial import recipes

    try:
        loaded = recipes.load(job)
        found = recipes.prepare(loaded)()
    except Exception as error:  # noqa: BLE001
        return failures.describe(error)
    return {
        "output": found.output,
        "text": found.text,
        "input": found.input,
        "new_tokens": found.new_tokens,
        "sound_seconds": found.sound_seconds,
        "warnings": loaded.warnings,
        "num_parameters": loaded.num_parameters,
    }


if __name__ == "__main__":
    gc.disable()
    json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
