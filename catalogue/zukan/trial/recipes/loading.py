"""Loads a model and its tokenizer, and keeps what is common to all recipes: device, limits, guards."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers

# Half of the import time, which passes here while the download runs, and not later as a part of loading.
import transformers.modeling_utils
import transformers.models.auto.modeling_auto
import transformers.models.auto.tokenization_auto

from zukan.trial.failures import Failure, LoadFailure
from zukan.trial.job import Job
from zukan.trial.senses import SENSES

# Their first position is that of the padding token plus one, so two fewer tokens fit than positions.
_OFFSET_POSITIONS = frozenset(
    {
        "roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "roberta-prelayernorm", "longformer", "mpnet",
        "data2vec-text", "ibert", "luke", "mluke", "xmod",
    }
)  # fmt: skip
_RELATIVE_POSITIONS = frozenset({"t5", "mt5", "umt5", "longt5", "switch_transformers", "xlnet", "bloom"})
_NO_LIMIT = 10**9
_FEW_TOKENS = 2
_LAYER = re.compile(r"^(.*?\.)(\d+)\.")
"""What the name of a weight in one of many equal layers begins with."""


@dataclass
class Answer:
    """What a recipe found out."""

    output: Any
    text: str | None
    input: Mapping[str, Any]
    new_tokens: int | None = None
    sound_seconds: float | None = None
    """Length of the sound that was heard or made."""


@dataclass
class Loaded:
    """A model ready to answer, and the job it is for."""

    job: Job
    model: Any
    tokenizer: Any
    """None for a model that reads no text."""
    device: torch.device
    missing_keys: tuple[str, ...] = ()
    """Weights of the class that the checkpoint lacks: they were filled at random."""
    warnings: list[str] = field(default_factory=list)
    processor: Any = None
    """What makes pictures or sounds fit for the model; None for a model of texts."""

    @property
    def config(self) -> Any:
        """The model's configuration."""
        return self.model.config

    @property
    def num_parameters(self) -> int:
        """Parameters of the model as loaded."""
        return int(self.model.num_parameters())

    def warn(self, text: str) -> None:
        """Note something the user should know, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def synchronize(self) -> None:
        """Wait for the accelerator, so that a clock shows the work and not its start."""
        if self.device.type != "cpu":
            torch.accelerator.synchronize()

    def limit(self) -> int | None:
        """Return how many tokens the model can read, if there is a limit."""
        limits = [self.tokenizer.model_max_length]
        config = self.config.get_text_config()
        if config.model_type not in _RELATIVE_POSITIONS:
            positions = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
            if isinstance(positions, int) and positions > 0:
                limits.append(positions - 2 if config.model_type in _OFFSET_POSITIONS else positions)
        limit = min(limits)
        return int(limit) if limit < _NO_LIMIT else None

    def count(self, *texts: str) -> int:
        """Return how many tokens a text (or a pair) has."""
        count = len(self.tokenizer(*texts, verbose=False)["input_ids"])
        if count == 0:
            raise Failure("unusable-input", "the tokenizer makes no token of this input")
        return count

    def encode(self, *texts: str, **options: Any) -> Any:
        """Turn one text (or a pair) into tensors, cut to what the model can read, with a warning."""
        limit, count = self.limit(), self.count(*texts)
        if limit is not None and count > limit:
            self.warn(f"the input has {count} tokens and the model reads {limit}: the rest was cut off")
            options |= {"truncation": True, "max_length": limit}
        return self.to_device(self.tokenizer(*texts, return_tensors="pt", **options))

    def to_device(self, encoded: Any) -> Any:
        """Move the tensors of an encoding to the model's device."""
        return encoded.to(self.device)

    def forward(self, encoded: Mapping[str, Any]) -> Any:
        """Run the model once, and return its output."""
        # Tokenizers and models of one repository do not always agree about token_type_ids.
        accepted = self.tokenizer.model_input_names
        inputs = {name: value for name, value in encoded.items() if name in accepted}
        with torch.inference_mode():
            return self.model(**inputs)


def load(values: Mapping[str, Any]) -> Loaded:
    """Load what a job names.

    Raises:
        LoadFailure: Around whatever transformers raised.
        Failure: Something is wrong that transformers does not notice.

    """
    job = Job(**values)
    transformers.utils.logging.disable_progress_bar()
    folder = Path(job.folder, job.root)
    device = _device(job.device)
    trust = {"trust_remote_code": job.trust_remote_code, "local_files_only": True}
    arguments: dict[str, Any] = {
        **trust,
        "dtype": "auto",
        "use_safetensors": job.use_safetensors,
        "output_loading_info": True,
    }
    try:
        tokenizer_arguments: dict[str, Any] = dict(trust)
        if job.model_type is not None:
            settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            settings.pop("model_type", None)
            config = transformers.AutoConfig.for_model(job.model_type, **settings)
            arguments["config"] = tokenizer_arguments["config"] = config
        if job.gguf_file is not None:
            arguments["gguf_file"] = tokenizer_arguments["gguf_file"] = job.gguf_file
        readers = SENSES[job.task].readers if job.task in SENSES else ("AutoTokenizer",)
        tokenizer, processor = load_readers(folder, readers, tokenizer_arguments)
        model, information = getattr(transformers, job.auto_class).from_pretrained(str(folder), **arguments)
        if job.adapter is not None:
            model = importlib.import_module("peft").PeftModel.from_pretrained(model, job.adapter)
        model = model.to(device).eval()
    except Exception as error:
        raise LoadFailure(folder, job.gguf_file) from error
    missing = tuple(sorted(information["missing_keys"]))
    loaded = Loaded(job, model, tokenizer, device, missing, processor=processor)
    _check_layers(loaded, information["unexpected_keys"])
    if job.task not in SENSES:
        _check_tokenizer(loaded)
    return loaded


