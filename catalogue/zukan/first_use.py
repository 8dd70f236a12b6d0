"""Makes sure there is a catalogue before it is read: builds or migrates it in a child process.

A child, so that the process that searches stays as light on its first use as on every other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from zukan import errors
from zukan.store.connection import READABLE_VERSION, SCHEMA_VERSION, check_place, schema_version, translated

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
    with translated(path):
        is_there = path.exists()
    if is_there:
        version = schema_version(path)
        if version < SCHEMA_VERSION and (version < READABLE_VERSION or _may_be_migrated(path)):
            _run(path, ["--migrate"], None)
        return False
    check_place(path)
    if not _writable(path):
        raise errors.CatalogueReadOnly(path, "no catalogue there and none can be made")
    return _run(path, ["--seed", str(seed)] if seed else [], progress)


def _may_be_migrated(path: Path) -> bool:
    """Whether this user may write the catalogue; what only others may write is read as it is."""
    return os.access(path, os.W_OK) and _writable(path)


def _writable(path: Path) -> bool:
    parent = next(folder for folder in path.absolute().parents if folder.exists())
    return parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)


def _run(path: Path, options: list[str], progress: Progress | None) -> bool:
    import json  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    from zukan.child import child_environment  # noqa: PLC0415

    message: dict[str, object] = {}
    # A file and not a pipe: nobody reads a pipe while the progress is read from the other.
    with tempfile.TemporaryFile("w+") as errors_file:
        child = subprocess.Popen(
            # -P: a file named gzip.py in the working directory must not be imported.
            [sys.executable, "-P", "-m", "zukan.build", str(path.absolute()), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors_file,
            text=True,
            env=child_environment(),
        )
        with child:
            for line in child.stdout or ():
                message = json.loads(line)
                if progress and "done" in message:
                    progress(int(str(message["done"])), int(str(message["total"])))
        errors_file.seek(0)
        problem = errors_file.read()[-2_000:]
    if "built" in message:
        return bool(message["built"])
    kind = getattr(errors, str(message.get("error", "")), None)
    detail = str(message.get("detail") or problem.strip().rpartition("\n")[2] or f"exit code {child.returncode}")
    if isinstance(kind, type) and issubclass(kind, errors.StoreError):
        raise kind(path, detail)
    raise errors.BuildFailed(path, detail)
