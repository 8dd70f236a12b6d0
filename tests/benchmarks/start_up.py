"""Measures whole cold processes of zukan against a one-command no-op Typer app, in one run: `make bench`.

Ratios, because absolute times depend on the machine. Every command runs in a fresh process with a warm page
cache, interleaved with the others so that a busy moment hits all alike; the median counts.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NOOP = """
import typer
app = typer.Typer(add_completion=False)

@app.command()
def noop(word: str = "", limit: int = 20, format: str = "json"):
    pass

app()
"""
GOAL = 1.3


def commands(folder: Path) -> dict[str, list[str]]:
    """Return what is measured: name → command line."""
    noop = folder / "noop.py"
    noop.write_text(NOOP)
    zukan = [str(Path(sys.executable).with_name("zukan"))]
    if not Path(zukan[0]).exists():
        zukan = [sys.executable, "-m", "zukan_cli"]
    return {
        "no-op Typer app": [sys.executable, str(noop), "--limit", "3"],
        "python -c pass": [sys.executable, "-c", "pass"],
        "import typer": [sys.executable, "-c", "import typer"],
        "zukan search bert --format json": [*zukan, "search", "bert", "--format", "json"],
        "zukan search 'japanese sentiment' --format json": [*zukan, "search", "japanese sentiment", "--format", "json"],
        "zukan search bert (table)": [*zukan, "search", "bert"],
        "zukan recommend translation --format json": [*zukan, "recommend", "translation", "--format", "json"],
        "zukan recommend 'summarise news' --format json": [*zukan, "recommend", "summarise news", "--format", "json"],
        "zukan show bert-base-uncased --format json": [*zukan, "show", "bert-base-uncased", "--format", "json"],
    }


def compiled() -> None:
    """Compile zukan, as pip does when it installs it.

    Where PYTHONDONTWRITEBYTECODE is set, each command would compile a checkout anew, which takes longer than an answer.
    """
    for name in ("catalogue/zukan", "cli/zukan_cli"):
        compileall.compile_dir(CHECKOUT / name, quiet=1)


def once(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command; return (seconds, peak memory in MB)."""
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if child.returncode:
        raise SystemExit(f"{command} ended with {child.returncode}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss / unit


def measure(runs: int) -> dict[str, dict[str, float]]:
    """Return per command: median and best seconds, ratio to the no-op app, peak memory."""
    compiled()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "ZUKAN_DB": str(folder / "catalogue.sqlite"),
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / part) for part in ("catalogue", "cli")),
        }
        todo = commands(folder)
        times: dict[str, list[float]] = {label: [] for label in todo}
        memory: dict[str, float] = {}
        for round_ in range(runs + 2):
            for label, command in todo.items():
                seconds, peak = once(command, environment)
                if round_ >= 2:  # the first rounds build the catalogue
                    times[label].append(seconds)
                    memory[label] = peak
        base = statistics.median(times["no-op Typer app"])
        return {
            label: {
                "median_ms": round(statistics.median(values) * 1000, 1),
                "best_ms": round(min(values) * 1000, 1),
                "ratio": round(statistics.median(values) / base, 2),
                "peak_mb": round(memory[label], 1),
            }
            for label, values in times.items()
        }


def main() -> None:
    """Print the table, and the JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    figures = measure(arguments.runs)
    if arguments.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    sys.stdout.write(f"{'command':52}{'median':>10}{'best':>10}{'ratio':>8}{'peak':>10}\n")
    for label, row in figures.items():
        sys.stdout.write(
            f"{label:52}{row['median_ms']:>7.1f} ms{row['best_ms']:>7.1f} ms{row['ratio']:>8.2f}{row['peak_mb']:>7.1f} MB\n"
        )
    sys.stdout.write(f"\nratio = to the no-op Typer app in this run; the aim for search and recommend is {GOAL}\n")


if __name__ == "__main__":
    main()
