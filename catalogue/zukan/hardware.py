"""What this machine has for running a model, read from the operating system in a few milliseconds."""

from __future__ import annotations

import mmap
import os
import re
import shutil
import sys
import time
from functools import cache
from pathlib import Path

from zukan.advice import Hardware

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_NO_LIMIT = 2**60
_COPIED_BYTES = 24 << 20
"""More than most caches hold; twice as much is measured in about 40 ms."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MEMINFO = Path("/proc/meminfo")
_FIELDS = re.compile(rb"^(MemTotal|MemAvailable):\s*(\d+) kB", re.MULTILINE)
_NVIDIA = Path("/proc/driver/nvidia/gpus")


def detect(cache_directory: Path | None = None) -> Hardware:
    """Return memory, cores, free disk and the name of a graphics card where the system tells it.

    Args:
        cache_directory: Where models would be downloaded to, for the free disk space.

    """
    total, available, basis = _memory()
    return Hardware(
        memory_bytes=total,
        available_bytes=available,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        accelerator="cuda" if (name := _nvidia_name()) else ("mps" if _apple_silicon() else None),
        accelerator_name=name or ("Apple silicon" if _apple_silicon() else None),
        disk_free_bytes=_disk_free(cache_directory),
        basis=basis,
        here=True,
    )


def identity() -> str:
    """Return what tells this machine from others for as long as it runs: its name and, on Linux, its boot."""
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        import uuid  # noqa: PLC0415 (only where there is no such file)

        boot = f"{uuid.getnode():x}"
    return f"{os.uname().nodename} {boot}"


@cache
def copied_bytes_per_second() -> int:
    """Return how many bytes a second this machine's memory reads and writes when one core copies, measured once."""
    size = _COPIED_BYTES
    fastest = float("inf")
    # Linux finds the memory at once, in a third of the time; elsewhere that takes the first two turns.
    populate = getattr(mmap, "MAP_POPULATE", 0)
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | populate
    with mmap.mmap(-1, 2 * size, flags=flags) as area, memoryview(area) as view:
        for turn in range(3 if populate else 5):
            here, there = (slice(0, size), slice(size, 2 * size))[:: -1 if turn % 2 else 1]
            begun = time.perf_counter()
            view[here] = view[there]
            spent = time.perf_counter() - begun
            fastest = min(fastest, spent) if populate or turn > 1 else fastest
    return int(2 * size / fastest)


def _memory() -> tuple[int | None, int | None, str]:
    total = available = None
    basis = "unknown"
    if (fields := _meminfo()) and "MemTotal" in fields:
        total = fields["MemTotal"]
        available = fields.get("MemAvailable", total)
        basis = "/proc/meminfo"
    elif hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        # macOS says nothing cheap about what is available: count on two thirds.
        available = total * 2 // 3
        basis = "sysconf; two thirds counted as available"
    for path in _CGROUP_LIMITS:
        try:
            limit = int(path.read_text())
        except (OSError, ValueError):
            continue
        if total is not None and limit < min(total, _NO_LIMIT):
            free = max(limit - _used(path), 0)
            total, available, basis = limit, min(available or free, free), f"{basis}, limited by {path}"
    return total, available, basis


def _meminfo() -> dict[str, int]:
    """Return what Linux says of its memory, in bytes; nothing elsewhere."""
    try:
        text = _MEMINFO.read_bytes()
    except OSError:
        return {}
    return {name.decode(): int(kilobytes) * 1024 for name, kilobytes in _FIELDS.findall(text)}


def _used(limit: Path) -> int:
    """Return what a control group already uses of its limit."""
    for name in ("memory.current", "memory.usage_in_bytes"):
        try:
            return int(limit.with_name(name).read_text())
        except (OSError, ValueError):
            continue
    return 0


def _nvidia_name() -> str | None:
    try:
        for card in _NVIDIA.iterdir():
            for line in (card / "information").read_text().splitlines():
                if line.startswith("Model:"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return None


def _apple_silicon() -> bool:
    return sys.platform == "darwin" and os.uname().machine == "arm64"


def _disk_free(directory: Path | None) -> int | None:
    start = directory or Path.home()
    for folder in (start, *start.absolute().parents):
        if folder.exists():
            return shutil.disk_usage(folder).free
    return None
