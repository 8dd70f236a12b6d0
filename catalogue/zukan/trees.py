"""Tells which models are one family tree: a base model with its copies, sizes apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from zukan.schema import MOST_KEPT, Prospect

_COPIES = ("quantized", "adapter")
_SMALLER = 0.75
"""A model with less of its base's parameters is another size: distilled, or with layers taken away."""
_PIECE = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_SIZE = re.compile(r"(?:^|(?<=[-_. ]))(?:\d+x)?\d+(?:\.\d+)?[bmk](?=$|[-_. ])", re.IGNORECASE)
_MARK, _MARK_KEPT = re.compile(r"[-_ ]"), re.compile(r"([-_ ])")
_VERSION = re.compile(r"v\d{1,2}(?:\.\d{1,2}){0,2}")
_TUNED = frozenset({"instruct", "it", "chat", "sft", "dpo", "rlhf", "assistant"})
"""Words of the names of language models that were taught to answer, beside their base that only goes on with a text."""
TAUGHT = frozenset({"text-generation", "image-text-to-text"})
"""Tasks for which what was taught to answer stands for its tree: whoever wants to go on training knows the base."""
_SIZE_WORDS = frozenset(
    {"tiny", "mini", "nano", "micro", "small", "medium", "base", "large", "big", "huge", "giant", "xs", "xl", "xxl"}
)


def roots(models: Iterable[Prospect], known: Mapping[str, Prospect]) -> dict[str, str]:
    """Return the root of the family tree of each model: id → id in lower case.

    A copy is of the tree of its base: quantised, an adapter, or with a name that holds that of its base. Whoever trains
    a model further under a name of his own, or makes it smaller, makes something new. What several authors call by the
    same name is one tree, base or not: mirrors seldom say what they mirror. So are a language model and what its author
    taught to answer under the same name: `Qwen2.5-7B-Instruct`.

    Args:
        models: Whose roots are wanted.
        known: Models by their id in lower case, their bases among them where they are known.

    """
    models = list(models)
    found, named = {}, dict[str, str]()
    for model in models:
        root = _root(model, known)
        found[model.model_id] = named.setdefault(root.rpartition("/")[2], root)
    of_ids = {model_id.lower(): root for model_id, root in found.items()}
    return {
        model_id: of_ids.get(_untaught(model_id), root) if is_taught(model_id) else root
        for model_id, root in found.items()
    }


@lru_cache(maxsize=MOST_KEPT)
def is_taught(model_id: str) -> bool:
    """Whether the name of a language model says that it was taught to answer."""
    return not _TUNED.isdisjoint(_MARK.split(model_id.rpartition("/")[2].lower()))


def _untaught(model_id: str) -> str:
    """Return the id of what a model was before its author taught it to answer, as its name has it, in lower case."""
    author, _, name = model_id.lower().rpartition("/")
    words = _MARK_KEPT.split(name)
    # Each word with what divides it from the one before.
    kept = [mark + word for mark, word in zip(["", *words[1::2]], words[::2], strict=True) if word not in _TUNED]
    return f"{author}/{''.join(kept)}"


def _root(model: Prospect, known: Mapping[str, Prospect]) -> str:
    seen = {model.model_id.lower()}
    name = model.model_id
    while model.base_models:
        base = model.base_models[0]
        if base.lower() in seen or not _is_copy(model, base, known.get(base.lower())):
            break
        seen.add(base.lower())
        name = base
        if base.lower() not in known:
            break
        model = known[base.lower()]
    return name.lower()


def _is_copy(model: Prospect, base: str, of: Prospect | None) -> bool:
    if model.base_relation in _COPIES:
        return True
    if of and model.num_parameters and of.num_parameters and model.num_parameters < of.num_parameters * _SMALLER:
        return False
    own, theirs = _short(model.model_id), _short(base)
    return bool(theirs) and theirs in own


def _short(model_id: str) -> str:
    return "".join(_PIECE.findall(model_id.rpartition("/")[2].lower()))


@lru_cache(maxsize=MOST_KEPT)
def series(model_id: str) -> tuple[str, str]:
    """Return what sizes and versions of one model have in common, and what says its size.

    The first is its author, and its name without sizes and versions.
    """
    author, _, name = model_id.lower().rpartition("/")
    words = [word for word in _MARK.split(_SIZE.sub("", name)) if word and not _VERSION.fullmatch(word)]
    sizes = [*(match[0] for match in _SIZE.finditer(name)), *(word for word in words if word in _SIZE_WORDS)]
    return f"{author}/{'-'.join(word for word in words if word not in _SIZE_WORDS)}", "-".join(sizes)