def feed(loaded: Loaded, inputs: Mapping[str, Any]) -> Any:
    """Run the model once on the tensors of a picture or sound, and of what goes with it."""
    with torch.inference_mode():
        return loaded.model(**on_device(loaded, inputs))


def on_device(loaded: Loaded, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tensors of an input on the model's device, and the real numbers among them in its type."""
    moved = {}
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor):
            real = value.is_floating_point()
            moved[name] = value.to(loaded.device, loaded.model.dtype) if real else value.to(loaded.device)
    return moved


def load_readers(folder: Path, readers: Sequence[str], arguments: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the tokenizer, and what makes pictures or sounds fit for the model; None for what the task has not."""
    tokenizer = processor = None
    for reader in readers:
        read = getattr(transformers, reader).from_pretrained(str(folder), **arguments)
        if reader == "AutoTokenizer":
            tokenizer = read
        else:
            processor = read
    if "AutoProcessor" in readers:
        tokenizer = getattr(processor, "tokenizer", None)
        if tokenizer is None or getattr(processor, "image_processor", None) is None:
            # A repository without a processor of its own: AutoProcessor then returns one of the halves.
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **arguments)
            processor = transformers.AutoImageProcessor.from_pretrained(str(folder), **arguments)
    return tokenizer, processor


def check_head(loaded: Loaded, harmless: str = "pooler") -> None:
    """Warn of weights that the checkpoint lacks: the answer then is chance, and transformers says nothing."""
    missing = [name for name in loaded.missing_keys if harmless not in name]
    if missing:
        names = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        if all(map(_LAYER.match, missing)):
            loaded.warn(
                f"untrained layers: the checkpoint lacks {len(missing)} weights ({names}); the answer is random"
            )
        else:
            loaded.warn(f"untrained head: the checkpoint lacks {len(missing)} weights ({names}); the answer is random")


def note_emptiness(loaded: Loaded, answer: str, steps: int) -> None:
    """Warn of an answer without a word, by how many tokens were written: two end one, or begin and end it."""
    if answer.strip():
        return
    if steps <= _FEW_TOKENS:
        loaded.warn("the model ended its answer at once: it has nothing to say to this input")
    else:
        loaded.warn(f"the model wrote {steps} tokens that stand for no text")


def check_finite(scores: torch.Tensor) -> torch.Tensor:
    """Return the scores in 32 bit, or refuse them if they are not numbers."""
    scores = scores.float()
    if not bool(torch.isfinite(scores).any(dim=-1).all()) or bool(torch.isnan(scores).any()):
        raise Failure("run-failed", "the model computes NaN: its weights are damaged, or overflow their number type")
    return scores


def ranked(scores: torch.Tensor, names: Mapping[int, str], top_k: int) -> list[dict[str, Any]]:
    """Return the best labels with their scores."""
    values, indices = scores.topk(min(top_k, scores.shape[-1]))
    pairs = zip(values.tolist(), indices.tolist(), strict=True)
    return [{"label": names.get(index, str(index)), "score": value} for value, index in pairs]


def _layer(name: str, model: Any) -> tuple[str, int] | None:
    """Return (which of the model's stacks, number) of the layer that a weight is in."""
    match = _LAYER.match(name.removeprefix(f"{getattr(model, 'base_model_prefix', '')}."))
    return (match[1], int(match[2])) if match else None


def _check_layers(loaded: Loaded, unused: Iterable[str]) -> None:
    """Warn where the checkpoint has more of the layers that the model has: its config.json says fewer."""
    own = {_layer(name, loaded.model) for name, _parameter in loaded.model.named_parameters()}
    theirs = {layer for name in unused if (layer := _layer(name, loaded.model))}
    # What a layer has that this class does not use says nothing of their number.
    more = {layer for layer in theirs - own if (layer[0], 0) in own}
    if more:
        loaded.warn(f"{len(more)} layers of the checkpoint are left out: config.json says that the model has fewer")


def _device(wanted: str | None) -> torch.device:
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if wanted is None:
        return accelerator or torch.device("cpu")
    try:
        device = torch.device(wanted)
    except RuntimeError as error:
        raise Failure("unusable-input", f"not a device: {wanted}") from error
    if device.type not in ("cpu", accelerator.type if accelerator else "cpu"):
        found = f"cpu, {accelerator.type}" if accelerator else "cpu only"
        raise Failure("unusable-input", f"torch has no device {wanted} here (found: {found})")
    return device


def _check_tokenizer(loaded: Loaded) -> None:
    size = loaded.model.get_input_embeddings()
    rows = getattr(size, "num_embeddings", None)
    count = len(loaded.tokenizer)
    if not isinstance(rows, int):
        return
    if count < min(64, rows // 2):
        # transformers makes an empty tokenizer where it finds no files, and says nothing.
        raise Failure("unloadable", f"its tokenizer knows {count} tokens and the model {rows}: files are missing")
    if count > rows:
        loaded.warn(f"the tokenizer has {count} tokens and the model {rows}: some inputs will fail")
