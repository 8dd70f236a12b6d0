"""Says which tasks a model can be tried at, from what the catalogue holds of it: nothing of it is fetched for that."""

from __future__ import annotations

import json
from functools import lru_cache

from zukan.errors import MissingExtra
from zukan.schema import ModelRecord
from zukan.store.wording import words_of_model
from zukan.trial.abilities import ALIASES, SUPPORTED_TASKS, Model, abilities
from zukan.trial.builtin import Builtin
from zukan.trial.tables import load_tables

_MODULES = "sentence-transformers"
_OTHER_LOADERS = frozenset({"peft", "adapter-transformers", "diffusers", "gguf", "llama.cpp", "mlx", "timm"})
"""Libraries whose models are not what the class in a config says alone, or that have no such config."""
_BY_LABELS = {
    "zero-shot-classification": frozenset(("nli", "mnli", "xnli", "anli", "snli", "jnli", "zeroshot", "entailment")),
    "text-ranking": frozenset(("rerank", "reranker", "ranker", "marco", "msmarco", "crossencoder")),
}
"""What a classifier does with fit labels, which the catalogue does not hold, and what the names of such models say."""


def offered(record: ModelRecord) -> tuple[str, ...] | None:
    """Return the tasks that a model can be tried at, the likeliest first; None where what is stored does not say.

    A trial reads the whole configuration and has the last word.
    """
    if record.model_type is None or record.library_name in _OTHER_LOADERS:
        return None
    has_modules = record.library_name == _MODULES or _MODULES in record.tags
    try:
        can = _can(record.model_type, next(iter(record.architectures), None), has_modules)
    except MissingExtra:
        return None
    if can is None:
        return None
    said = words_of_model(record.model_id)
    if "text-classification" in can:
        can += tuple(task for task, signs in _BY_LABELS.items() if not signs.isdisjoint(said))
    filed = ALIASES.get(record.pipeline_tag or "", record.pipeline_tag)
    by_labels = filed in _BY_LABELS and "text-classification" in can
    # Of a model type alone it is not known which head a model has; whoever filed it knew.
    by_type = not record.architectures and filed in SUPPORTED_TASKS
    own = (filed,) if filed is not None and (filed in can or by_labels or by_type) else ()
    return tuple(dict.fromkeys((*own, *can)))


def offered_by_builtin(builtin: Builtin) -> tuple[str, ...] | None:
    """Return the tasks that a miniature can be tried at, the likeliest first."""
    try:
        config = json.loads((builtin.folder / "config.json").read_bytes())
        can = _can(config["model_type"], next(iter(config["architectures"]), None), has_modules=False)
    except (MissingExtra, OSError, ValueError, KeyError):
        return None
    return can and tuple(dict.fromkeys((builtin.task, *can)))


@lru_cache(maxsize=1_000)
def _can(model_type: str, architecture: str | None, has_modules: bool) -> tuple[str, ...] | None:
    known = load_tables()
    if model_type not in known.model_types:
        return None  # Code of its own decides.
    config = {"model_type": model_type, "architectures": [architecture] if architecture else []}
    return abilities(Model(config, model_type, has_modules), known)
