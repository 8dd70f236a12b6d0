"""Repositories that are broken or dangerous on purpose, each derived from a good one.

    derive("no-weights", good_folder, tmp_path / "broken")

Two of them run code if a trial is careless: it creates the file `marker`, and does nothing else. Only the two that
need torch's pickles start a child process (about two seconds); the rest is copying and cutting.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHTS = "model.safetensors"
PICKLE = "pytorch_model.bin"
HEADS = (
    "cls.",
    "lm_head.",
    "pred_layer.",
    "classifier.",
    "pre_classifier.",
    "classification_head.",
    "qa_outputs.",
)
"""How the names of a head's tensors begin."""

CONFIGURATION_CODE = """
from transformers import BertConfig


class StrangeConfig(BertConfig):
    model_type = "zukan_strange"
"""
MODELING_CODE = """
from pathlib import Path

from transformers import BertForMaskedLM

from .configuration_strange import StrangeConfig

Path({marker!r}).touch()


class StrangeForMaskedLM(BertForMaskedLM):
    config_class = StrangeConfig
"""


LINGERING_CODE = """
import os
import time
from pathlib import Path

from transformers import BertForMaskedLM

from .configuration_strange import StrangeConfig


def linger(phase):
    if phase == {phase!r}:
        # Filled, so that it is really taken.
        kept = b"x" * int(os.environ.get("ZUKAN_TEST_GREED", "0"))
        Path({marker!r}).touch()
        time.sleep(120)
        del kept


class StrangeForMaskedLM(BertForMaskedLM):
    config_class = StrangeConfig

    def __init__(self, config):
        super().__init__(config)
        linger("load")

    def forward(self, *args, **kwargs):
        linger("run")
        return super().forward(*args, **kwargs)
"""


class MarksItsLoading:
    """Unpickled by a careless loader, it creates a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (str(self.marker), "w")


def derive(fault: str, source: Path, target: Path, marker: Path | None = None) -> Path:
    """Copy the good repository `source` to `target` and break it; `marker` is for the two that run code."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".stamp"))
    if fault in NEED_MARKER:
        if marker is None:
            raise ValueError(f"{fault} needs a marker")
        NEED_MARKER[fault](target, marker)
    else:
        FAULTS[fault](target)
    return target


def pickle_only(folder: Path) -> None:
    """The same weights, as torch.save writes them."""
    _in_child("pickle-only", folder)


def malicious_pickle(folder: Path, marker: Path) -> None:
    """A pickle that creates the marker when it is loaded without `weights_only`."""
    _in_child("malicious-pickle", folder, marker)


def no_weights(folder: Path) -> None:
    """Configuration and tokenizer only."""
    (folder / WEIGHTS).unlink()


def config_not_json(folder: Path) -> None:
    """A configuration that ends too early."""
    path = folder / "config.json"
    path.write_text(path.read_text(encoding="utf-8")[:40], encoding="utf-8")


def no_tokenizer(folder: Path) -> None:
    """Configuration and weights only."""
    for pattern in ("tokenizer*", "vocab*", "merges*", "*.model", "added_tokens.json", "chat_template*"):
        for path in folder.glob(pattern):
            path.unlink()


def no_head(folder: Path) -> None:
    """The checkpoint of the body alone: the head would be made of random numbers."""
    header, body = read_safetensors(folder / WEIGHTS)
    kept = {name: entry for name, entry in header.items() if not name.startswith(HEADS)}
    if len(kept) == len(header):
        raise ValueError(f"{folder} has no head that could be taken away")
    write_safetensors(folder / WEIGHTS, kept, body)


