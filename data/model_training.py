"""What the scripts that make miniature models share: vocabularies, rows to learn from, one training loop.

The vocabularies are built here and not by the trainers of `tokenizers`, because those break ties differently
from run to run; with these, one seed on one kind of processor gives byte-identical repositories.
"""

from __future__ import annotations

import json
import math
import re
import string
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import normalizers, pre_tokenizers
from transformers.utils import logging as transformers_logging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Row = dict[str, Any]
"""One example: the model's arguments as lists of token numbers, or as one number (a class, a place)."""

Bpe = tuple[dict[str, int], list[tuple[str, str]]]
"""A vocabulary and the merges that lead to it, in order."""

IGNORED = -100
"""The label that the models' losses skip."""

BERT_SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
T5_SPECIALS = ("<pad>", "</s>", "<unk>")

_BASIC_CHARACTERS = string.ascii_letters + string.digits + ".,:;!?'\"-()"
_MASKABLE = re.compile(r"[A-Za-zÀ-ÿ]+|[一-鿿]")


def prepare(seed: int) -> None:
    """Make the run repeatable and quiet: one thread, one seed, no progress bars."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(mode=True)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


# Vocabularies


def wordpiece_vocabulary(texts: Iterable[str], *, lowercase: bool = True) -> dict[str, int]:
    """BERT's special tokens, every character alone and as a continuation, and every word of the texts."""
    words = _basic_words(texts, lowercase=lowercase)
    basic = _BASIC_CHARACTERS.lower() if lowercase else _BASIC_CHARACTERS
    characters = sorted(set(basic).union(*words))
    continuations = [f"##{character}" for character in characters if character.isalnum()]
    return _numbered([*BERT_SPECIALS, *characters, *continuations, *_by_frequency(words)])


def unigram_vocabulary(texts: Iterable[str], specials: Sequence[str]) -> list[tuple[str, float]]:
    """The special tokens, then words and single characters with their log probabilities.

    Words are runs of Latin letters, with the mark of a word's beginning; all else is read by characters.
    """
    text = " ".join(texts)
    words = Counter(f"▁{word}" for word in re.findall(r"(?<!\S)[A-Za-zÀ-ÿ]+", text))
    total = sum(words.values())
    pieces: list[tuple[str, float]] = [(special, 0.0) for special in specials]
    pieces += [(word, math.log(words[word] / total)) for word in _by_frequency(words)]
    characters = sorted({*text, *_BASIC_CHARACTERS, "▁"} - {" "})
    # Far less likely than any word: a word is never spelt when it can be read whole.
    return pieces + [(character, -20.0) for character in characters]


def byte_bpe(texts: Iterable[str], specials: Sequence[str], merges: int) -> Bpe:
    """GPT-2's kind of vocabulary and merges: any text can be written, since all 256 bytes are tokens."""
    splitter = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words = Counter(tuple(word) for text in texts for word, _ in splitter.pre_tokenize_str(text))
    return _bpe(words, [*specials, *sorted(pre_tokenizers.ByteLevel.alphabet())], merges)


def word_end_bpe(texts: Iterable[str], specials: Sequence[str], merges: int) -> Bpe:
    """The first GPT's and XLM's kind of vocabulary and merges, in which `</w>` ends a word."""
    words: Counter[tuple[str, ...]] = Counter()
    for word, count in _basic_words(texts, lowercase=True).items():
        words[(*word[:-1], word[-1] + "</w>")] = count
    characters = sorted({*_BASIC_CHARACTERS.lower()}.union(*(set(word[:-1]) for word in words)))
    ends = sorted({character + "</w>" for character in characters}.union(word[-1] for word in words))
    return _bpe(words, [*specials, *characters, *ends], merges)


def _basic_words(texts: Iterable[str], *, lowercase: bool) -> Counter[str]:
    normalizer = normalizers.BertNormalizer(lowercase=lowercase, strip_accents=False)
    splitter = pre_tokenizers.BertPreTokenizer()
    clean = (normalizer.normalize_str(text) for text in texts)
    return Counter(word for text in clean for word, _ in splitter.pre_tokenize_str(text))


def _bpe(words: Mapping[tuple[str, ...], int], first: Sequence[str], merges: int) -> Bpe:
    splits = {word: word for word in words}
    learned: list[tuple[str, str]] = []
    while len(learned) < merges:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, split in splits.items():
            for pair in pairwise(split):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        learned.append(best)
        splits = {word: _merged(split, best) for word, split in splits.items()}
    return _numbered([*first, *("".join(pair) for pair in learned)]), learned


