"""Memory: what a trial was estimated to need against its measured peak, on random weights of real shapes.

    python tests/benchmarks/trial_memory.py
    python tests/benchmarks/trial_memory.py --only bert-base,llama-1.1b --json memory.json

Each model is made from a configuration on the fly, tried as a user would try it, and deleted: one at a time, at most
three gigabytes of disk. Its tokenizer has as many tokens as the configuration says. Exit 1 where an estimate misses by
more than a tenth, or all together by more than a twentieth on average.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zukan.errors import TrialError
from zukan.outcomes import TrialRequest, TrialResult
from zukan.trial import run_trial

MIB = 2**20
WORST, MEAN = 0.10, 0.05


@dataclass(frozen=True)
class Shape:
    """One model to make, and what it is asked."""

    name: str
    model_class: str
    settings: dict[str, Any]
    tokens: int
    new_tokens: int = 0
    dtype: str = "float32"
    tokenizer: str = "bpe"
    task: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def _bert(layers: int, width: int, heads: int, **more: Any) -> dict[str, Any]:
    return {"num_hidden_layers": layers, "hidden_size": width, "num_attention_heads": heads,
            "intermediate_size": 4 * width, **more}  # fmt: skip


def _decoder(layers: int, width: int, heads: int, groups: int, inner: int, vocabulary: int) -> dict[str, Any]:
    return {"num_hidden_layers": layers, "hidden_size": width, "num_attention_heads": heads,
            "num_key_value_heads": groups, "intermediate_size": inner, "vocab_size": vocabulary}  # fmt: skip


def _bart(layers: int, width: int, heads: int, vocabulary: int) -> dict[str, Any]:
    return {"encoder_layers": layers, "decoder_layers": layers, "d_model": width, "encoder_ffn_dim": 4 * width,
            "decoder_ffn_dim": 4 * width, "encoder_attention_heads": heads, "decoder_attention_heads": heads,
            "vocab_size": vocabulary}  # fmt: skip


def _t5(layers: int, width: int, heads: int, inner: int) -> dict[str, Any]:
    return {"num_layers": layers, "d_model": width, "num_heads": heads, "d_ff": inner, "vocab_size": 32128,
            "feed_forward_proj": "gated-gelu"}  # fmt: skip


SHAPES = (
    Shape("bert-11m", "BertForMaskedLM", _bert(4, 256, 4), 16, tokenizer="wordpiece"),
    Shape("bert-base", "BertForMaskedLM", _bert(12, 768, 12), 16, tokenizer="wordpiece"),
    Shape("bert-base 500", "BertForMaskedLM", _bert(12, 768, 12), 500, tokenizer="wordpiece"),
    Shape(
        "distilbert-base", "DistilBertForSequenceClassification", {"n_layers": 6, "dim": 768, "hidden_dim": 3072}, 200,
        tokenizer="wordpiece",
    ),
    Shape(
        "modernbert-base", "ModernBertForMaskedLM",
        {"num_hidden_layers": 22, "hidden_size": 768, "intermediate_size": 1152, "vocab_size": 50368}, 1000,
    ),
    Shape(
        "xlm-roberta-base", "XLMRobertaForMaskedLM",
        _bert(12, 768, 12, vocab_size=250002, max_position_embeddings=514), 400, tokenizer="unigram",
    ),
    Shape(
        "roberta-large", "RobertaForSequenceClassification",
        _bert(24, 1024, 16, vocab_size=50265, max_position_embeddings=514), 100,
    ),
    Shape(
        "deberta-v3-base", "DebertaV2ForSequenceClassification",
        _bert(12, 768, 12, vocab_size=128100, relative_attention=True, position_buckets=256, pos_att_type=["p2c", "c2p"],
              share_att_key=True, norm_rel_ebd="layer_norm"),
        400, tokenizer="unigram",
    ),
    Shape("gpt2", "GPT2LMHeadModel", {}, 700, 32),
    Shape(
        "gpt-neo-125m", "GPTNeoForCausalLM",
        {"num_layers": 12, "hidden_size": 768, "num_heads": 12, "attention_types": [[["global", "local"], 6]]}, 100, 16,
    ),
    Shape(
        "gpt-neo-1.3b bf16", "GPTNeoForCausalLM",
        {"num_layers": 24, "hidden_size": 2048, "num_heads": 16, "attention_types": [[["global", "local"], 12]]}, 24, 8,
        dtype="bfloat16",
    ),
    Shape(
        "opt-350m fp16", "OPTForCausalLM",
        {"num_hidden_layers": 24, "hidden_size": 1024, "ffn_dim": 4096, "num_attention_heads": 16,
         "word_embed_proj_dim": 512, "vocab_size": 50272},
        60, 16, dtype="float16",
    ),
    Shape(
        "pythia-410m fp16", "GPTNeoXForCausalLM",
        {"num_hidden_layers": 24, "hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
         "vocab_size": 50304},
        60, 16, dtype="float16",
    ),
    Shape(
        "bloom-560m bf16", "BloomForCausalLM",
        {"n_layer": 24, "hidden_size": 1024, "n_head": 16, "vocab_size": 250880}, 60, 16, dtype="bfloat16",
    ),
    Shape("smollm-135m bf16", "LlamaForCausalLM", _decoder(30, 576, 9, 3, 1536, 49152), 1500, 16, dtype="bfloat16"),
    Shape("llama-1.1b bf16", "LlamaForCausalLM", _decoder(22, 2048, 32, 4, 5632, 32000), 200, 16, dtype="bfloat16"),
    Shape(
        "qwen2-0.5b bf16", "Qwen2ForCausalLM", {**_decoder(24, 896, 14, 2, 4864, 151936), "tie_word_embeddings": True},
        600, 16, dtype="bfloat16",
    ),
    Shape("t5-base", "T5ForConditionalGeneration", _t5(12, 768, 12, 2048), 300, 16, tokenizer="unigram"),
    Shape(
        "flan-t5-large bf16", "T5ForConditionalGeneration", _t5(24, 1024, 16, 2816), 64, 8, dtype="bfloat16",
        tokenizer="unigram",
    ),
    Shape("bart-large", "BartForConditionalGeneration", _bart(12, 1024, 16, 50265), 500, 16, task="summarization"),
    Shape(
        "m2m-100-418m", "M2M100ForConditionalGeneration", _bart(12, 1024, 16, 128112), 30, 16, tokenizer="unigram",
        task="translation", options={"target_language": "de", "source_language": "en"},
    ),
    Shape("marian-77m", "MarianMTModel", _bart(6, 512, 8, 58101) | {"decoder_start_token_id": 1}, 60, 32, tokenizer="unigram"),
)  # fmt: skip


def words(most: int) -> Iterator[str]:
    """Yield different words of one, two, three … letters."""
    lengths = itertools.count(1)
    endless = (
        "".join(letters) for length in lengths for letters in itertools.product(string.ascii_lowercase, repeat=length)
    )
    return itertools.islice(endless, most)  # fmt: skip


def make(shape: Shape, folder: Path) -> None:
    """Write the model with random weights and its tokenizer; runs in a process of its own."""
    import torch
    import transformers

    torch.manual_seed(0)
    kind = getattr(transformers, shape.model_class)
    config = kind.config_class(**shape.settings, eos_token_id=1, bos_token_id=1, pad_token_id=2)
    config.dtype = getattr(torch, shape.dtype)
    torch.set_default_dtype(config.dtype)
    kind(config).save_pretrained(folder)
    make_tokenizer(shape.tokenizer, config.vocab_size, folder)


def make_tokenizer(kind: str, size: int, folder: Path) -> None:
    """Write a tokenizer of that many tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = ["[UNK]", "</s>", "<pad>", "[MASK]", "__de__", "__en__"]
    room = size - len(special)
    if kind == "unigram":
        # A mark of the word's beginning, as sentencepiece writes it.
        entries = [
            *((name, 0.0) for name in special),
            *((f"▁{word}", -float(at)) for at, word in enumerate(words(room))),
        ]
        tokenizer = Tokenizer(models.Unigram(entries, unk_id=0))
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    else:
        vocabulary = {name: at for at, name in enumerate([*special, *words(room)])}
        if kind == "wordpiece":
            tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
        else:
            merges = [(word[:-1], word[-1]) for word in words(room) if len(word) > 1]
            tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", eos_token="</s>", pad_token="<pad>", mask_token="[MASK]",
        additional_special_tokens=["__de__", "__en__"],
    )  # fmt: skip
    wrapped.save_pretrained(folder)


