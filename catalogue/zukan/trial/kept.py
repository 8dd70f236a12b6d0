"""Keeps what was worked out of files that hardly ever change, in the platform's place for caches of this user.

Whatever is wrong with the cache, the answer is worked out anew: it can be deleted at any time.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_LARGEST = 5_000_000


def kept(name: str, files: Sequence[Path], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `make` returns, from the cache where it was made of these same files.

    Args:
        name: Of the cached file; letters and dashes.
        files: What the answer depends on: where they lie, their size, when they were written.
        make: Works it out; what it returns can be told in JSON.

    """
    mark = [_mark(file) for file in files]
    try:
        path = cache_folder() / f"{name}.json"
    except RuntimeError:
        return make()
    found = _read(path, mark)
    if found is None:
        found = make()
        _write(path, {"of": mark, "found": found})
    return found


def cache_folder() -> Path:
    """Return where this user's caches of zukan lie: XDG's place, macOS' `~/Library/Caches`; it may not exist.

    Raises:
        RuntimeError: This user has no home.

    """
    if named := os.environ.get("XDG_CACHE_HOME"):
        base = Path(named)
    else:
        base = Path.home() / "Library" / "Caches" if sys.platform == "darwin" else Path.home() / ".cache"
    return base / "zukan"


def _mark(file: Path) -> list[Any]:
    try:
        state = file.stat()
    except OSError:
        return [str(file), None, None]
    return [str(file), state.st_size, state.st_mtime_ns]


def _read(path: Path, mark: list[list[Any]]) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        stored = json.loads(path.read_bytes())
        found = stored["found"] if stored["of"] == mark else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, value: dict[str, Any]) -> None:
    # Renamed when whole: another process may read it meanwhile.
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            part.write_text(json.dumps(value, separators=(",", ":")), "utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
