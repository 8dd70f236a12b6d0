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
from typing import Any, TypeVar

T = TypeVar("T")
_LARGEST = 5_000_000
_ENOUGH = 5


def kept(
    name: str, files: Sequence[Path], version: int, make: Callable[[], dict[str, Any]], read: Callable[[Any], T]
) -> T:
    """Return what `read` makes of what `make` returns, from the cache where that was made of these same files.

    Args:
        name: Of the cached file; letters and dashes.
        files: What the answer depends on: where they lie, their size, when they were written.
        version: Of `make`; raised with every change of what it returns.
        make: Works the answer out, as JSON can tell it.
        read: Raises KeyError, TypeError, ValueError or AttributeError for what is not such an answer.

    """
    mark = [version, *map(_mark, files)]
    try:
        path = cache_folder() / f"{name}.json"
    except RuntimeError:
        return read(make())
    with suppress(OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return read(_stored(path, mark))
    found = make()
    _write(path, {"of": mark, "found": found})
    return read(found)


def best_of(name: str, of: str, measure: Callable[[], int]) -> tuple[int, int]:
    """Return the highest figure that was ever measured of a thing, and how many measurements there were.

    What else runs meanwhile makes a figure lower, never higher. After `_ENOUGH` times nothing is measured any more.

    Args:
        name: Of the cached file; letters and dashes.
        of: The thing: of another one nothing is known.
        measure: Measures it now.

    """
    best = times = 0
    path: Path | None = None
    with suppress(OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError, RuntimeError):
        path = cache_folder() / f"{name}.json"
        best, times = map(int, _stored(path, [of]))
    if times >= _ENOUGH and best > 0:
        return best, times
    best, times = max(best, measure()), times + 1
    if path:
        _write(path, {"of": [of], "found": [best, times]})
    return best, times


def cache_folder() -> Path:
    """Return where this user's caches of zukan lie: XDG's place, macOS' `~/Library/Caches`; it may not exist.

    Raises:
        RuntimeError: This user has no home.

    """
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():  # XDG: any other is to be passed over
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


def _stored(path: Path, mark: list[Any]) -> Any:
    if path.stat().st_size > _LARGEST:
        raise ValueError(path)
    stored = json.loads(path.read_bytes())
    if stored["of"] != mark:
        raise ValueError(mark)
    return stored["found"]


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
