"""What the nodes of the cluster have, and what of it a model is given: cores, memory, a share of a graphics card."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ray

from zukan.cards import card_memory
from zukan.cluster.messages import ModelOrder
from zukan.errors import NoNodeFits
from zukan.fit import BASE_BYTES

_WORKER_BYTES = 128 * 2**20
"""The actor's own process, beside the trial's."""
_MOST_CORES = 4
"""More make one answer of a small model hardly quicker; other models, or other inputs of it, use them better."""
_SHARES = 8
"""A graphics card is shared in eighths."""
_TYPE = "accelerator_type:"


@dataclass(frozen=True, slots=True)
class Node:
    """One node that is alive."""

    cores: float
    memory: int
    """Bytes that Ray gives away on it."""
    cards: float
    card_bytes: int | None
    """Memory of one of its graphics cards; None = none, or not known."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker takes of its node."""

    cores: int
    memory: int
    cards: float = 0.0


def alive() -> list[Node]:
    """Return the nodes that are there now."""
    return [_node(row.get("Resources") or {}) for row in ray.nodes() if row.get("Alive")]


def share(order: ModelOrder, nodes: list[Node], models: int) -> Share:
    """Return what a worker for a model takes: the memory by the trial's estimate.

    Args:
        order: The model.
        nodes: Those there are.
        models: How many share the cluster.

    Raises:
        NoNodeFits: No node has that.

    """
    request = order.request
    need = (BASE_BYTES if order.need_bytes is None else order.need_bytes) + _WORKER_BYTES
    wants_card = request.device != "cpu" and (request.device is not None or any(node.cards for node in nodes))
    fitting = [node for node in nodes if not wants_card or node.cards >= 1]
    if not fitting:
        raise NoNodeFits(request.model, need, 0, "no node has a graphics card")
    if wants_card:
        # What is not known to be too small may be tried.
        fitting = [node for node in fitting if node.card_bytes is None or node.card_bytes >= need] or fitting
    largest = max(node.memory for node in fitting)
    if need > largest:
        raise NoNodeFits(request.model, need, largest)
    cores = int(sum(node.cores for node in nodes)) // max(models, 1)
    most = min(_MOST_CORES, int(max(node.cores for node in fitting if node.memory >= need)))
    return Share(max(1, min(cores, most)), need, _card_share(need, fitting) if wants_card else 0.0)


def _card_share(need: int, nodes: list[Node]) -> float:
    """Return the part of a card that a model takes, by the smallest card there is; all of one that is not known."""
    sizes = [node.card_bytes for node in nodes]
    if any(size is None for size in sizes):
        return 1.0
    smallest = min(size for size in sizes if size is not None)
    return min(1.0, math.ceil(_SHARES * need / smallest) / _SHARES)


def _node(resources: dict[str, float]) -> Node:
    kind = next((name.removeprefix(_TYPE) for name in resources if name.startswith(_TYPE)), None)
    return Node(
        resources.get("CPU", 0.0),
        int(resources.get("memory", 0)),
        resources.get("GPU", 0.0),
        card_memory(kind) if kind is not None else None,
    )