def ask(shape: Shape, folder: Path) -> TrialResult:
    """Try the model on a text of about as many tokens as the shape says."""
    chosen = random.Random(0)
    three = [word for word in words(26 + 26**2 + 26**3) if len(word) == 3]
    text = " ".join(chosen.choice(three) for _ in range(shape.tokens))
    if "MaskedLM" in shape.model_class:
        text += " [MASK]"
    options = {"max_new_tokens": shape.new_tokens or 1, "task": shape.task, "device": "cpu", **shape.options}
    return run_trial(TrialRequest(str(folder), text=text, timeout_seconds=600, **options))


def measure(shape: Shape) -> dict[str, Any]:
    """Make, try and delete one model."""
    with tempfile.TemporaryDirectory(prefix="zukan-memory-") as place:
        folder = Path(place, "model")
        subprocess.run([sys.executable, __file__, "--make", shape.name, str(folder)], check=True, timeout=600)
        result = ask(shape, folder)
    assert result.estimated_bytes
    assert result.peak_bytes
    return {
        "name": shape.name,
        "parameters": result.num_parameters,
        "tokens": shape.tokens,
        "new_tokens": shape.new_tokens,
        "peak_bytes": result.peak_bytes,
        "private_bytes": result.peak_private_bytes,
        "estimated_bytes": result.estimated_bytes,
        "error": result.estimated_bytes / result.peak_bytes - 1,
    }


def main() -> int:
    """Measure the shapes, and say how far the estimates are off."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of shapes, separated by commas")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--make", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.make:
        make(next(shape for shape in SHAPES if shape.name == arguments.make[0]), Path(arguments.make[1]))
        return 0
    wanted = set(arguments.only.split(",")) if arguments.only else {shape.name for shape in SHAPES}
    rows = []
    print("| model | parameters | tokens | measured MiB | private MiB | estimated MiB | error |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for shape in (shape for shape in SHAPES if shape.name in wanted):
        try:
            row = measure(shape)
        except TrialError as error:
            print(f"| {shape.name} | {type(error).__name__}: {error} |", flush=True)
            continue
        rows.append(row)
        figures = [row["peak_bytes"], row["private_bytes"] or 0, row["estimated_bytes"]]
        print(
            f"| {row['name']} | {row['parameters'] / 1e6:,.0f}M | {row['tokens']} + {row['new_tokens']} | "
            f"{' | '.join(f'{figure / MIB:,.0f}' for figure in figures)} | {row['error']:+.1%} |",
            flush=True,
        )
    worst = max(abs(row["error"]) for row in rows)
    mean = sum(abs(row["error"]) for row in rows) / len(rows)
    print(f"\n{len(rows)} shapes: mean error {mean:.1%} (at most {MEAN:.0%}), worst {worst:.1%} (at most {WORST:.0%})")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return int(worst > WORST or mean > MEAN)


if __name__ == "__main__":
    sys.exit(main())
