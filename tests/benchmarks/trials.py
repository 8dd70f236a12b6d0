"""Measures trials as ratios in one run: `make bench`.

- a cold `zukan try` of a tiny model against the bare imports that it cannot do without (aim 1.15),
- each further model of `zukan compare` against the first (aim 0.12),
- the check before a download against the start of Python,
- the requests of a second `zukan try` of a cached model (aim 0).

Every command is a fresh process with a warm page cache; they take turns, so that a busy moment hits all alike, and the
median counts. The models are copies of the miniatures, served by a Hub on loopback where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests"))

from hub_server import HubServer  # noqa: E402 (the tests are no package)

MODELS = CHECKOUT / "data" / "models"
BARE = "import torch, transformers; from transformers import BertForMaskedLM"
PREFLIGHT = """
import time
from zukan.outcomes import TrialRequest
from zukan.trial import preflight
from zukan.trial.source import local_repository
begun = time.perf_counter()
preflight.plan_trial(TrialRequest({folder!r}, text="I love [MASK]."), local_repository({folder!r}))
print(time.perf_counter() - begun)
import sys
assert "torch" not in sys.modules
"""
STANDARD_LIBRARY = "import ast, json, pathlib, dataclasses, importlib.metadata"
TEXT = "I love [MASK]."
FURTHER = 6
AIMS = {"cold try": 1.15, "further model": 0.12}


def main() -> None:
    """Measure and write a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, HubServer() as hub:
        folder = Path(name)
        for number in range(FURTHER + 1):
            shutil.copytree(MODELS / "mini-bert", folder / f"bert-{number}")
        hub.add_model("acme/bert", folder=MODELS / "mini-bert", row={"pipeline_tag": "fill-mask"})
        figures = measure(folder, hub, arguments.runs)
    if arguments.json:
        print(json.dumps(figures, indent=2))
    else:
        for label, value in figures.items():
            print(f"{label:<58} {value:>8.3f}")


def measure(folder: Path, hub: HubServer, runs: int) -> dict[str, float]:
    """Return every figure by its name: seconds and ratios."""
    environment = {
        **os.environ,
        **hub.environment(folder / "cache"),
        "ZUKAN_DB": str(folder / "catalogue.sqlite"),
        "PYTHONPATH": os.pathsep.join(str(CHECKOUT / part) for part in ("catalogue", "cli")),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    zukan = [sys.executable, "-m", "zukan_cli"]
    compare = [*zukan, "compare", "--again", "--format", "json", TEXT, "--task", "fill-mask"]
    names = [str(folder / f"bert-{number}") for number in range(FURTHER + 1)]
    commands = {
        "bare": [sys.executable, "-c", BARE],
        "try": [*zukan, "try", names[0], TEXT, "--format", "json"],
        "try hub": [*zukan, "try", "acme/bert", TEXT, "--format", "json"],
        "compare one": [*compare[:3], *compare[3:5], names[0], *compare[5:]],
        "compare all": [*compare[:3], *compare[3:5], *names, *compare[5:]],
        "python": [sys.executable, "-c", "pass"],
        "standard library": [sys.executable, "-c", STANDARD_LIBRARY],
        "preflight": [sys.executable, "-c", PREFLIGHT.format(folder=names[0])],
    }
    times: dict[str, list[float]] = {label: [] for label in commands}
    inside: list[float] = []
    for turn in range(runs + 1):
        for label, command in commands.items():
            if label == "try hub":
                shutil.rmtree(folder / "cache", ignore_errors=True)
            begun = time.perf_counter()
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - begun
            if done.returncode:
                raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr}")
            if turn:  # The first one warms the page cache and builds the catalogue.
                times[label].append(seconds)
                if label == "preflight":
                    inside.append(float(done.stdout))
    hub.requests.clear()
    subprocess.run(commands["try hub"], env=environment, capture_output=True, check=True)
    middle = {label: statistics.median(values) for label, values in times.items()}
    further = (middle["compare all"] - middle["compare one"]) / FURTHER
    return {
        "bare imports, s": middle["bare"],
        f"cold try of a folder / bare imports (aim {AIMS['cold try']})": middle["try"] / middle["bare"],
        "cold try with its download / bare imports": middle["try hub"] / middle["bare"],
        "compare, the first model, s": middle["compare one"],
        "compare, each further model, s": further,
        f"further model / first model (aim {AIMS['further model']})": further / middle["compare one"],
        "pre-flight itself, ms": 1000 * statistics.median(inside),
        "process with pre-flight / python -c pass": middle["preflight"] / middle["python"],
        "process with pre-flight / imports of the standard library": middle["preflight"] / middle["standard library"],
        "requests of a second try (aim 0)": float(len(hub.requests)),
    }


if __name__ == "__main__":
    main()
