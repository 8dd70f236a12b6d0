"""How much memory a trial needs, and whether this machine has it: asked before anything is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.advice import Hardware
from zukan.errors import NotEnoughMemory
from zukan.outcomes import TrialRequest
from zukan.trial import estimate
from zukan.trial.abilities import GENERATING_TASKS
from zukan.trial.estimate import Need
from zukan.trial.files import Selection
from zukan.trial.plan import Plan

_DTYPE_BYTES = {"float64": 8.0, "float32": 4.0, "float16": 2.0, "bfloat16": 2.0}


def check_memory(request: TrialRequest, model_id: str, plan: Plan, hardware: Hardware) -> tuple[str, ...]:
    """Compare the estimate with what is available, and return what is worth a warning.

    Weights are mapped files, which the system can page out, so only the private part must fit what is free now; but a
    model larger than all the memory would read its weights from disk again for every token.

    Raises:
        NotEnoughMemory: It would not fit.

    """
    peak = plan.estimated_bytes
    if peak is None or _on_accelerator(request, hardware):
        return ()
    need = estimated_need(request, plan.config, plan.selection, plan.task, plan.input_limit, plan.tokenizer_bytes)
    private = need.private if need is not None else 0
    # A limit that the user sets is also leave to go that far, whatever is free now.
    allowed = hardware.available_bytes if request.memory_limit_bytes is None else request.memory_limit_bytes
    if allowed is not None and private > allowed:
        raise NotEnoughMemory(model_id, private, allowed)
    total = hardware.memory_bytes
    if total is not None and peak > max(total, request.memory_limit_bytes or 0):
        raise NotEnoughMemory(model_id, peak, total)
    if hardware.available_bytes is not None and peak > hardware.available_bytes:
        return ("the weights do not fit the memory that is free now: expect it to be slow",)
    return ()


def estimated_need(
    request: TrialRequest,
    config: Mapping[str, Any],
    selection: Selection,
    task: str,
    input_limit: int | None = None,
    tokenizer_bytes: int | None = None,
) -> Need | None:
    """Estimate what a trial needs; None where the size of the weights is not known."""
    if selection.weights is None or selection.weights.size is None:
        return None
    tokens, new_tokens = _token_counts(request, task, config, input_limit)
    need = estimate.estimate(
        config,
        selection.weights.size,
        tokens=tokens,
        new_tokens=new_tokens,
        dtype_bytes=_dtype_bytes(config),
        over_vocabulary=task == "fill-mask" or task in GENERATING_TASKS,
        tokenizer_bytes=tokenizer_bytes,
    )
    unpacked = selection.unpacked_bytes or 0
    return Need(peak=need.peak + unpacked, private=need.private + unpacked)


def _token_counts(
    request: TrialRequest, task: str, config: Mapping[str, Any], input_limit: int | None
) -> tuple[int, int]:
    """Guess the tokens of the input: a third of its letters, or all of them in scripts without spaces.

    What is beyond the model's or the tokenizer's limit is cut off before it is read.
    """
    text = " ".join(part for part in (request.text, request.context) if part)
    letters = len(text) if not text.isascii() else len(text) // 3
    limits = [limit for limit in (estimate.position_limit(config), input_limit) if limit]
    tokens = max(8, min([letters, *limits]))
    return tokens, request.max_new_tokens if task in GENERATING_TASKS else 0


def _dtype_bytes(config: Mapping[str, Any]) -> float:
    name = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    return _DTYPE_BYTES.get(name.removeprefix("torch."), 4.0)


def _on_accelerator(request: TrialRequest, hardware: Hardware) -> bool:
    """Tell whether the weights go to a card of its own memory; Apple's shares the machine's."""
    device = request.device or hardware.accelerator or "cpu"
    return device.split(":")[0] not in ("cpu", "mps")
