"""Which processes a test has left running: told by a word of their environment, which children inherit."""

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


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds, and tell whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
