"""What kind of repository it is: a model for transformers, or why it is none, told apart by its file list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zukan.errors import RemoteCode, UnloadableModel
from zukan.outcomes import TrialRequest
from zukan.trial.source import Repository
from zukan.trial.tables import Tables

_SENTENCE_MODULES = frozenset({"Transformer", "Pooling", "Normalize", "Dense"})

_NOT_YET = {
    "oneformer": "it must be told what kind of areas to look for, which zukan does not do yet; Mask2Former need not",
}
"""Model types that transformers loads and our recipes do not feed."""


def modules_of(repository: Repository) -> tuple[Mapping[str, Any], ...]:
    """Return sentence-transformers' modules; none for a plain model.

    Raises:
        UnloadableModel: One of them needs that package.

    """
    modules = repository.json("modules.json")
    if not isinstance(modules, list):
        return ()
    kept = tuple(module for module in modules if isinstance(module, Mapping))
    for module in kept:
        name = str(module.get("type", "")).rsplit(".", 1)[-1]
        path = str(module.get("path", ""))
        if path.startswith("/") or ".." in path.split("/"):
            raise UnloadableModel(repository.model_id, "its modules.json points outside the repository")
        if name not in _SENTENCE_MODULES:
            raise UnloadableModel(
                repository.model_id, f"its module {name} runs only with the sentence-transformers package"
            )
    return kept


def config_of(repository: Repository, root: str) -> Mapping[str, Any]:
    """Return config.json.

    Raises:
        UnloadableModel: There is none; the detail says what the repository is instead.

    """
    config = repository.json(root + "config.json")
    if isinstance(config, Mapping):
        return config
    if config is not None:
        raise UnloadableModel(repository.model_id, "config.json holds no JSON object")
    raise UnloadableModel(repository.model_id, _why_no_config(repository))


def _why_no_config(repository: Repository) -> str:
    names = repository.sizes
    if "adapter_config.json" in names:
        adapter = repository.json("adapter_config.json")
        base = adapter.get("base_model_name_or_path") if isinstance(adapter, Mapping) else None
        return f"it is an adapter: it only changes another model ({base or 'not named'}), which can be tried instead"
    if "model_index.json" in names:
        return "it is a diffusers pipeline, which generates images or other media, not text"
    if any(name.endswith((".onnx", ".mlmodel", ".tflite", ".h5", ".keras", ".pkl", ".joblib")) for name in names):
        return "it has no config.json: its weights are for another library than transformers"
    return "it has no config.json, so it is no transformers model"


def model_type_of(
    repository: Repository, config: Mapping[str, Any], known: Tables, warnings: list[str]
) -> tuple[str, bool]:
    """Return the model type, and whether config.json states it."""
    stated = config.get("model_type")
    if stated in _NOT_YET:
        raise UnloadableModel(repository.model_id, _NOT_YET[stated])
    if isinstance(stated, str) and stated:
        return stated, True
    if "pretrained_cfg" in config and "architecture" in config:
        # Else its name would be taken for a transformers model's: resnet50, vit_base.
        raise UnloadableModel(
            repository.model_id,
            "it is a timm model, which zukan does not try yet; pip install timm runs it: "
            f"timm.create_model('hf-hub:{repository.model_id}', pretrained=True)",
        )
    names = config.get("architectures")
    if isinstance(names, list) and names and (found := known.model_type_of(str(names[0]))):
        return found, False
    # transformers itself looks for a model type in the name: "prajjwal1/bert-tiny" is a bert.
    name = repository.model_id.rsplit("/", 1)[-1].lower()
    patterns = [kind for kind in known.model_types if re.search(rf"(?<![a-z]){re.escape(kind)}(?![a-z])", name)]
    if patterns and "auto_map" not in config:
        guess = max(patterns, key=len)
        warnings.append(f"config.json names no model type: {guess} was taken from the repository's name")
        return guess, False
    if isinstance(config.get("_class_name"), str):
        raise UnloadableModel(repository.model_id, "it is a part of a diffusers pipeline, not a transformers model")
    raise UnloadableModel(repository.model_id, "its config.json names no model_type, so it is no transformers model")


def check_code(
    request: TrialRequest,
    repository: Repository,
    config: Mapping[str, Any],
    model_type: str,
    known: Tables,
    warnings: list[str],
) -> None:
    """Check that transformers has the model type itself, or may run the repository's code.

    Raises:
        RemoteCode: It has not, and may not.
        UnloadableModel: It has not, and there is no code either.

    """
    own_code = config.get("auto_map")
    if model_type in known.model_types:
        if own_code and not request.trust_remote_code:
            warnings.append("the repository brings code of its own; transformers' built-in class is used instead")
        return
    if not own_code:
        raise UnloadableModel(
            repository.model_id,
            f"transformers {known.version} does not know the model type {model_type}; a newer one may",
        )
    if not request.trust_remote_code:
        raise RemoteCode(
            repository.model_id, f"the model type {model_type} is defined by Python files in the repository"
        )
