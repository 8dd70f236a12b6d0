"""Makes sure there is a catalogue before it is read: builds or migrates it in a child process.

A child, so that the process that searches stays as light on its first use as on every other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from zukan import errors
from zukan.store.connection import SCHEMA_VERSION, schema_version

Progress = Callable[[int, int], None]


def ensure_catalogue(path: Path, progress: Progress | None = None, *, seed: Path | None = None) -> bool:
    """Build the catalogue at `path` from the shipped snapshot if there is none; migrate an older one.

    Args:
        path: The catalogue file.
        progress: Called with (rows done, rows in all) while building.
        seed: Another snapshot than the shipped one.

    Returns:
        True if it was built by this call.

    Raises:
        StoreError: It cannot be built, or the file at `path` is not a catalogue.

    """
    # One stat decides in the usual case; everything else is loaded only when there is work to do.
    if path.exists():
        if schema_version(path) < SCHEMA_VERSION:
            _run(path, ["--migrate"], None)
        return False
    if not _writable(path):
        raise errors.CatalogueReadOnly(path, "no catalogue there and none can be made")
    return _run(path, ["--seed", str(seed)] if seed else [], progress)


def _writable(path: Path) -> bool:
    parent = next(folder for folder in path.absolute().parents if folder.exists())
    return parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)


def _run(path: Path, options: list[str], progress: Progress | None) -> bool:
    import json  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    # The child must find the same zukan as this process, installed or not.
    source_root = str(Path(__file__).parents[1])
    python_path = os.pathsep.join(part for part in (source_root, os.environ.get("PYTHONPATH")) if part)
    child = subprocess.Popen(
        [sys.executable, "-m", "zukan.build", str(path.absolute()), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": python_path},
    )
    message: dict[str, object] = {}
    with child:
        assert child.stdout is not None and child.stderr is not None  # noqa: PT018, S101 (opened as pipes)
        for line in child.stdout:
            message = json.loads(line)
            if progress and "done" in message:
                progress(int(str(message["done"])), int(str(message["total"])))
        problem = child.stderr.read()
    if "built" in message:
        return bool(message["built"])
    kind = getattr(errors, str(message.get("error", "")), None)
    detail = str(message.get("detail") or problem.strip().rpartition("\n")[2] or f"exit code {child.returncode}")
    if isinstance(kind, type) and issubclass(kind, errors.StoreError):
        raise kind(path, detail)
    raise errors.BuildFailed(path, detail)