def not_a_number(folder: Path) -> None:
    """Every weight is NaN."""
    header, body = read_safetensors(folder / WEIGHTS)
    write_safetensors(folder / WEIGHTS, header, struct.pack("<f", float("nan")) * (len(body) // 4))


def truncated(folder: Path) -> None:
    """Weights of which the last third was never downloaded."""
    path = folder / WEIGHTS
    os.truncate(path, path.stat().st_size * 2 // 3)


LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 440449768\n"


def lfs_pointer(folder: Path) -> None:
    """What `git clone` without LFS leaves instead of the weights."""
    (folder / WEIGHTS).write_text(LFS_POINTER, encoding="utf-8")


def spoilt_pickle(folder: Path, content: bytes | float) -> None:
    """Pickle weights of which only a share is there, or that hold something else."""
    pickle_only(folder)
    path = folder / PICKLE
    path.write_bytes(content if isinstance(content, bytes) else path.read_bytes()[: int(path.stat().st_size * content)])


SPOILT_PICKLES: dict[str, bytes | float] = {
    "pickle-lfs-pointer": LFS_POINTER.encode(),
    "pickle-web-page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "pickle-junk": bytes(range(256)) * 40,
    "pickle-truncated": 0.6,
    "pickle-empty": b"",
    # A pickle of another program's: a frame of protocol 4, as scikit-learn's joblib writes.
    "pickle-of-others": pickle.dumps({"coefficients": [0.25] * 100}, protocol=4),
}


class Calls:
    """What a pickle that calls something holds."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.getcwd, ()


SPOILT_PICKLES["pickle-that-calls"] = pickle.dumps({"weights": Calls()}, protocol=4)
SPOILT_PICKLES["pickle-that-calls-in-letters"] = pickle.dumps({"weights": Calls()}, protocol=0)


def spare_weights(folder: Path) -> None:
    """A checkpoint with a weight in each layer that the class does not use."""
    header, body = read_safetensors(folder / WEIGHTS)
    first = next(name for name in header if ".layer.0." in name and name.endswith("bias"))
    begin, end = header[first]["data_offsets"]
    for number in range(_config(folder)["num_hidden_layers"]):
        spare = first.replace(".layer.0.", f".layer.{number}.").replace("bias", "masked_bias")
        header[spare] = {**header[first], "data_offsets": [len(body), len(body) + end - begin]}
        body += body[begin:end]
    write_safetensors(folder / WEIGHTS, header, body)


def fewer_layers(folder: Path) -> None:
    """A config that says fewer layers than the checkpoint has."""
    _configure(folder, num_hidden_layers=1)


def more_layers(folder: Path) -> None:
    """A config that says more layers than the checkpoint has."""
    _configure(folder, num_hidden_layers=4)


def small_vocabulary(folder: Path) -> None:
    """Weights with fewer rows than the tokenizer has tokens."""
    header, body = read_safetensors(folder / WEIGHTS)
    words = _config(folder)["vocab_size"]
    rows = words - 60
    for entry in header.values():
        if entry["shape"][:1] == [words]:
            first, last = entry["data_offsets"]
            entry["shape"][0] = rows
            entry["data_offsets"] = [first, first + (last - first) // words * rows]
    write_safetensors(folder / WEIGHTS, header, body)
    _configure(folder, vocab_size=rows)


def custom_code(folder: Path, marker: Path) -> None:
    """Its classes come with it; importing them creates the marker, and then it works."""
    _add_code(folder, MODELING_CODE.format(marker=str(marker)))


def linger(source: Path, target: Path, phase: str, marker: Path) -> Path:
    """Copy the good repository `source`, with code of its own that stays in a phase (`load` or `run`).

    It creates the marker when it is there, and takes as many bytes as the variable ZUKAN_TEST_GREED says.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".stamp"))
    _add_code(target, LINGERING_CODE.format(phase=phase, marker=str(marker)))
    return target


def _add_code(folder: Path, code: str) -> None:
    (folder / "configuration_strange.py").write_text(CONFIGURATION_CODE.lstrip(), encoding="utf-8")
    (folder / "modeling_strange.py").write_text(code.lstrip(), encoding="utf-8")
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config |= {
        "model_type": "zukan_strange",
        "architectures": ["StrangeForMaskedLM"],
        "auto_map": {
            "AutoConfig": "configuration_strange.StrangeConfig",
            "AutoModelForMaskedLM": "modeling_strange.StrangeForMaskedLM",
        },
    }
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")


def adapter_only(folder: Path) -> None:
    """A LoRA adapter, of no use without its base model and peft."""
    for path in folder.iterdir():
        if path.is_file() and path.name != "README.md":
            path.unlink()
    adapter = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "openai-community/gpt2",
        "r": 4,
        "lora_alpha": 8,
        "target_modules": ["c_attn"],
    }
    (folder / "adapter_config.json").write_text(json.dumps(adapter, indent=2), encoding="utf-8")
    name = "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight"
    entry = {"dtype": "F32", "shape": [4, 32], "data_offsets": [0, 512]}
    write_safetensors(folder / "adapter_model.safetensors", {name: entry}, bytes(512))


def web_page(folder: Path) -> None:
    """What a proxy or a login page leaves instead of the weights."""
    (folder / WEIGHTS).write_text("<!DOCTYPE html><html><title>Sign in</title></html>", encoding="utf-8")


def empty_weights(folder: Path) -> None:
    """A weight file of no bytes."""
    (folder / WEIGHTS).write_bytes(b"")


def missing_shard(folder: Path) -> None:
    """An index of two files, of which one is there."""
    header, _ = read_safetensors(folder / WEIGHTS)
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    (folder / WEIGHTS).rename(folder / names[0])
    weight_map = {name: names[number % 2] for number, name in enumerate(header)}
    index = {"metadata": {"total_size": 1}, "weight_map": weight_map}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps(index), encoding="utf-8")


def other_shapes(folder: Path) -> None:
    """A configuration that belongs to other weights."""
    _configure(folder, intermediate_size=_config(folder)["intermediate_size"] * 2)


def no_config(folder: Path) -> None:
    """Weights and tokenizer only."""
    (folder / "config.json").unlink()


