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
from collections.abc import Callable
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
    """Import everything, do what is asked for, and leave."""
    reporter = Reporter(int(arguments[0]))
    die_with_parent(int(arguments[1]))
    serve(reporter, _run)


def serve(reporter: Reporter, run: Callable[[Reporter, queue.SimpleQueue[str]], None]) -> NoReturn:
    """Run the jobs that standard input brings, and leave without the interpreter's slow shutdown."""
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_jobs, args=(jobs,), daemon=True).start()
    be_first_to_go()
    code = 0
    try:
        run(reporter, jobs)
    except BaseException as error:  # noqa: BLE001 - everything must reach the parent as a message
        failures = importlib.import_module("zukan.trial.failures")
        reporter.send("error", **failures.describe(error))
        code = 1
    sys.stderr.flush()
    os._exit(code)


def import_libraries() -> None:
    """Import torch, transformers and the recipes, which takes seconds."""
    gc.disable()  # Imports make no garbage: a fifth of their time is spent looking for it.
    importlib.import_module("torch")
    importlib.import_module("transformers")
    importlib.import_module("zukan.trial.recipes")
    gc.enable()
    gc.freeze()


def _run(reporter: Reporter, jobs: queue.SimpleQueue[str]) -> None:
    import_libraries()
    answer_job(reporter, jobs, time.perf_counter() - _STARTED)


def answer_job(reporter: Reporter, jobs: queue.SimpleQueue[str], imported: float | None = None) -> None:
    """Load what the first job names and answer it; or stay and answer one input after another.

    Args:
        reporter: To whom the answers go.
        jobs: JSON lines.
        imported: Seconds that this process spent on imports, None where it did not import.

    """
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    recipes = importlib.import_module("zukan.trial.recipes")
    reporter.send("imported", phase="import", seconds=imported)
    job = json.loads(jobs.get())
    if "score" in job:
        reporter.send("done", **importlib.import_module("zukan.trial.scoring").score(job["score"]))
        return
    stays = job.pop("stay", False)
    reporter.send("started", phase="load")

    # Before the load: what a checkpoint lacks is filled with random numbers.
    torch.manual_seed(job.get("seed", 0))
    start = time.perf_counter()
    loaded = recipes.load(job)
    load_seconds = time.perf_counter() - start
    reporter.send("loaded", phase="run", seconds=load_seconds)
    facts = {
        "import_seconds": imported,
        "load_seconds": load_seconds,
        "num_parameters": loaded.num_parameters,
        "dtype": str(loaded.model.dtype).removeprefix("torch."),
        "device": str(loaded.device),
        "threads": torch.get_num_threads(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
    }
    if stays:
        importlib.import_module("zukan.trial.staying").answer_all(reporter, jobs, loaded, facts)
        return

    start = time.perf_counter()
    run = recipes.prepare(loaded)
    answer = run()
    loaded.synchronize()
    first_seconds = time.perf_counter() - start
    latencies = repeat(run, loaded, first_seconds, job.get("repeats"))
    latency = statistics.median(latencies) if latencies else None
    seconds = latency or first_seconds
    resident, private, file = memory()
    reporter.send(
        "done",
        output=answer.output,
        answer=answer.text,
        input=answer.input,
        new_tokens=answer.new_tokens,
        tokens_per_second=answer.new_tokens / seconds if answer.new_tokens and seconds else None,
        first_answer_seconds=first_seconds,
        latency_seconds=latency,
        repeats=len(latencies),
        peak_bytes=resident,
        private_bytes=private,
        file_bytes=file,
        warnings=loaded.warnings,
        **facts,
    )


def repeat(run: Any, loaded: Any, first_seconds: float, wanted: int | None) -> list[float]:
    """Time as many more answers as are wanted; else up to three within two seconds."""
    latencies: list[float] = []
    spent = 0.0
    most = _REPEATS if wanted is None else wanted
    while len(latencies) < most:
        if wanted is None and spent + max([first_seconds, *latencies]) > _REPEAT_SECONDS:
            break
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


def die_with_parent(parent: int) -> None:
    """Have this process end with its parent, whose id is given."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(_ORPHANED)


def be_first_to_go() -> None:
    """Ask Linux to kill this process, not the user's others, when memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def memory() -> tuple[int | None, int | None, int | None]:
    """Return the peak resident and the present private and file-backed bytes of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        process = importlib.import_module("zukan.trial.process")
        readings: tuple[int | None, int | None, int | None] = process.read_status(status.read_text(encoding="ascii"))
        return readings
    resource = importlib.import_module("resource")
    # Bytes on macOS, as nowhere else.
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss), None, None


if __name__ == "__main__":
    main(sys.argv[1:])
