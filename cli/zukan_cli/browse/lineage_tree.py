"""The family tree of one model: what it was made from, and what was made from it, by how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zukan.errors import QuestionError
from zukan_cli.browse.visit import encoded
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.catalogue import Catalogue
    from zukan.outcomes import ModelCard
    from zukan.schema import Hit

_GENERATIONS = 4
_CHILDREN, _PER_RELATION = 40, 5


def tree(catalogue: Catalogue, card: ModelCard) -> dict[str, Any]:
    """Return the ancestors, eldest first, and the children by how they were made."""
    record = card.record
    relations: dict[str, list[dict[str, Any]]] = {}
    for hit in _children(catalogue, record.model_id) if card.copies else ():
        made = relations.setdefault(str(hit.record.base_relation or ""), [])
        if len(made) < _PER_RELATION:
            made.append(_leaf(hit))
    return {
        "ancestors": _ancestors(catalogue, card),
        "relation": relation_name(record.base_relation),
        "children": [(relation_name(name), leaves) for name, leaves in relations.items()],
        "copies": card.copies,
        "all": f"/search?{encoded([('q', _query(record.model_id))])}",
    }


def relation_name(relation: str | None) -> str:
    """Return how one model was made from another, in words."""
    return {
        "finetune": _("fine-tuned"), "adapter": _("adapter"), "quantized": _("quantised"), "merge": _("merged"),
    }.get(relation or "", relation or _("how is not stated"))  # fmt: skip


def _ancestors(catalogue: Catalogue, card: ModelCard) -> list[list[dict[str, Any]]]:
    """Return the generations before a model, the eldest first."""
    if not card.record.base_models:
        return []
    generations = catalogue.ancestors(card.record.model_id, _GENERATIONS)
    return [
        [_leaf(hit) if hit else {"id": name, "family": None, "known": False} for name, hit in generation]
        for generation in reversed(generations)
    ]


def _leaf(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.record.model_id,
        "family": str(hit.tag.family),
        "downloads": hit.record.downloads,
        "known": True,
    }


def _query(model_id: str) -> str:
    name = model_id.replace('"', "")
    return f'base:"{name}"'


def _children(catalogue: Catalogue, model_id: str) -> tuple[Hit, ...]:
    try:
        return catalogue.search(_query(model_id), limit=_CHILDREN).hits
    except QuestionError:
        return ()
