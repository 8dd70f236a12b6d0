"""The child process of a trial: imports torch and transformers, waits for one job, runs it and reports in JSON lines.

Started as `python -m zukan.trial.worker FD PARENT_PID`; the job comes as one JSON line on standard input.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import platform
import queue
import signal
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

_STARTED = time.perf_counter()
_PR_SET_PDEATHSIG = 1
_REPEATS = 3
_REPEAT_SECONDS = 2.0
_ORPHANED = 3


class Reporter:
    """Writes messages to the parent, one JSON object a line."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its only signature
        self._descriptor = descriptor

    def send(self, event: str, **fields: object) -> None:
        """Send one message; a parent that is gone is the watcher's business."""
        line = json.dumps({"event": event, **fields}, default=str).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while line:
                line = line[os.write(self._descriptor, line) :]


def main(arguments: list[str]) -> NoReturn:
    """Run one job and leave without the interpreter's slow shutdown."""
    reporter = Reporter(int(arguments[0]))
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    _die_with_parent(int(arguments[1]))
    threading.Thread(target=_read_jobs, args=(jobs,), daemon=True).start()
    _be_first_to_go()
    code = 0
    try:
        _run(reporter, jobs)
    except BaseException as error:  # noqa: BLE001 - everything must reach the parent as a message
        failures = importlib.import_module("zukan.trial.failures")
        reporter.send("error", **failures.describe(error))
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _run(reporter: Reporter, jobs: queue.SimpleQueue[str]) -> None:
    gc.disable()  # Imports make no garbage: a fifth of their time is spent looking for it.
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    recipes = importlib.import_module("zukan.trial.recipes")
    gc.enable()
    gc.freeze()
    imported = time.perf_counter() - _STARTED
    reporter.send("imported", phase="import", seconds=imported)
    job = json.loads(jobs.get())
    reporter.send("started", phase="load")

    start = time.perf_counter()
    loaded = recipes.load(job)
    load_seconds = time.perf_counter() - start
    reporter.send("loaded", phase="run", seconds=load_seconds)

    start = time.perf_counter()
    run = recipes.prepare(loaded)
    answer = run()
    loaded.synchronize()
    first_seconds = time.perf_counter() - start
    latencies = _repeat(run, loaded, first_seconds)
    latency = statistics.median(latencies) if latencies else None
    seconds = latency or first_seconds
    resident, private = _memory()
    reporter.send(
        "done",
        output=answer.output,
        answer=answer.text,
        input=answer.input,
        new_tokens=answer.new_tokens,
        sound_seconds=answer.sound_seconds,
        tokens_per_second=answer.new_tokens / seconds if answer.new_tokens and seconds else None,
        import_seconds=imported,
        load_seconds=load_seconds,
        first_answer_seconds=first_seconds,
        latency_seconds=latency,
        peak_bytes=resident,
        private_bytes=private,
        num_parameters=loaded.num_parameters,
        dtype=str(loaded.model.dtype).removeprefix("torch."),
        device=str(loaded.device),
        threads=torch.get_num_threads(),
        warnings=loaded.warnings,
        versions={
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
    )


def _repeat(run: Any, loaded: Any, first_seconds: float) -> list[float]:
    """Time up to three more answers within two seconds; none where the first one took as long."""
    latencies: list[float] = []
    spent = 0.0
    while len(latencies) < _REPEATS and spent + max([first_seconds, *latencies]) <= _REPEAT_SECONDS:
        start = time.perf_counter()
        run()
        loaded.synchronize()
        latencies.append(time.perf_counter() - start)
        spent += latencies[-1]
    return latencies


def _read_jobs(jobs: queue.SimpleQueue[str]) -> None:
    """Pass lines on; the end of standard input means that the parent is gone."""
    # readline, not iteration: a line must arrive while the pipe stays open.
    while line := sys.stdin.readline():
        jobs.put(line)
    os._exit(_ORPHANED)


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(_ORPHANED)


def _be_first_to_go() -> None:
    """Ask Linux to kill this process, not the user's others, when memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _memory() -> tuple[int | None, int | None]:
    """Return the peak resident and the present private bytes of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        process = importlib.import_module("zukan.trial.process")
        readings: tuple[int | None, int | None] = process.read_status(status.read_text(encoding="ascii"))
        return readings
    resource = importlib.import_module("resource")
    # Bytes on macOS, as nowhere else.
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss), None


if __name__ == "__main__":
    main(sys.argv[1:])
