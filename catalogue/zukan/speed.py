"""Estimates how fast a model writes on a machine: each token reads all weights that work, so memory is what bounds it.

tokens a second <= bytes a second that the memory gives / bytes of the weights. It is a bound: kernels, caches and
conversions cost time too.
"""

from __future__ import annotations

import re
from functools import cache

from zukan.advice import Fit, Hardware, Task
from zukan.hardware import copied_bytes_per_second, identity
from zukan.kept import best_of
from zukan.schema import Family, Prospect

FLOOR = 1.0
"""Tokens a second: nobody reads on what comes slower."""
_WRITES = (Family.DECODER_ONLY, Family.SEQ2SEQ)
_WRITERS = ("CausalLM", "Seq2SeqLM", "SpeechSeq2Seq", "ImageTextToText", "MultimodalLM")
"""How the Auto classes end whose models write text."""
_AT_WORK = re.compile(r"(?:^|[-_.])a(\d{1,3}(?:\.\d{1,2})?)b(?:$|[-_.])", re.IGNORECASE)
"""How many parameters work at a time, as names of mixtures of experts state it: 30B-A3B."""

# Types of which each token passes through some experts only: all of transformers 5.23 whose configuration names them,
# apart from those that say `moe` themselves.
_EXPERTS = frozenset(
    {
        "aria", "axk1", "axk2", "bailing_hybrid", "beam", "dbrx", "deepseek_ocr2", "deepseek_v2", "deepseek_v3",
        "deepseek_v32", "deepseek_v4", "diffusion_gemma", "doge", "dots1", "dots3_note", "flex_olmo", "flint", "gemma4",
        "glm5_next", "gpt_oss", "hy_v3", "hy_v4", "inkling", "inkling2", "jamba", "kimi_linear", "kolibri1", "laguna",
        "llama4", "longcat_flash", "mellum", "mimo_v2_flash", "minimax", "minimax_m2", "minimax_m3_vl", "mistral4",
        "mistral_large4", "mixtral", "muse_spark", "nemotron_h", "qwen3_next", "qwen4_exp", "solar_open", "step3p5",
        "step3p7", "switch_transformers", "unlimited_ocr", "zaya",
    }
)  # fmt: skip


def writes(model: Prospect, task: Task) -> bool:
    """Whether a model answers a task with text, token by token."""
    return model.family in _WRITES and (task.auto_class or "").endswith(_WRITERS)


def bandwidth(hardware: Hardware) -> tuple[int | None, str]:
    """Return how many bytes a second a machine's memory gives, and on what that stands; None where nothing tells."""
    if hardware.bandwidth_bytes is not None:
        return hardware.bandwidth_bytes, hardware.bandwidth_basis
    if hardware.here and hardware.accelerator is None:
        rate, times = _copied()
        if times == 1:
            return rate, "memory copied here just now"
        return rate, f"memory copied here, the fastest of {times} times"
    return None, ""


@cache
def _copied() -> tuple[int, int]:
    """Return the bytes a second that this machine's memory gave at best, and how often that was measured."""
    return best_of("memory-speed", identity(), copied_bytes_per_second)


def with_speed(fit: Fit, model: Prospect, rate: int | None, basis: str) -> Fit:
    """Return a fit with the speed that memory allows, where it can be told.

    Args:
        fit: What the model needs; a measured speed stays.
        model: The model.
        rate: Bytes a second that the memory gives.
        basis: On what that stands.

    """
    if fit.tokens_per_second is not None or rate is None or not fit.file_bytes:
        return fit
    share = _share_at_work(model)
    if share is None:
        return fit
    text = f"at most, since {rate / 1e9:.0f} GB/s of memory ({basis}) read the weights for each token"
    return fit._replace(tokens_per_second=rate / (fit.file_bytes * share), speed_basis=text)


def is_slow(fit: Fit) -> bool:
    """Whether a model is expected to write too slowly to be read."""
    return fit.tokens_per_second is not None and fit.tokens_per_second < FLOOR


def _share_at_work(model: Prospect) -> float | None:
    """Return which share of the weights a token reads; None for a mixture of experts that does not say it."""
    stated = _AT_WORK.search(model.model_id.rpartition("/")[2])
    if stated and model.num_parameters:
        return min(float(stated[1]) * 1e9 / model.num_parameters, 1.0)
    kind = model.model_type or ""
    return None if "moe" in kind or kind in _EXPERTS or re.search(r"\d{1,3}x\d", model.model_id) else 1.0
