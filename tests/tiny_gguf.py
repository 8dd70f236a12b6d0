"""GGUF files made of the tiny Llama, as llama.cpp's converter makes them: its names, its order of rows, its tokens.

`python tests/tiny_gguf.py SOURCE TARGET.gguf [--type Q8_0] [--architecture llama]` in a process of its own: it brings
torch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_SPECIAL, _NORMAL = 3, 1
_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def convert(source: Path, target: Path, kind: str = "Q8_0", architecture: str = "llama") -> Path:
    """Write the Llama in the folder `source` as a GGUF file, in a child process."""
    command = [sys.executable, __file__, str(source), str(target), "--type", kind, "--architecture", architecture]
    target.parent.mkdir(parents=True, exist_ok=True)
    child = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if child.returncode:
        raise RuntimeError(child.stderr)
    return target


def random_llama(target: Path, *, width: int, layers: int, tokens: int) -> Path:
    """Write a Llama of random weights as a GGUF file, in a child process."""
    shape = f"{width},{layers},{tokens}"
    child = subprocess.run(
        [sys.executable, __file__, "-", str(target), "--random", shape],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if child.returncode:
        raise RuntimeError(child.stderr)
    return target


def _write_random(target: Path, width: int, layers: int, count: int) -> None:
    import gguf
    import numpy as np

    random, heads = np.random.default_rng(0), width // 64
    kind = gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(str(target), "llama")
    _add_shape(writer, 512, width, layers, 4 * width, heads, heads, 1e-5)
    writer.add_vocab_size(count)
    alphabet = [chr(code) for code in range(33, 127)] + ["\u0120"]
    alphabet.append("wo")
    tokens = alphabet + [f"word{number}" for number in range(count - len(alphabet))]
    _add_tokens(writer, tokens, [_NORMAL] * count, ["w o"])
    sizes = {"token_embd": (count, width)}
    for number in range(layers):
        names = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (width, width))
        names |= {"ffn_gate": (4 * width, width), "ffn_up": (4 * width, width), "ffn_down": (width, 4 * width)}
        sizes |= {f"blk.{number}.{name}": size for name, size in names.items()}
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{number}.{name}.weight", np.ones(width, np.float32))
    for name, size in sizes.items():
        values = (random.standard_normal(size) / 50).astype(np.float32)
        writer.add_tensor(f"{name}.weight", gguf.quantize(values, kind), raw_dtype=kind)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    _finish(writer)


def _add_shape(
    writer: Any, context: int, width: int, layers: int, inner: int, heads: int, key_heads: int, epsilon: float
) -> None:
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_rope_dimension_count(width // heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(epsilon)


def _add_tokens(writer: Any, tokens: list[str], kinds: list[int], merges: list[str]) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)


def _finish(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write(source: Path, target: Path, kind: str, architecture: str) -> None:
    import gguf
    import numpy as np
    from safetensors.numpy import load_file

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    heads, key_heads = config["num_attention_heads"], config["num_key_value_heads"]
    writer = gguf.GGUFWriter(str(target), architecture)
    writer.add_name("Tiny llama")
    _add_shape(
        writer,
        config["max_position_embeddings"],
        config["hidden_size"],
        config["num_hidden_layers"],
        config["intermediate_size"],
        heads,
        key_heads,
        config["rms_norm_eps"],
    )
    writer.add_vocab_size(config["vocab_size"])
    _add_tokenizer(writer, source)
    quantised = getattr(gguf.GGMLQuantizationType, kind)
    for name, values in load_file(source / "model.safetensors").items():
        if ".q_proj." in name or ".k_proj." in name:
            values = _paired(values, heads if ".q_proj." in name else key_heads)  # noqa: PLW2901
        given = values.astype(np.float32)
        if given.ndim == 1:
            writer.add_tensor(_name(name), given)
        else:
            writer.add_tensor(_name(name), gguf.quantize(given, quantised), raw_dtype=quantised)
    _finish(writer)


def _add_tokenizer(writer: Any, source: Path) -> None:
    settings = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    special = {token["id"] for token in settings["added_tokens"]}
    vocabulary = settings["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    kinds = [_SPECIAL if number in special else _NORMAL for number in range(len(tokens))]
    _add_tokens(writer, tokens, kinds, [" ".join(pair) for pair in settings["model"]["merges"]])
    template = source / "chat_template.jinja"
    if template.is_file():
        writer.add_chat_template(template.read_text(encoding="utf-8"))


def _name(name: str) -> str:
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.norm.weight":
        return "output_norm.weight"
    if name == "lm_head.weight":
        return "output.weight"
    _model, _layers, number, rest = name.split(".", 3)
    return f"blk.{number}.{_LAYER[rest.removesuffix('.weight')]}.weight"


def _paired(values: Any, heads: int) -> Any:
    """Put the rows of a rotary projection into llama.cpp's order."""
    return (
        values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)
    )


def main() -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(description="Write a tiny Llama as a GGUF file.")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--type", default="Q8_0")
    parser.add_argument("--architecture", default="llama")
    parser.add_argument("--random", metavar="WIDTH,LAYERS,TOKENS")
    given = parser.parse_args()
    if given.random:
        width, layers, tokens = map(int, given.random.split(","))
        _write_random(given.target, width, layers, tokens)
        return
    _write(given.source, given.target, given.type, given.architecture)


if __name__ == "__main__":
    main()
