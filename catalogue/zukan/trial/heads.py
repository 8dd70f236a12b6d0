"""Which parts the head of a class has, by transformers' source, and whether a checkpoint has weights of them.

A head that a checkpoint lacks is filled with random numbers, and transformers answers all the same. The class is not
imported: that takes seconds. So only what its source says plainly is asked for, and in doubt nothing is missing.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from zukan.errors import HubError
from zukan.reading.safetensors_header import header_bytes
from zukan.trial import tables
from zukan.trial.files import Weights
from zukan.trial.source import Repository

_LAYERS = frozenset({"Linear", "Conv1d", "Conv2d", "ConvTranspose2d"})
"""Of torch.nn: what heads are made of. Drop-out, losses and activations have no weights."""
_HEAD_NAME = re.compile(r"\w*(?:Head|Heads|MLMHead|Classifier|PredictionHead|Predictor)s?")
"""Classes of transformers' own that have weights: those of heads. Others may be without."""
_HEAD_BYTES = 100_000
"""Holds the names of the tensors of most models up to a billion parameters."""
_MOST_HEADER_BYTES = 10**7
_LEAST_BYTES = 2**20
"""A smaller file is here as soon as its beginning."""
_DEPTH = 4
_SHARED = ("modeling_layers.py",)


def why_random(
    repository: Repository, weights: Weights | None, class_name: str | None, model_type: str, config: Mapping[str, Any]
) -> str | None:
    """Say that the head would be random, where the names of the tensors tell it before they are downloaded.

    Costs one request where the weights are one large file, two where it has very many tensors, and none where there is
    an index of them, or nothing to download.
    """
    if weights is None or class_name is None or not repository.missing(weights.names):
        return None
    names = _tensors(repository, weights)
    if not names:
        return None
    missing = missing_heads(class_name, model_type, names, config)
    if not missing:
        return None
    parts = ", ".join(missing)
    return f"the checkpoint has no weights for the head of {class_name} ({parts}): its answers will be random"


def _tensors(repository: Repository, weights: Weights) -> Iterable[str]:
    """Return the names of a checkpoint's tensors; nothing where only a download would tell them."""
    if weights.index is not None:
        found = repository.json_object(weights.index).get("weight_map")
        return found.keys() if isinstance(found, Mapping) else ()
    name = weights.names[0]
    if not weights.safetensors or (weights.size or 0) < _LEAST_BYTES:
        return ()
    try:
        # A look that fails is not worth a second one: the download itself will say what is wrong.
        start = repository.head(name, _HEAD_BYTES, attempts=1)
        length = header_bytes(start)
        if length > _MOST_HEADER_BYTES:
            return ()
        if len(start) < length + 8:
            start = repository.head(name, length + 8, attempts=1)
        header = json.loads(start[8 : 8 + length])
    except (HubError, OSError, ValueError, RecursionError):
        return ()
    return header.keys() - {"__metadata__"} if isinstance(header, dict) else ()


def missing_heads(class_name: str, model_type: str, names: Iterable[str], config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts of a class beside its body of which a checkpoint has no tensor.

    Args:
        class_name: The class that will be loaded.
        model_type: Its model type.
        names: The checkpoint's tensors.
        config: config.json.

    """
    source = _source(model_type)
    if source is None:
        return ()
    parts = {part for name in names for part in name.split(".")[:-1]}
    tied = _tied(class_name, source)
    unties = config.get("tie_word_embeddings") is False
    return tuple(part for part in _heads(class_name, source) if part not in parts and (part not in tied or unties))


def _heads(class_name: str, source: str, depth: int = _DEPTH) -> tuple[str, ...]:
    """Return the attributes with weights that a class's own `__init__` makes, without the body."""
    tree = _class(class_name, source)
    if tree is None:
        return ()
    start = _start(tree)
    if start is None:
        bases = (base.id for base in tree.bases if isinstance(base, ast.Name)) if depth else ()
        return next((found for base in bases if (found := _heads(base, source, depth - 1))), ())
    bodies = set(re.findall(r"^    base_model_prefix = \"(\w+)\"", source, re.MULTILINE))
    return tuple(name for name, value in _attributes(start) if name not in bodies and _has_weights(value))


def _attributes(function: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Yield what is always assigned to `self`, where it is made by a call."""
    for statement in function.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(value, ast.IfExp) and "num_labels" in ast.unparse(value.test):
            value = value.body  # nn.Linear(…) if config.num_labels > 0 else nn.Identity()
        is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        if is_own and isinstance(target, ast.Attribute) and isinstance(value, ast.Call):
            yield target.attr, value


def _leaves(path: str, call: ast.Call, source: str, depth: int = _DEPTH) -> Iterator[str]:
    """Yield where the layers with weights are in what a call makes."""
    made = call.func
    if isinstance(made, ast.Attribute):
        if made.attr in _LAYERS or made.attr == "LayerNorm":
            yield path
    elif isinstance(made, ast.Name) and depth and (start := _start(_class(made.id, source))) is not None:
        for name, value in _attributes(start):
            yield from _leaves(f"{path}.{name}", value, source, depth - 1)


def _start(tree: ast.ClassDef | None) -> ast.FunctionDef | None:
    parts = tree.body if tree is not None else []
    return next((part for part in parts if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)


def _has_weights(call: ast.Call) -> bool:
    made = call.func
    if isinstance(made, ast.Attribute):
        return isinstance(made.value, ast.Name) and made.value.id == "nn" and made.attr in _LAYERS
    return isinstance(made, ast.Name) and _HEAD_NAME.fullmatch(made.id) is not None


def _tied(class_name: str, source: str) -> frozenset[str]:
    """Return the attributes whose weight is that of the embeddings, which a checkpoint need not have twice."""
    tree = _class(class_name, source)
    keys: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_tied_weights_keys":
            keys.update(str(part.value) for part in ast.walk(node.value) if isinstance(part, ast.Constant))
    paths = {key.removesuffix(".weight") for key in keys}
    start = _start(tree)
    made = dict(_attributes(start)) if start is not None else {}
    leaves = {part: {*_leaves(part, call, source)} for part, call in made.items()}
    # Of a larger head only one weight is tied, and the others must be there.
    return frozenset(part for part, own in leaves.items() if own and own <= paths)


def _class(name: str, source: str) -> ast.ClassDef | None:
    for text in (source, _shared()):
        match = re.search(rf"^class {re.escape(name)}\b.*?(?=^[^\s)\]]|\Z)", text, re.MULTILINE | re.DOTALL)
        if match is not None:
            found = ast.parse(match[0]).body[0]
            return found if isinstance(found, ast.ClassDef) else None
    return None


@cache
def _shared() -> str:
    folder = tables.package_folder()
    return "".join((folder / name).read_text(encoding="utf-8") for name in _SHARED) if folder is not None else ""


@cache
def _source(model_type: str) -> str | None:
    """Return the source of the classes of a model type; None where it is not found."""
    folder = tables.package_folder()
    if folder is None:
        return None
    module = tables.values_in("models/auto/auto_mappings.py", "SPECIAL_MODEL_TYPE_TO_MODULE_NAME").get(model_type)
    plain = model_type.replace("-", "_")
    for name in (plain, module or plain):
        path = folder / "models" / (module or plain) / f"modeling_{name}.py"
        if re.fullmatch(r"\w+", name) and path.is_file():
            return path.read_text(encoding="utf-8")
    return None
