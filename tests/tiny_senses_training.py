"""What the builders of stand-ins beyond text share: training on tensors, and writing repositories without a tokenizer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from data.model_training import write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fit_batches(model: Any, loss: Callable[[int], Any], *, steps: int, rate: float = 3e-3, more: Any = ()) -> float:
    """Train: `loss(step)` computes the loss of one batch; returns the last one. The model stays in evaluation mode."""
    model.eval()
    optimiser = torch.optim.AdamW([*model.parameters(), *more], lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.2)
    value = torch.zeros(())
    for step in range(steps):
        value = loss(step)
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return float(value.detach())


def save_parts(folder: Path, model: Any, *parts: Any) -> None:
    """Write a model with its processors and tokenizers."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in (model, *parts):
        part.save_pretrained(folder)
    import json

    path = folder / "config.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content.pop("transformers_version", None)
    write_json(path, content)


def labels(names: Any) -> dict[str, Any]:
    """Return the two tables of label names that a configuration takes."""
    return {"id2label": dict(enumerate(names)), "label2id": {name: number for number, name in enumerate(names)}}
