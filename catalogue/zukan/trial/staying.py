"""The child's half of a session: the model stays loaded and answers one input after another."""

from __future__ import annotations

import json
import queue
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zukan.trial import failures, recipes, worker


def answer_all(
    reporter: worker.Reporter, jobs: queue.SimpleQueue[str], loaded: recipes.Loaded, facts: Mapping[str, Any]
) -> None:
    """Report that the model is ready, then answer every line of `jobs`; an input that fails ends nothing.

    A line holds the fields of the job that differ from the one before, and `repeat` where the answer shall be timed
    several times. The process ends with its parent or by it.
    """
    reporter.send("done", warnings=loaded.warnings, **facts, **_memory())
    while True:
        values = json.loads(jobs.get())
        repeated = bool(values.pop("repeat", False))
        loaded.job = replace(loaded.job, **values)
        loaded.warnings.clear()
        reporter.send("asked", phase="run")
        try:
            answer = _answer(loaded, repeated=repeated)
        except Exception as error:  # noqa: BLE001 - everything must reach the parent as a message
            reporter.send("error", **failures.describe(error))
        else:
            reporter.send("done", **answer, warnings=loaded.warnings, **_memory())


def _answer(loaded: recipes.Loaded, *, repeated: bool) -> dict[str, Any]:
    start = time.perf_counter()
    run = recipes.prepare(loaded)
    answer = run()
    loaded.synchronize()
    seconds = time.perf_counter() - start
    latencies = worker.repeat(run, loaded, seconds, loaded.job.repeats) if repeated else []
    latency = statistics.median(latencies) if latencies else seconds
    return {
        "output": answer.output,
        "answer": answer.text,
        "input": answer.input,
        "new_tokens": answer.new_tokens,
        "tokens_per_second": answer.new_tokens / latency if answer.new_tokens and latency else None,
        "first_answer_seconds": seconds,
        "latency_seconds": latency,
        "repeats": len(latencies),
    }


def _memory() -> dict[str, int | None]:
    resident, private, file = worker.memory()
    return {"peak_bytes": resident, "private_bytes": private, "file_bytes": file}
