"""Turns a config file, a GGUF file or a model folder on disk into a row as the Hub's API would give it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from zukan.errors import UnreadableFile
from zukan.reading.gguf_header import read_gguf_header
from zukan.reading.safetensors_header import count_parameters

MAX_CONFIG_BYTES = 32 << 20
_WEIGHTS = "model.safetensors"
_WEIGHTS_INDEX = "model.safetensors.index.json"
_MARKS: tuple[tuple[str, str], ...] = (
    ("open_clip_config.json", "open_clip"),
    ("modules.json", "sentence-transformers"),
    ("config_sentence_transformers.json", "sentence-transformers"),
    ("gliner_config.json", "gliner"),
    ("config.cfg", "spacy"),
    ("hyperparams.yaml", "speechbrain"),
    ("*.nemo", "nemo"),
    ("*.skops", "sklearn"),
    ("*.joblib", "joblib"),
    ("saved_model.pb", "keras"),
)
"""A file that a library leaves in its models → the library, where the card does not name it."""


def is_path(name: str | Path) -> bool:
    """Return whether a name is written as only a path is."""
    return isinstance(name, Path) or name.startswith(("/", "./", "../", "~")) or name.endswith(".json")


def is_there(name: str) -> bool:
    """Return whether something on disk has this name."""
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def row_of_path(path: Path) -> dict[str, Any]:
    """Return what a file or folder says, as a Hub row: `id` is the path as it was given.

    A folder counts with config.json, adapter_config.json, model_index.json, the front matter of README.md, the
    headers of its GGUF or safetensors files and the marks of its library.

    Raises:
        UnreadableFile: It does not exist, cannot be read, or is not what its name says.

    """
    try:
        path = path.expanduser()
        if path.is_dir():
            return _of_folder(path)
        if path.suffix == ".gguf":
            return {"id": str(path), "library_name": "gguf", "gguf": _gguf(path)}
        return {"id": str(path), "config": read_config(path)}
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    except (RuntimeError, ValueError) as error:  # no such user; a zero byte in the name
        raise UnreadableFile(path, str(error)) from error


def read_config(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises:
        UnreadableFile: It is larger than 32 MB, no JSON, or no object.
        OSError: It cannot be read.

    """
    if not path.is_file():
        raise UnreadableFile(path, "no such file" if not path.exists() else "not a file")
    if path.stat().st_size > MAX_CONFIG_BYTES:
        raise UnreadableFile(path, f"larger than {MAX_CONFIG_BYTES >> 20} MB")
    try:
        found = json.loads(path.read_bytes())
    except RecursionError:
        raise UnreadableFile(path, "nested too deeply") from None
    except UnicodeDecodeError:
        raise UnreadableFile(path, "not UTF-8") from None
    except ValueError as error:
        raise UnreadableFile(path, f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise UnreadableFile(path, "not a JSON object")
    return found


def _of_folder(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = {}
    # The last one wins: in a folder with an adapter, config.json is that of its base.
    for name in ("config.json", "model_index.json", "adapter_config.json"):
        if (folder / name).is_file():
            config = read_config(folder / name)
    row: dict[str, Any] = {"id": str(folder), **_card(folder / "README.md")}
    if config:
        row["config"] = config
    if row.get("library_name") is None:
        row["library_name"] = next((library for mark, library in _MARKS if any(folder.glob(mark))), None)
    # An mmproj is the image half beside the model itself.
    files = sorted((path.name.startswith("mmproj"), path) for path in folder.glob("*.gguf") if path.is_file())
    for _is_part, path in files[:1]:
        row["gguf"] = _gguf(path)
    if len(row) == 2 and row["library_name"] is None:
        raise UnreadableFile(folder, "no config.json, adapter_config.json, model_index.json, model card or .gguf in it")
    row["safetensors"] = _parameters(folder)
    return {name: value for name, value in row.items() if value is not None}


def _gguf(path: Path) -> dict[str, Any]:
    if not path.is_file():  # a pipe would never end
        raise UnreadableFile(path, "not a file" if path.exists() else "no such file")
    try:
        return read_gguf_header(path)
    except ValueError as error:
        raise UnreadableFile(path, str(error)) from None


def _card(path: Path) -> dict[str, Any]:
    """Return the fields that the Hub takes from the front matter of a model card, `{}` where it says nothing."""
    if not path.is_file():
        return {}
    from zukan.reading.card_text import MAX_CARD_BYTES, read_card  # noqa: PLC0415 (10 ms; only a folder with a card needs it)

    with path.open("rb") as file:
        card = read_card(file.read(MAX_CARD_BYTES)).front_matter or {}
    task, library, tags = (card.get(key) for key in ("pipeline_tag", "library_name", "tags"))
    fields = {
        "cardData": card,
        "pipeline_tag": task if isinstance(task, str) else None,
        "library_name": library if isinstance(library, str) else None,
        "tags": tags if isinstance(tags, list) else None,
    }
    return {name: value for name, value in fields.items() if value}


def _parameters(folder: Path) -> dict[str, Any] | None:
    """Return the number of parameters as the Hub does; None where a weight file is not there or not whole.

    Such a folder still says what it is: git without LFS leaves a few words in place of the weights.
    """
    names = [_WEIGHTS]
    counts: Counter[str] = Counter()
    try:
        if not (folder / _WEIGHTS).is_file() and (folder / _WEIGHTS_INDEX).is_file():
            index = read_config(folder / _WEIGHTS_INDEX).get("weight_map")
            names = sorted({str(name) for name in index.values()}) if isinstance(index, dict) else []
        for name in names:
            # A shard lies beside its index; what is no file, such as a pipe, would never end.
            if Path(name).name != name or not (folder / name).is_file():
                return None
            counts += count_parameters(folder / name)
    except (OSError, ValueError, UnreadableFile):
        return None
    return {"parameters": dict(sorted(counts.items())), "total": counts.total()} if counts else None
