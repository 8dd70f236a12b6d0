"""Says what a weight file that cannot be loaded is instead: a git-lfs pointer, a web page, the beginning of a file."""

from __future__ import annotations

import pickletools
import zipfile
from contextlib import suppress
from itertools import islice
from pathlib import Path

_SAFETENSORS, _PICKLES = ("*.safetensors",), ("pytorch_model*.bin", "adapter_model.bin")
_ZIP = b"PK"
_CALLS = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "REDUCE", "NEWOBJ", "NEWOBJ_EX"})
_MOST_OPERATIONS = 100_000
_OLD_PICKLE = b"\x80"
"""How a pickle of torch before 1.6 begins; since then it is a zip file."""


def has_safetensors(folder: Path) -> bool:
    """Whether a folder has weights that are loaded before any pickle."""
    return bool(_files(folder, _SAFETENSORS))


def damaged_safetensors(folder: Path) -> str:
    """Say what is wrong with the safetensors files of a folder, of which one could not be loaded."""
    files = _files(folder, _SAFETENSORS)
    for path in files:
        if found := _never_weights(path):
            return found
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
        size = path.stat().st_size
        if size < 8 or length + 8 > size:
            return f"{path.name} is cut off or empty ({size} bytes): download it again"
    names = ", ".join(path.name for path in files)
    return f"the weights are damaged or cut off ({names}): download them again"


def damaged_pickle(folder: Path) -> str | None:
    """Say what is wrong with the pickle files of a folder, of which one could not be loaded; None where nothing is."""
    for path in _files(folder, _PICKLES):
        if found := _never_weights(path):
            return found
        with path.open("rb") as file:
            start = file.read(2)
        size = path.stat().st_size
        if not size or (start == _ZIP and not zipfile.is_zipfile(path)):
            return f"{path.name} is cut off or empty ({size} bytes): download it again"
        if start != _ZIP and not start.startswith(_OLD_PICKLE):
            return f"{path.name} holds no weights that torch knows: download it again"
    return None


def runs_code(folder: Path) -> bool:
    """Whether a pickle file of a folder, written otherwise than torch does, names something to be called."""
    for path in _files(folder, _PICKLES):
        with path.open("rb") as file:
            if file.read(2) == _ZIP:
                continue  # torch's own loader tells
            file.seek(0)
            # What is no pickle breaks it in any way.
            with suppress(Exception):
                if any(
                    operation.name in _CALLS for operation, *_ in islice(pickletools.genops(file), _MOST_OPERATIONS)
                ):
                    return True
    return False


def _files(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.rglob(pattern) if path.is_file())


def _never_weights(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(64).lstrip()
    if start.startswith(b"version https://git-lfs"):
        return f"{path.name} is only a git-lfs pointer: the weights themselves were never downloaded"
    if start[:14].lower().startswith((b"<html", b"<!doctype html")):
        return f"{path.name} is a web page, not weights: something answered in the Hub's place"
    return None
