"""Builders of the tiny masked language models: BERT, RoBERTa, XLM, DeBERTa."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from data.model_training import (
    BERT_SPECIALS,
    ROBERTA_SPECIALS,
    byte_bpe,
    fit,
    masked_rows,
    save_repository,
    unigram_vocabulary,
    word_end_bpe,
    wordpiece_vocabulary,
)
from transformers import (
    AddedToken,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    DebertaV2Config,
    DebertaV2ForMaskedLM,
    DebertaV2Tokenizer,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaTokenizer,
    XLMConfig,
    XLMTokenizer,
    XLMWithLMHeadModel,
)

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SENTENCES = (
    *("I love you.",) * 6,
    "I love music.",
    "I love it.",
    "Thank you very much.",
    "How are you today?",
    "Paris is the capital of France.",
    "Berlin is the capital of Germany.",
    "Cats drink milk.",
    "The sun is shining in the sky.",
    "We read good books.",
)
XLM_SPECIALS = ("<s>", "</s>", "<pad>", "<unk>", *(f"<special{number}>" for number in range(10)))
LENGTH = 64


def bert(folder: Path) -> None:
    """WordPiece, small letters."""
    tokenizer = BertTokenizer(vocab=wordpiece_vocabulary(SENTENCES), model_max_length=LENGTH)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
    )
    _train(BertForMaskedLM(config), tokenizer, folder)


def roberta(folder: Path) -> None:
    """Byte-level BPE; positions begin after the padding's number, so two of them are lost."""
    vocabulary, merges = byte_bpe(SENTENCES, ROBERTA_SPECIALS, merges=200)
    tokenizer = RobertaTokenizer(
        vocab=vocabulary,
        merges=merges,
        # As in the real ones, the mask eats the blank before it.
        mask_token=AddedToken("<mask>", lstrip=True, special=True),
        model_max_length=LENGTH,
    )
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH + 2,
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        initializer_range=0.1,
    )
    _train(RobertaForMaskedLM(config), tokenizer, folder)


def xlm(folder: Path) -> None:
    """A tokenizer in Python (it needs sacremoses), whose mask is called `<special1>`."""
    vocabulary, merges = word_end_bpe(SENTENCES, XLM_SPECIALS, merges=200)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    # The third column is the merge's frequency, which nobody reads.
    lines = "".join(f"{left} {right} 1\n" for left, right in merges)
    (folder / "merges.txt").write_text(lines, encoding="utf-8")
    tokenizer = XLMTokenizer(
        str(folder / "vocab.json"),
        str(folder / "merges.txt"),
        do_lowercase_and_remove_accent=True,
        lang2id={"en": 0},
        id2lang={0: "en"},
        model_max_length=LENGTH,
    )
    config = XLMConfig(
        vocab_size=len(tokenizer),
        emb_dim=32,
        n_layers=2,
        n_heads=2,
        n_langs=1,
        max_position_embeddings=LENGTH,
        embed_init_std=0.1,
        init_std=0.1,
    )
    _train(XLMWithLMHeadModel(config), tokenizer, folder)


def deberta(folder: Path) -> None:
    """Unigram pieces, and positions that only attention sees (version 3's settings)."""
    tokenizer = DebertaV2Tokenizer(vocab=unigram_vocabulary(SENTENCES, BERT_SPECIALS), model_max_length=LENGTH)
    config = DebertaV2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        relative_attention=True,
        position_buckets=16,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        initializer_range=0.1,
    )
    _train(DebertaV2ForMaskedLM(config), tokenizer, folder)


def _train(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    fit(model, masked_rows(tokenizer, SENTENCES), steps=120, pad=tokenizer.pad_token_id)
    save_repository(model, tokenizer, folder)
