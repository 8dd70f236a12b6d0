"""Which processes a test has left running: told by a word of their environment, which children inherit, or by parents."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def started_with(word: str) -> list[tuple[int, str]]:
    """Return (id, command line) of every running process whose environment holds a word; Linux only."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has just ended, or is somebody else's
        if state != "Z" and word.encode() in environment:
            found.append((int(folder.name), command))
    return found


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds, and tell whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
