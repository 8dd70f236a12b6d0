"""Vectors of texts, pooled exactly as the repository's sentence-transformers modules say, without that package."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head

_SHOWN_VALUES = 8
# sentence-transformers' switches in 1_Pooling/config.json, in the order in which it joins the vectors.
_POOLING_SWITCHES = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "Identity": lambda values: values,
    "Tanh": torch.tanh,
    "ReLU": torch.relu,
    "GELU": torch.nn.functional.gelu,
    "Sigmoid": torch.sigmoid,
}


@dataclass
class Encoder:
    """A model with its pooling, ready to turn texts into vectors."""

    loaded: Loaded
    modes: tuple[str, ...] = ("mean",)
    steps: list[Callable[[torch.Tensor], torch.Tensor]] = field(default_factory=list)
    prompt: str = ""
    include_prompt: bool = True
    lower_case: bool = False
    max_length: int | None = None

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """Return one vector for each text."""
        return torch.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> torch.Tensor:
        # One at a time: no padding, so no padding can leak into the pooling.
        tokenizer = self.loaded.tokenizer
        words = self.prompt + text.strip()
        words = words.lower() if self.lower_case else words
        count = len(tokenizer(words, verbose=False)["input_ids"])
        options: dict[str, Any] = {}
        if self.max_length is not None and count > self.max_length:
            self.loaded.warn(f"a text has {count} tokens and the model reads {self.max_length}: the rest was cut off")
            options = {"truncation": True, "max_length": self.max_length}
        encoded = self.loaded.to_device(tokenizer(words, return_tensors="pt", **options))
        states = check_finite(_states(self.loaded.forward(encoded))[0])
        mask = encoded["attention_mask"][0] if "attention_mask" in encoded else torch.ones(len(states))
        if self.prompt and not self.include_prompt:
            mask[: self._prompt_length()] = 0
        weights = mask.to(states.device, states.dtype)[:, None]
        vector = torch.cat([_pool(states, weights, mode) for mode in self.modes])
        for step in self.steps:
            vector = step(vector)
        return vector

    def _prompt_length(self) -> int:
        ids = self.loaded.tokenizer(self.prompt)["input_ids"]
        ends = (self.loaded.tokenizer.eos_token_id, self.loaded.tokenizer.sep_token_id)
        return len(ids) - (1 if ids and ids[-1] in ends else 0)


def feature_extraction(loaded: Loaded) -> Callable[[], Answer]:
    """Return the size, the length and the first values of a text's vector."""
    encoder = make_encoder(loaded)

    def run() -> Answer:
        vector = encoder.encode([loaded.job.text])[0]
        values = [round(value, 6) for value in vector[:_SHOWN_VALUES].tolist()]
        output = {"dimension": len(vector), "norm": float(vector.norm()), "values": values}
        shown = ", ".join(f"{value:.3f}" for value in values[:3])
        return Answer(output, f"{len(vector)} numbers: {shown} …", _asked(encoder))

    return run


def sentence_similarity(loaded: Loaded) -> Callable[[], Answer]:
    """Return how similar each of the other sentences is, the most similar first."""
    others = [text for text in loaded.job.compare_with if text.strip()]
    if not others:
        raise Failure("missing-option", "the sentences to compare the input with", option="--compare-with")
    encoder = make_encoder(loaded)

    def run() -> Answer:
        vectors = torch.nn.functional.normalize(encoder.encode([loaded.job.text, *others]), dim=-1)
        scores = (vectors[1:] @ vectors[0]).tolist()
        rows = [{"label": text, "score": score} for text, score in zip(others, scores, strict=True)]
        rows.sort(key=lambda row: -row["score"])
        return Answer(rows, str(rows[0]["label"]), {**_asked(encoder), "compare_with": others})

    return run


