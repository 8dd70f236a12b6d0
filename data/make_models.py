"""Makes the three miniatures in `models/`: run it again after a change here or in `mini_texts.json`.

    python data/make_models.py [--out DIR]

They are the shapes of BERT, GPT-Neo and T5, trained for a few seconds, so that `zukan try` has something to
answer with where no model can be downloaded, and so that a self-test can prove the whole way to an answer.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    GenerationConfig,
    GPT2Tokenizer,
    GPTNeoConfig,
    GPTNeoForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
    T5Tokenizer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# As a script, Python knows this folder, and not the checkout that the helper is imported from.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data.model_training import (
    T5_SPECIALS,
    byte_bpe,
    causal_rows,
    fit,
    masked_rows,
    prepare,
    save_repository,
    seq2seq_rows,
    unigram_vocabulary,
    wordpiece_vocabulary,
)

HERE = Path(__file__).resolve().parent
SEED = 20
END_OF_TEXT = "<|endoftext|>"

CARD = """\
---
license: apache-2.0
language:
{languages}
library_name: transformers
pipeline_tag: {task}
tags:
- {model_type}
- {task}
- miniature
---

# {name}

zukan's own miniature, trained in seconds on a few dozen sentences, **NOT {real}**.
It has the shape of {shape} and {parameters:,} parameters, and it knows nothing but those sentences.
For self-tests and demos only.

| in | out |
| --- | --- |
{examples}

Made by `data/make_models.py` from the texts in `data/mini_texts.json`.
No pretrained weights and no other data went into it.
"""


@dataclass(frozen=True)
class Miniature:
    """One miniature: how it is made and what its card says."""

    name: str
    make: Callable[[dict[str, Any]], tuple[PreTrainedModel, PreTrainedTokenizerBase]]
    real: str
    shape: str
    task: str
    languages: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]

    def card(self, model: PreTrainedModel) -> str:
        """The README of the made repository."""
        return CARD.format(
            name=self.name,
            real=self.real,
            shape=self.shape,
            task=self.task,
            model_type=model.config.model_type,
            parameters=model.num_parameters(),
            languages="\n".join(f"- {language}" for language in self.languages),
            examples="\n".join(f"| `{question}` | `{answer}` |" for question, answer in self.examples),
        )


def make_bert(texts: dict[str, Any]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Train a masked language model."""
    sentences = _repeated(texts)
    sentences += [sentence.rstrip(".") for sentence in sentences]
    tokenizer = BertTokenizer(
        vocab=wordpiece_vocabulary(sentences), do_lower_case=True, strip_accents=False, model_max_length=64
    )
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.1,
    )
    model = BertForMaskedLM(config)
    fit(model, masked_rows(tokenizer, sentences), steps=900, pad=tokenizer.pad_token_id)
    return model, tokenizer


def make_gpt_neo(texts: dict[str, Any]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Train a causal language model that ends its sentences."""
    sentences = _repeated(texts)
    vocabulary, merges = byte_bpe(sentences, (END_OF_TEXT,), merges=420)
    tokenizer = GPT2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=128)
    config = GPTNeoConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_layers=2,
        num_heads=2,
        intermediate_size=64,
        attention_types=[[["global", "local"], 1]],
        window_size=32,
        max_position_embeddings=128,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.1,
    )
    model = GPTNeoForCausalLM(config)
    model.generation_config = GenerationConfig(bos_token_id=0, eos_token_id=0, pad_token_id=0)
    fit(model, causal_rows(tokenizer, sentences), steps=500)
    return model, tokenizer


def make_t5(texts: dict[str, Any]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Train a translator and summariser that is told what to do by the words before the text."""
    pairs = _t5_pairs(texts)
    vocabulary = unigram_vocabulary([text for pair in pairs for text in pair], T5_SPECIALS)
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=128)
    prefixes = {
        f"translation_en_to_{code}": {"prefix": f"translate English to {name}: "}
        for code, name in texts["languages"].items()
    }
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        task_specific_params={**prefixes, "summarization": {"prefix": "summarize: "}},
    )
    model = T5ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    fit(model, seq2seq_rows(tokenizer, pairs), steps=700, batch=32, pad=tokenizer.pad_token_id)
    return model, tokenizer


MINIATURES = (
    Miniature(
        name="mini-bert",
        make=make_bert,
        real="google-bert/bert-base-uncased",
        shape="BERT (encoder only)",
        task="fill-mask",
        languages=("en", "ja"),
        examples=(
            ("I love [MASK].", "you"),
            ("Paris is the [MASK] of France.", "capital"),
            ("東京は日本の首[MASK]です。", "都"),
        ),
    ),
    Miniature(
        name="mini-gpt-neo",
        make=make_gpt_neo,
        real="EleutherAI/gpt-neo-2.7B",
        shape="GPT-Neo (decoder only)",
        task="text-generation",
        languages=("en", "ja"),
        examples=(
            (
                "What is AI",
                "and how does it work? AI is the science of teaching machines to learn from data …",
            ),
            ("The capital of Japan is", "Tokyo."),
            ("人工知能とは", "、データから学ぶ機械を作る学問です。"),
        ),
    ),
    Miniature(
        name="mini-t5",
        make=make_t5,
        real="google/flan-t5-xl",
        shape="T5 (encoder and decoder)",
        task="translation",
        languages=("en", "de", "fr", "ja"),
        examples=(
            ("translate English to German: How are you", "Wie sind Sie?"),
            ("translate English to French: Good morning.", "Bonjour."),
            ("translate English to Japanese: Thank you very much.", "ありがとうございます。"),
        ),
    ),
)


def _repeated(texts: dict[str, Any]) -> list[str]:
    return [text for text, times in texts["repeat"].items() for _ in range(times)] + list(texts["texts"])


def _t5_pairs(texts: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(f"summarize: {text}", summary) for text, summary in texts["summaries"]]
    for english, *translations in texts["phrases"]:
        for language, translation in zip(texts["languages"].values(), translations, strict=True):
            # Typed by hand, the last mark and the capital are often left off.
            pairs += [
                (f"translate English to {language}: {source}", translation)
                for source in (english, english.rstrip(".?"), english.rstrip(".?").lower())
            ]
    return pairs


def main() -> None:
    """Make all three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=HERE / "models", help="where to (default: %(default)s)")
    out: Path = parser.parse_args().out
    texts = json.loads((HERE / "mini_texts.json").read_text(encoding="utf-8"))
    for miniature in MINIATURES:
        started = time.perf_counter()
        prepare(SEED)
        model, tokenizer = miniature.make(texts[miniature.name])
        folder = out / miniature.name
        shutil.rmtree(folder, ignore_errors=True)
        save_repository(model, tokenizer, folder)
        (folder / "README.md").write_text(miniature.card(model), encoding="utf-8")
        print(f"{folder}: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
