"""Where a model's files come from: a shipped miniature, a folder, the local cache or the Hub.

A name is a folder only if it is written as a path (`./x`, `../x`, `/x`, `~/x`), or if such a folder exists here,
holds a config.json and its name does not look like a Hub id (`author/name`). So `author/name` always means the Hub,
even where a folder of that name lies in the working directory. The same goes for a GGUF file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zukan.errors import UnloadableModel
from zukan.trial import builtin
from zukan.trial.builtin import Builtin

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_PATH_STARTS = ("./", "../", "/", "~")
_MAX_JSON_BYTES = 64 * 2**20
"""The largest index of a sharded checkpoint is a few megabytes."""
FULL_SHA = re.compile(r"[0-9a-f]{40}")


@dataclass
class Repository:
    """A model's files, some of which may have to be fetched first. This base class has them all in a folder."""

    model_id: str
    source: str
    """`built-in`, `folder`, `cache` or `hub`, as in `TrialResult.source`."""
    sizes: Mapping[str, int | None]
    folder: Path
    sha: str | None = None
    revision: str | None = None
    pipeline_tag: str | None = None
    library_name: str | None = None
    tags: tuple[str, ...] = ()
    widget: tuple[Any, ...] = ()
    """What the model's page on the Hub asks it: `widgetData`, untrusted."""
    warnings: list[str] = field(default_factory=list)
    listed: Mapping[str, int | None] | None = None
    """Of a cached snapshot: all files of its commit, those that were not downloaded too; None where not known."""
    is_named: bool = True
    """Of a cached snapshot: whether it is what the cache has for that revision, not only the newest of several."""
    parameters: int | None = None
    """Of a repository of GGUF files: how many the Hub says the model has."""
    downloaded_bytes: int = 0
    download_seconds: float = 0.0

    def path(self, name: str) -> Path:
        """Return the local path of one file."""
        return self.folder / name

    def head(self, name: str, length: int, *, attempts: int | None = None) -> bytes:
        """Return the first bytes of a file, without bringing the rest; `attempts`: None = as many as for any file."""
        with self.path(name).open("rb") as file:
            return file.read(length)

    def missing(self, _names: Sequence[str]) -> list[str]:
        """Return those of these files that would have to be downloaded."""
        return []

    def complete(self, _names: Sequence[str]) -> Path:
        """Make sure that these files are here, and return their folder."""
        return self.folder

    def json(self, name: str) -> Any:
        """Return the content of a JSON file, None if there is no such file.

        Raises:
            UnloadableModel: It is not valid JSON, or larger than such a file ever is.

        """
        if name not in self.sizes:
            return None
        if (self.sizes[name] or 0) > _MAX_JSON_BYTES:
            raise UnloadableModel(self.model_id, f"{name} is {self.sizes[name]} bytes long")
        try:
            return json.loads(self.path(name).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise UnloadableModel(self.model_id, f"{name} is not valid JSON") from error

    def json_object(self, name: str) -> dict[str, Any]:
        """Return the content of a JSON file that holds an object, `{}` if there is no such file.

        Raises:
            UnloadableModel: It is something else.

        """
        content = self.json(name)
        if content is None:
            return {}
        if not isinstance(content, dict):
            raise UnloadableModel(self.model_id, f"{name} is not a JSON object")
        return content


def local_repository(name: str) -> Repository | None:
    """Return the repository of a shipped miniature or a folder; None when the name means the Hub.

    Raises:
        UnloadableModel: The path names no folder.
        FileNotFoundError: A miniature is missing from this installation.

    """
    if (found := builtin.find(name)) is not None and not _written_as_path(name):
        return _builtin_repository(found)
    path = Path(name).expanduser()
    if path.suffix == ".gguf" and path.is_file() and (_written_as_path(name) or not _HUB_ID.fullmatch(name)):
        file = path.resolve()
        sizes = {file.name: file.stat().st_size}
        return Repository(model_id=str(file), source="folder", sizes=sizes, folder=file.parent)
    if _written_as_path(name):
        if not path.is_dir():
            is_file = "it is a file: name the folder it lies in, or a .gguf file"
            raise UnloadableModel(name, is_file if path.is_file() else "there is no such folder")
    elif _HUB_ID.fullmatch(name) or not (path / "config.json").is_file():
        return None
    folder = path.resolve()
    return Repository(model_id=str(folder), source="folder", sizes=dict(files_in(folder)), folder=folder)


def files_in(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the files below a folder with their sizes; links whose target is gone are left out."""
    for parent, directories, names in os.walk(folder):
        directories[:] = [name for name in directories if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path.stat().st_size


def cache_directory() -> Path:
    """Return the Hugging Face cache, by the environment variables that huggingface_hub reads."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if value := os.environ.get(variable):
            return Path(value).expanduser()
    if home := os.environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "huggingface" / "hub"


def cached_repository(model_id: str, revision: str | None = None) -> Repository | None:
    """Return the cached snapshot of a Hub model, whether complete or not; None when there is none."""
    storage = cache_directory() / f"models--{model_id.replace('/', '--')}"
    for sha, is_named in _cached_commits(storage, revision):
        folder = storage / "snapshots" / sha
        sizes = dict(files_in(folder)) if folder.is_dir() else {}
        known = sizes.keys() & {"config.json", "modules.json", "adapter_config.json"}
        if known or any(file.endswith(".gguf") for file in sizes):
            return Repository(
                model_id=model_id,
                source="cache",
                sizes=sizes,
                folder=folder,
                sha=sha,
                revision=revision,
                is_named=is_named,
            )
    return None


def _cached_commits(storage: Path, revision: str | None) -> Iterator[tuple[str, bool]]:
    if revision is not None and FULL_SHA.fullmatch(revision):
        yield revision, True
        return
    if ".." in (revision or ""):
        return  # No branch or tag of git is called that.
    reference = storage / "refs" / (revision or "main")
    if reference.is_file():
        yield reference.read_text(encoding="utf-8").strip(), True
    elif revision is None and (storage / "snapshots").is_dir():
        # Pinned downloads leave no reference: the newest snapshot is what the user last had.
        snapshots = sorted((storage / "snapshots").iterdir(), key=lambda path: path.stat().st_mtime)
        yield from ((path.name, False) for path in reversed(snapshots))


def _builtin_repository(found: Builtin) -> Repository:
    folder = found.folder
    return Repository(
        model_id=found.name,
        source="built-in",
        sizes=dict(files_in(folder)),
        folder=folder,
        pipeline_tag=found.task,
        library_name="transformers",
    )


def _written_as_path(name: str) -> bool:
    return name.startswith(_PATH_STARTS) or name in (".", "..")