def make_encoder(loaded: Loaded) -> Encoder:
    """Read the repository's modules; a plain model is pooled by the mean, with a warning."""
    check_head(loaded)
    if loaded.config.is_encoder_decoder and hasattr(loaded.model, "get_encoder"):
        # The encoder alone makes the vectors: the decoder would ask for an input of its own.
        loaded.model = loaded.model.get_encoder()
    folder, root = Path(loaded.job.folder), Path(loaded.job.folder, loaded.job.root)
    encoder = Encoder(loaded, max_length=loaded.limit())
    if not loaded.job.modules:
        loaded.warn("the repository says nothing about pooling: the mean of the token vectors was taken")
        return encoder
    _read_settings(encoder, folder, root)
    for module in loaded.job.modules[1:]:
        kind = str(module.get("type", "")).rsplit(".", 1)[-1]
        path = folder / str(module.get("path", ""))
        if kind == "Pooling":
            settings = _json(path / "config.json")
            encoder.modes = _modes(settings)
            encoder.include_prompt = bool(settings.get("include_prompt", True))
        elif kind == "Dense":
            encoder.steps.append(_dense(path, loaded))
        elif kind == "Normalize":
            encoder.steps.append(lambda vector: torch.nn.functional.normalize(vector, dim=-1))
    return encoder


def _read_settings(encoder: Encoder, folder: Path, root: Path) -> None:
    for path in sorted(root.glob("sentence_*_config.json")):
        settings = _json(path)
        limit = settings.get("max_seq_length")
        if isinstance(limit, int):
            encoder.max_length = min(limit, encoder.max_length or limit)
        encoder.lower_case = bool(settings.get("do_lower_case"))
    settings = _json(folder / "config_sentence_transformers.json")
    prompts, name = settings.get("prompts") or {}, settings.get("default_prompt_name")
    if name in prompts:
        encoder.prompt = str(prompts[name])
    elif any(prompts.values()):
        encoder.loaded.warn(f"the model knows prompts ({', '.join(prompts)}); none was used")


def _modes(settings: dict[str, Any]) -> tuple[str, ...]:
    stated = settings.get("pooling_mode")
    if isinstance(stated, str):
        return (stated,)
    if isinstance(stated, list) and stated:
        return tuple(str(mode) for mode in stated)
    return tuple(mode for switch, mode in _POOLING_SWITCHES.items() if settings.get(switch)) or ("mean",)


def _pool(states: torch.Tensor, weights: torch.Tensor, mode: str) -> torch.Tensor:
    if mode == "cls":
        return states[int(weights[:, 0].argmax())]
    if mode == "max":
        return states.masked_fill(weights == 0, -1e9).max(0).values
    if mode == "lasttoken":
        return states[int(weights[:, 0].nonzero().max())]
    if mode == "weightedmean":
        weights = weights * torch.arange(1, len(states) + 1, device=states.device, dtype=states.dtype)[:, None]
    total, count = (states * weights).sum(0), weights.sum().clamp(min=1e-9)
    if mode in ("mean", "weightedmean"):
        return total / count
    if mode == "mean_sqrt_len_tokens":
        return total / count.sqrt()
    raise Failure("unloadable", f"its way of pooling runs only with the sentence-transformers package: {mode}")


def _dense(folder: Path, loaded: Loaded) -> Callable[[torch.Tensor], torch.Tensor]:
    settings = _json(folder / "config.json")
    name = str(settings.get("activation_function", "torch.nn.modules.activation.Tanh")).rsplit(".", 1)[-1]
    if name not in _ACTIVATIONS:
        raise Failure("unloadable", f"its dense layer runs only with the sentence-transformers package: {name}")
    file = folder / "model.safetensors"
    weights = (
        load_file(file)
        if file.exists()
        else torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    )
    matrix = weights["linear.weight"].to(loaded.device).float()
    bias = weights["linear.bias"].to(loaded.device).float() if "linear.bias" in weights else None
    return lambda vector: _ACTIVATIONS[name](torch.nn.functional.linear(vector, matrix, bias))


def _states(output: Any) -> torch.Tensor:
    states = getattr(output, "last_hidden_state", None)
    if states is None:
        raise Failure("wrong-task", "the model gives no vectors of its tokens")
    return states


def _asked(encoder: Encoder) -> dict[str, Any]:
    asked = {"text": encoder.loaded.job.text}
    return {**asked, "prompt": encoder.prompt} if encoder.prompt else asked


def _json(path: Path) -> dict[str, Any]:
    values = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return values if isinstance(values, dict) else {}
