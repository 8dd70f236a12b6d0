"""Tiny trained stand-ins for real repositories: what there is, and how a test session gets them.

A fixture asks for the folders; what is missing or out of date is trained in a child process (this module itself
imports neither torch nor transformers):

    @pytest.fixture(scope="session")
    def stand_ins() -> dict[str, Path]:
        return tiny_models.ensure(Path.home() / ".cache" / "zukan-tests" / "models")

By hand: `python tests/tiny_models.py --out DIR [--only bert,t5]`.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tiny_senses_specs import SENSE_SPECS
from tiny_specs import ARTICLE, SPECS, TinySpec, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ARTICLE", "QUIET", "SENSE_SPECS", "SPECS", "TinySpec", "Trial", "ensure", "make", "make_all", "stamp"]

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
SOURCES = (
    Path(__file__).resolve(),
    HERE / "tiny_specs.py",
    HERE / "tiny_masked.py",
    HERE / "tiny_causal.py",
    HERE / "tiny_seq2seq.py",
    HERE / "tiny_heads.py",
    HERE / "tiny_translators.py",
    CHECKOUT / "data" / "model_training.py",
)
SENSE_SOURCES = (
    *(HERE / f"tiny_{name}.py" for name in ("pictures", "captions", "sounds", "tables")),
    *(HERE / f"tiny_senses_{name}.py" for name in ("inputs", "training", "specs")),
    CHECKOUT / "data" / "model_training.py",
)
STAMP = ".stamp"
SEED = 20
QUIET = {
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "PYTHONWARNINGS": "ignore",
}


def make(name: str, folder: Path) -> None:
    """Train one stand-in, in this process, and put the repository where `folder` says."""
    for place in (str(CHECKOUT), str(HERE)):
        if place not in sys.path:
            sys.path.insert(0, place)
    spec = (SPECS | SENSE_SPECS)[name]
    module, _, function = spec.builder.partition(":")
    importlib.import_module("data.model_training").prepare(SEED)
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    getattr(importlib.import_module(module), function)(unfinished)
    (unfinished / "README.md").write_text(_card(spec), encoding="utf-8")
    (unfinished / STAMP).write_text(stamp(name), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def make_all(root: Path, names: Iterable[str] | None = None) -> dict[str, float]:
    """Make, in this process, what is missing or out of date; returns the seconds that each one took.

    Of several processes with one root, one works and the others wait.
    """
    root.mkdir(parents=True, exist_ok=True)
    seconds = {}
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in _stale(root, names):
            started = time.perf_counter()
            make(name, root / name)
            seconds[name] = time.perf_counter() - started
    return seconds


def ensure(root: Path, names: Iterable[str] | None = None, timeout: float = 300) -> dict[str, Path]:
    """The folders of the stand-ins; what is missing or out of date is made in a child process first."""
    wanted = list(SPECS if names is None else names)
    if stale := _stale(root, wanted):
        command = [sys.executable, str(SOURCES[0]), "--out", str(root), "--only", ",".join(stale)]
        child = subprocess.run(
            command, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=timeout, check=False
        )
        if child.returncode:
            raise RuntimeError(f"the stand-ins could not be made:\n{child.stderr[-4000:]}")
    return {name: root / name for name in wanted}


def stamp(name: str) -> str:
    """What a made repository depends on: our sources, and the libraries that train and write it."""
    digest = hashlib.sha256()
    for path in SOURCES if name in SPECS else SENSE_SOURCES:
        digest.update(path.read_bytes())
    for package in ("torch", "transformers", "tokenizers"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def _stale(root: Path, names: Iterable[str] | None) -> list[str]:
    stamps = {name: root / name / STAMP for name in (SPECS if names is None else names)}
    return [name for name, path in stamps.items() if not path.exists() or path.read_text() != stamp(name)]


def _card(spec: TinySpec) -> str:
    return (
        f"---\nlicense: apache-2.0\nlibrary_name: transformers\npipeline_tag: {spec.pipeline_tag}\n---\n\n"
        f"# {spec.name}\n\nA tiny stand-in for {spec.stands_in_for} in zukan's tests; it knows a few sentences.\n"
    )


def main() -> None:
    """Make them from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder that gets one folder for each")
    parser.add_argument("--only", metavar="NAMES", help="names with commas between them, of " + ", ".join(SPECS))
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else None
    for name, seconds in make_all(arguments.out, names).items():
        sys.stdout.write(f"{name}: {seconds:.1f} s\n")


if __name__ == "__main__":
    os.environ.update(QUIET)
    main()
