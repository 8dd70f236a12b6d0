"""Repositories that hold an adapter only: a few weights that change another model. They are tried on that model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zukan.errors import MissingExtra, NoWeights, PickleRefused, UnloadableModel
from zukan.outcomes import TrialRequest
from zukan.trial.source import Repository, local_repository
from zukan.trial.tables import is_installed

CONFIG = "adapter_config.json"
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")
_HUB_ID = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?")
# PEFT's own words for what an adapter was trained for. The others bring a head, which the base model has not.
_TASKS = {
    "CAUSAL_LM": "text-generation",
    "SEQ_2_SEQ_LM": "text2text-generation",
    "FEATURE_EXTRACTION": "feature-extraction",
}


@dataclass
class AdaptedRepository(Repository):
    """The base model's files under the adapter's name, with the adapter beside them."""

    base: Repository | None = None
    own: Repository | None = None

    def path(self, name: str) -> Path:
        """Return the local path of one of the base model's files."""
        return self._base.path(name)

    def head(self, name: str, length: int, *, attempts: int | None = None) -> bytes:
        """Return the first bytes of one of the base model's files."""
        return self._base.head(name, length, attempts=attempts)

    def missing(self, names: Sequence[str]) -> list[str]:
        """Return those of the base model's files that would have to be downloaded."""
        return self._base.missing(names)

    def complete(self, names: Sequence[str]) -> Path:
        """Make sure that the base model's files and the adapter are here, and return the base model's folder."""
        folder = self._base.complete(names)
        self._own.complete([CONFIG, _weights(self._own) or ""])
        self.downloaded_bytes = self._base.downloaded_bytes + self._own.downloaded_bytes
        self.download_seconds = self._base.download_seconds + self._own.download_seconds
        self.source = self._own.source if self.downloaded_bytes == 0 else "hub"
        return folder

    @property
    def adapter(self) -> Path:
        """The adapter's folder, once everything is here."""
        return self._own.folder

    @property
    def _base(self) -> Repository:
        if self.base is None:
            raise ValueError("no base")
        return self.base

    @property
    def _own(self) -> Repository:
        if self.own is None:
            raise ValueError("no adapter")
        return self.own


def is_adapter(repository: Repository) -> bool:
    """Tell whether there is an adapter and no model."""
    names = repository.sizes if repository.listed is None else repository.listed
    return CONFIG in names and "config.json" not in names


def is_complete(repository: Repository) -> bool:
    """Tell whether a cached adapter has its own files."""
    return is_adapter(repository) and CONFIG in repository.sizes and _weights(repository) is not None


def on_its_base(
    repository: Repository, request: TrialRequest, find: Callable[[str], Repository]
) -> tuple[Repository, TrialRequest]:
    """Return what to plan a trial of: of an adapter its base model with the adapter, of anything else itself.

    Args:
        repository: What the user named.
        request: The task is filled in where the adapter states one.
        find: Opens a model of the Hub.

    Raises:
        UnloadableModel: The adapter names no base, one that is nowhere, or needs a head of its own.
        NoWeights: There is no adapter in it.
        PickleRefused: Only a pickle, and those were refused.
        MissingExtra: peft is not installed.

    """
    if not is_adapter(repository):
        return repository, request
    settings = repository.json_object(CONFIG)
    weights = _weights(repository)
    if weights is None:
        raise NoWeights(repository.model_id, "it has the configuration of an adapter and no weights of one")
    if weights.endswith(".bin") and request.safetensors_only:
        raise PickleRefused(repository.model_id, weights)
    task = _task(repository, settings)
    if not is_installed("peft"):
        raise MissingExtra("peft", "peft", repository.model_id)
    base = _open_base(repository, settings, find)
    adapted = AdaptedRepository(
        model_id=repository.model_id,
        source=repository.source,
        sizes=base.sizes,
        folder=base.folder,
        sha=repository.sha,
        revision=repository.revision,
        pipeline_tag=repository.pipeline_tag or base.pipeline_tag,
        library_name="transformers",
        tags=repository.tags,
        listed=base.listed,
        base=base,
        own=repository,
    )
    adapted.warnings += [*repository.warnings, *base.warnings]
    adapted.warnings.append(
        f"an adapter, tried on {base.model_id} at {base.sha[:7]}"
        if base.sha
        else f"an adapter, tried on {base.model_id}"
    )
    if weights.endswith(".bin"):
        adapted.warnings.append("pickle weights: read with torch's restricted loader, which takes tensors only")
    return adapted, replace(request, task=request.task or task)


def _task(repository: Repository, settings: Mapping[str, Any]) -> str | None:
    stated = settings.get("task_type")
    if stated is not None and stated not in _TASKS:
        raise UnloadableModel(repository.model_id, f"it is an adapter with a head of its own ({stated})")
    return _TASKS.get(str(stated))


def _open_base(repository: Repository, settings: Mapping[str, Any], find: Callable[[str], Repository]) -> Repository:
    name = settings.get("base_model_name_or_path")
    if not isinstance(name, str) or not name:
        raise UnloadableModel(repository.model_id, "it is an adapter that does not say of which model")
    # Only a folder may point at folders: a name that comes from the Hub is one of the Hub.
    if repository.source == "folder" and Path(name).is_dir():
        found = local_repository(str(Path(name).resolve()))
        if found is not None:
            return found
    if not _HUB_ID.fullmatch(name) or ".." in name:
        raise UnloadableModel(repository.model_id, f"it is an adapter of {name[:100]}, which is no model of the Hub")
    return find(name)


def _weights(repository: Repository) -> str | None:
    return next((name for name in _WEIGHTS if name in repository.sizes), None)