def no_model_type(folder: Path) -> None:
    """A configuration that does not say of what."""
    config = _config(folder)
    kept = {key: value for key, value in config.items() if key not in ("model_type", "architectures")}
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf-8")


def new_type(folder: Path) -> None:
    """A model type that the installed transformers does not have."""
    _configure(folder, model_type="zukan_brandnew", architectures=["BrandNewForMaskedLM"])


def gguf_only(folder: Path) -> None:
    """Weights for llama.cpp, of an architecture that transformers does not read; their first bytes say so."""
    _empty(folder)
    texts = [struct.pack("<Q", len(text)) + text.encode() for text in ("general.architecture", "zukan_hydra")]
    content = struct.pack("<4sIQQ", b"GGUF", 3, 0, 1) + texts[0] + struct.pack("<I", 8) + texts[1]
    (folder / "model-Q4_K_M.gguf").write_bytes(content)


def diffusers(folder: Path) -> None:
    """A pipeline that makes images."""
    _empty(folder)
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}', encoding="utf-8")


def empty_tokenizer(folder: Path) -> None:
    """A tokenizer file without tokens: the model would be asked nothing but unknown ones."""
    path = folder / "tokenizer.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    special = {token["content"]: token["id"] for token in settings["added_tokens"]}
    settings["model"]["vocab"] = dict(special.items())
    path.write_text(json.dumps(settings), encoding="utf-8")


def quantised(folder: Path, method: str) -> None:
    """Say that the weights are quantised by a method."""
    settings: dict[str, Any] = {"quant_method": method, "bits": 4, "group_size": 128}
    if method == "bitsandbytes":
        settings = {"quant_method": method, "load_in_4bit": True}
    _configure(folder, quantization_config=settings)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


def _config(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return content


def _configure(folder: Path, **values: Any) -> None:
    content = {**_config(folder), **values}
    (folder / "config.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


QUANTISERS = ("bitsandbytes", "gptq", "awq", "compressed-tensors", "torchao", "hqq", "mystery")


def adapter(folder: Path, **values: Any) -> None:
    """Change what an adapter says of itself."""
    path = folder / "adapter_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**settings, **values}), encoding="utf-8")


FAULTS: dict[str, Callable[[Path], None]] = {
    "web-page": web_page,
    "empty-weights": empty_weights,
    "missing-shard": missing_shard,
    "other-shapes": other_shapes,
    "no-config": no_config,
    "no-model-type": no_model_type,
    "new-type": new_type,
    "gguf-only": gguf_only,
    "diffusers": diffusers,
    "empty-tokenizer": empty_tokenizer,
    **{f"quantised-{method}": partial(quantised, method=method) for method in QUANTISERS},
    "pickle-only": pickle_only,
    "no-weights": no_weights,
    "config-not-json": config_not_json,
    "no-tokenizer": no_tokenizer,
    "no-head": no_head,
    "not-a-number": not_a_number,
    "truncated": truncated,
    "lfs-pointer": lfs_pointer,
    **{name: partial(spoilt_pickle, content=content) for name, content in SPOILT_PICKLES.items()},
    "spare-weights": spare_weights,
    "fewer-layers": fewer_layers,
    "more-layers": more_layers,
    "small-vocabulary": small_vocabulary,
    "adapter-only": adapter_only,
}
NEED_MARKER: dict[str, Callable[[Path, Path], None]] = {
    "malicious-pickle": malicious_pickle,
    "custom-code": custom_code,
}


def read_safetensors(path: Path) -> tuple[dict[str, Any], bytes]:
    """The tensors' entries (without the file's own metadata) and the bytes that they point into."""
    content = path.read_bytes()
    (size,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    return header, content[8 + size :]


def write_safetensors(path: Path, header: dict[str, Any], body: bytes) -> None:
    """Write these tensors, moved together: the format allows no gaps."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    parts = []
    place = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = entry["data_offsets"]
        parts.append(body[first:last])
        entries[name] = {**entry, "data_offsets": [place, place + last - first]}
        place += last - first
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def _in_child(fault: str, folder: Path, marker: Path | None = None) -> None:
    command = [sys.executable, __file__, fault, str(folder), *([str(marker)] if marker else [])]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if child.returncode:
        raise RuntimeError(child.stderr)


def _write_pickle(folder: Path, marker: Path | None) -> None:
    # Imported here: in a test process this module must stay light.
    import torch
    from safetensors.torch import load_file

    weights: dict[str, Any] = dict(load_file(folder / WEIGHTS))
    if marker is not None:
        weights["extra"] = MarksItsLoading(marker)
    torch.save(weights, folder / PICKLE)
    (folder / WEIGHTS).unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Replace a repository's safetensors file by a pickle.")
    parser.add_argument("fault", choices=("pickle-only", "malicious-pickle"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("marker", type=Path, nargs="?")
    arguments = parser.parse_args()
    _write_pickle(arguments.folder, arguments.marker)
