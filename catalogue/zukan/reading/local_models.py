"""Finds the models on this machine, in the Hugging Face cache and in folders, and gives them as Hub rows."""

from __future__ import annotations

import fnmatch
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zukan.errors import UnreadableFile
from zukan.hub_settings import check_hub_values
from zukan.reading.local_row import row_of_path

DEEPEST = 4
"""How many levels below a folder models are looked for."""
MOST_FOLDERS = 100_000
"""More are not looked into: somebody meant another folder than the root of a disk."""

_OWN_WEIGHTS = (
    "*.safetensors",
    "*.gguf",
    "pytorch_model*.bin",
    "adapter_model*.bin",
    "tf_model*.h5",
    "flax_model*.msgpack",
)
"""Weight files that are named as only those of models on the Hub are."""
_WEIGHTS = (
    *_OWN_WEIGHTS, "model*.bin", "*diffusion*.bin", "*.onnx", "*.ckpt", "*.pt", "*.pth", "*.h5", "*.msgpack", "*.nemo",
    "*.keras", "*.tflite", "*.ot", "*.skops", "saved_model.pb",
)  # fmt: skip
_MARKS = frozenset(
    "adapter_config.json model_index.json open_clip_config.json gliner_config.json "
    "config_sentence_transformers.json".split()
)
"""Files that only a model has."""
_CONFIG_KEYS = (b'"model_type"', b'"architectures"', b'"_class_name"', b'"pretrained_cfg"')
"""What tells the config.json of a model from that of any other program."""
_CONFIG_HEAD_BYTES = 1 << 16
_NEVER = frozenset({"node_modules", "site-packages", "dist-packages", "__pycache__"})
"""Folders of programs, tens of thousands, with config.json files that are none."""


def cache_rows(cache: Path | None = None) -> Iterator[dict[str, Any]]:
    """Yield a row for each model in the Hugging Face cache, by its newest snapshot.

    A snapshot with nothing to tell what it is (no config, no card, or a broken one) gives `id`, `sha` and `_sources`.

    Args:
        cache: The cache, by default the one that huggingface_hub uses.

    """
    if cache is None:
        check_hub_values()
        from huggingface_hub import constants  # noqa: PLC0415 (only who has no folder in mind pays for it)

        cache = Path(constants.HF_HUB_CACHE)
    for folder in _folders_in(cache):
        kind, _, name = folder.name.partition("--")
        snapshot = _newest(folder) if kind == "models" and name else None
        if snapshot is None:
            continue
        try:
            row = row_of_path(snapshot)
        except UnreadableFile:
            row = {}
        yield {**row, "id": _text(name.replace("--", "/")), "sha": _text(snapshot.name), "_sources": ["cache"]}


def _newest(folder: Path) -> Path | None:
    """Return the snapshot that was written last; of two at once, the one that `main` points to."""
    try:
        main = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        main = ""
    dated = [(_modified(path), path.name == main, path.name, path) for path in _folders_in(folder / "snapshots")]
    return max(dated)[-1] if dated else None


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / entry.name for entry in entries if _is_folder(entry) and entry.name[0] != ".")
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def folder_rows(folder: Path) -> Iterator[tuple[Path, dict[str, Any] | UnreadableFile]]:
    """Yield (folder, row) for a model folder, or for each one up to four levels below a folder that is none.

    A model that cannot be read, a folder that cannot be opened and a walk that was cut short give an error in place
    of a row. A row's `id` is the absolute path, its `siblings` are the names of its weight files.

    Raises:
        UnreadableFile: At the first step, if there is no such folder.

    """
    try:
        root = folder.expanduser().resolve(strict=True)
        if not root.is_dir():
            raise UnreadableFile(folder, "not a folder")
    except OSError as error:
        raise UnreadableFile(folder, error.strerror or str(error)) from error
    except (RuntimeError, ValueError) as error:  # no such user, links in a circle; a zero byte in the name
        raise UnreadableFile(folder, str(error)) from error
    seen: set[tuple[int, int]] = set()
    waiting = deque([(root, 0)])
    found, limit = 1, MOST_FOLDERS
    while waiting:
        here, depth = waiting.popleft()
        try:
            stat = here.stat()
            if (stat.st_dev, stat.st_ino) in seen:  # a link to what is above it or beside it
                continue
            seen.add((stat.st_dev, stat.st_ino))
            files, folders = _content(here)
        except OSError as error:
            yield here, UnreadableFile(here, error.strerror or str(error))
            continue
        if _is_model(here, files, given=depth == 0):
            yield here, _row_or_error(here, files, folders)
        elif depth < DEEPEST:
            waiting.extend((here / name, depth + 1) for name in folders[: max(limit - found, 0)])
            found += len(folders)
    if found > limit:
        yield root, UnreadableFile(root, f"more than {limit:,} folders in it: the rest was not looked into")


def _content(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of (files, folders) in a folder, in order, without hidden ones."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not _is_folder(entry):
                files.append(entry.name)
            elif entry.name not in _NEVER:
                folders.append(entry.name)
    return sorted(files), sorted(folders)


def _is_model(folder: Path, files: list[str], *, given: bool) -> bool:
    if not _MARKS.isdisjoint(files) or _named_like(files, _OWN_WEIGHTS):
        return True
    if "config.json" not in files:
        return False
    if given:  # who names a folder means it, so that a broken config is said to be one
        return True
    try:
        with (folder / "config.json").open("rb") as file:
            head = file.read(_CONFIG_HEAD_BYTES)
    except OSError:
        return False
    return any(key in head for key in _CONFIG_KEYS)


def _named_like(files: list[str], patterns: tuple[str, ...]) -> list[str]:
    return [name for name in files if any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in patterns)]


def _row_or_error(folder: Path, files: list[str], folders: list[str]) -> dict[str, Any] | UnreadableFile:
    try:
        row = row_of_path(folder)
    except UnreadableFile as error:
        return error
    weights = _named_like(files, _WEIGHTS)
    if "model_index.json" in files:  # a pipeline keeps the weights of its parts in folders of their own
        for part in folders:
            try:
                weights += [f"{part}/{name}" for name in _named_like(_content(folder / part)[0], _WEIGHTS)]
            except OSError:
                continue
    siblings = [{"rfilename": _text(name)} for name in weights]
    return {**row, "id": _text(str(folder)), "author": "local", "siblings": siblings, "_sources": ["local"]}


def _text(name: str) -> str:
    """Return a file name as text that can be stored: on Linux it may be any bytes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