def _merged(split: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    merged: list[str] = []
    position = 0
    while position < len(split):
        step = 2 if split[position : position + 2] == pair else 1
        merged.append("".join(split[position : position + step]))
        position += step
    return tuple(merged)


def _by_frequency(words: Mapping[str, int]) -> list[str]:
    return sorted(words, key=lambda word: (-words[word], word))


def _numbered(tokens: Iterable[str]) -> dict[str, int]:
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


# Rows to learn from


def masked_rows(tokenizer: PreTrainedTokenizerBase, texts: Iterable[str]) -> list[Row]:
    """Each text once for each word (or ideograph) that is one token, with that word masked.

    The mask is written into the text, as a user writes it, so that a tokenizer's treatment of the blanks
    round a mask is learned too.
    """
    rows: list[Row] = []
    for text in texts:
        for word in _MASKABLE.finditer(text):
            before = text[: word.start()]
            pieces = tokenizer.tokenize((" " if before.endswith(" ") else "") + word.group())
            if len(pieces) != 1:
                continue
            row = _encoded(tokenizer, before + tokenizer.mask_token + text[word.end() :])
            wanted = tokenizer.convert_tokens_to_ids(pieces[0])
            mask = tokenizer.mask_token_id
            row["labels"] = [wanted if token == mask else IGNORED for token in row["input_ids"]]
            rows.append(row)
    return rows


def causal_rows(tokenizer: PreTrainedTokenizerBase, texts: Iterable[str]) -> list[Row]:
    """Each text with the end-of-text token (if the tokenizer has one), to be continued from any place."""
    rows: list[Row] = []
    for text in texts:
        tokens = tokenizer.encode(text, add_special_tokens=False)
        if tokenizer.eos_token_id is not None:
            tokens.append(tokenizer.eos_token_id)
        rows.append({"input_ids": tokens, "attention_mask": [1] * len(tokens), "labels": tokens})
    return rows


def seq2seq_rows(tokenizer: PreTrainedTokenizerBase, pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """Input texts with the texts to answer as labels."""
    rows: list[Row] = []
    for source, target in pairs:
        row = _encoded(tokenizer, source)
        row["labels"] = tokenizer(text_target=target)["input_ids"]
        rows.append(row)
    return rows


def _collate(rows: Sequence[Row], pad: int) -> dict[str, torch.Tensor]:
    padding = {"input_ids": pad, "labels": IGNORED}
    columns = {}
    for name, first in rows[0].items():
        if isinstance(first, int):
            columns[name] = torch.tensor([row[name] for row in rows])
            continue
        lists = [list(row[name]) for row in rows]
        width = max(map(len, lists))
        fill = padding.get(name, 0)
        columns[name] = torch.tensor([values + [fill] * (width - len(values)) for values in lists])
    return columns


def _encoded(tokenizer: PreTrainedTokenizerBase, text: str) -> Row:
    return {name: list(values) for name, values in tokenizer(text).items()}


# Training and saving


def fit(
    model: PreTrainedModel,
    rows: Sequence[Row],
    *,
    steps: int,
    rate: float = 5e-3,
    batch: int = 64,
    pad: int = 0,
    loss: Callable[[PreTrainedModel, dict[str, Any]], Any] | None = None,
) -> float:
    """Train on batches drawn without replacement and return the last loss (the model's own, or `loss`).

    The model stays in evaluation mode: a model this small has no use for dropout.
    """
    model.eval()
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    generator = torch.Generator().manual_seed(0)
    order = torch.empty(0, dtype=torch.long)
    value = torch.zeros(())
    for _ in range(steps):
        if len(order) == 0:
            order = torch.randperm(len(rows), generator=generator)
        chosen, order = order[:batch], order[batch:]
        columns = _collate([rows[number] for number in chosen.tolist()], pad)
        value = loss(model, columns) if loss else model(**columns).loss
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return float(value.detach())


def save_repository(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the model and its tokenizer as a Hub repository holds them."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    for name in ("config.json", "generation_config.json"):
        path = folder / name
        if path.exists():
            # The version of transformers that happened to write the file says nothing about the model.
            content = json.loads(path.read_text(encoding="utf-8"))
            content.pop("transformers_version", None)
            write_json(path, content)


def write_json(path: Path, content: object) -> None:
    """Write JSON as the Hub's repositories have it: two blanks, sorted keys, a last newline."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
