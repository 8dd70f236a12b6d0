"""What a model needs for a short trial, against what a machine has. Estimates, and they say on what they stand."""

from __future__ import annotations

from functools import lru_cache

from zukan.advice import Fit, Hardware, Verdict
from zukan.exclusions import OTHER_FORMAT, QUANTISED
from zukan.schema import MOST_KEPT, Family, Prospect
from zukan.size_in_name import parameters_in_name
from zukan.store.wording import name_words

MIB = 2**20
BASE_BYTES = 350 * MIB
"""A Python process with torch and transformers imported: measured 331–361 MiB resident on Linux, CPU."""
BASE_PRIVATE_BYTES = 260 * MIB
_WORKING_SHARE = 0.05
"""Activations and cache of a short input; the exact shape is not in the Hub's listing."""
_WORKING_MIN = 64 * MIB
_COMFORTABLE = 0.8
_HALF_PRECISION_FROM = 600_000_000


_COMPRESSED = (QUANTISED, OTHER_FORMAT)
_FOUR_DIGITS = 999.5
_GGUF_COUNT = "Hub: gguf"
_COUNTED_WHOLE = (_GGUF_COUNT, "name", "stated: rounded")
_Q4_K_M = 4.85
"""Bits of a weight in the usual file of a GGUF repository, as the table of llama.cpp's `quantize` says."""
_WIDTHS = {
    4.5: frozenset(("4bit", "awq", "gptq", "int4", "q4", "w4a16")),
    8.5: frozenset(("8bit", "int8", "fp8", "q8")),
}
"""Bits of a weight with its share of the scales → the words of a name that say so."""


_PACKED = {"mxfp4": 5.0, "fp8": 8.1}
"""Tag of the format that a model was published in → bits of a weight on disk, with its scales and with the layers that
stay whole: gpt-oss-20b and -120b take 5.1 and 4.5, DeepSeek-V3 8.04."""
_STORED = "Hub: safetensors"


@lru_cache(maxsize=MOST_KEPT)
def weights(
    stated_bytes: int | None, num_parameters: int | None, source: str | None, family: str
) -> tuple[int | None, str]:
    """Return the size of a model's weights on disk and in memory, and on what the figure stands."""
    if stated_bytes and "header" in (source or ""):
        return stated_bytes, f"weights as the header of their file says, read {(source or '')[-10:]}"
    if stated_bytes:
        return stated_bytes, "weights by dtype as stated by the Hub"
    if not num_parameters:
        return None, "unknown size"
    # Large decoders are published in 16 bit nearly always; the rest of the Hub still in 32.
    width = 2 if family == Family.DECODER_ONLY and num_parameters >= _HALF_PRECISION_FROM else 4
    return num_parameters * width, f"{counted(num_parameters)} parameters ({source}) x {width} bytes (assumed)"


def counted(number: int) -> str:
    """Return a number of parameters as people say it: 22.7M, 7.62B, 1.6T."""
    unit, name = (1e12, "T") if number >= 10**12 else (1e9, "B") if number >= 10**9 else (1e6, "M")
    value = number / unit
    return f"{value:.3g}{name}" if value < _FOUR_DIGITS else f"{value:,.0f}{name}"


def estimate(model: Prospect, hardware: Hardware) -> Fit:
    """Estimate what a short trial of a model needs on a machine.

    The formula is base + weights + working memory. safetensors weights are memory-mapped, so the part that
    must stay in memory (`private_bytes`) is smaller than the peak.
    """
    if model.exclusion in _COMPRESSED and not model.weight_bytes:
        if (found := _compressed(model)) is not None:
            least, said, is_least = found
            fit = _needs(least, said, hardware)
            # What is too large at the least is too large; else nothing is known.
            if not is_least or fit.verdict is Verdict.TOO_LARGE:
                return fit
        return Fit(Verdict.UNKNOWN, None, None, None, None, "unknown size: quantised, and its width is not stated")
    size, basis = weights(model.weight_bytes, model.num_parameters, model.parameters_source, model.family)
    if size is None:
        return Fit(Verdict.UNKNOWN, None, None, None, None, basis)
    if (packed := _packed(model)) is None:
        return _needs(size, basis, hardware)
    fetched, said = packed
    if hardware.accelerator == "cuda":
        return _needs(fetched, said, hardware)
    # Without a card that computes with so few bits transformers unpacks them.
    return _needs(size, basis, hardware)._replace(download_bytes=fetched)


def _packed(model: Prospect) -> tuple[int, str] | None:
    """Return the size on disk of weights that their authors published in few bits, and on what it stands."""
    number = model.num_parameters
    if not number or model.weight_bytes or model.parameters_source != _STORED:
        return None
    tag = next((tag for tag in _PACKED if tag in model.tags), None)
    if tag is None:
        return None
    size = int(number * _PACKED[tag] / 8)
    return size, f"{counted(number)} parameters ({_STORED}) x {_PACKED[tag]:g} bits ({tag})"


def _compressed(model: Prospect) -> tuple[int, str, bool] | None:
    """Return the size of weights of few bits, on what it stands, and whether it is the least; None where nothing tells.

    What is counted in packed weights is no number of parameters, but no more than that: the name goes before it.
    """
    number, source = model.num_parameters, model.parameters_source
    whole = source in _COUNTED_WHOLE
    named = None if whole else parameters_in_name(model.model_id)[0]
    if named:
        number, source, whole = named, "name", True
    if not number:
        return None
    name = name_words(model.model_id)
    width = next((bits for bits, words in _WIDTHS.items() if not words.isdisjoint(name)), None)
    if source == _GGUF_COUNT or "gguf" in name:
        bits, kind = _Q4_K_M, "Q4_K_M"
    else:
        bits, kind = (width, "as its name says") if width else (min(_WIDTHS), "at the least")
        whole = whole and width is not None
    return int(number * bits / 8), f"{counted(number)} parameters ({source}) x {bits:g} bits ({kind})", not whole


def _needs(size: int, basis: str, hardware: Hardware) -> Fit:
    working = max(int(size * _WORKING_SHARE), _WORKING_MIN)
    peak = BASE_BYTES + size + working
    private = BASE_PRIVATE_BYTES + working
    verdict = judge(peak, private, hardware)
    return Fit(
        verdict=verdict,
        peak_bytes=peak,
        private_bytes=private,
        file_bytes=size,
        download_bytes=size,
        basis=f"estimate: {basis} + {BASE_BYTES // MIB} MiB for Python, torch and transformers + working memory",
    )


def judge(peak: int, private: int, hardware: Hardware) -> Verdict:
    """Return whether a process of that peak and private memory fits a machine.

    Memory-mapped weights may be paged out, so only the private part must fit what is free now; but a model larger
    than all the memory would read its weights from disk again for every token.
    """
    available, total = hardware.available_bytes, hardware.memory_bytes
    if available is None:
        return Verdict.UNKNOWN
    if private > available or peak > (total or available):
        return Verdict.TOO_LARGE
    return Verdict.FITS if peak <= available * _COMFORTABLE else Verdict.TIGHT
