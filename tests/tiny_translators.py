"""Builders of the tiny translators that are told their languages in other ways: NLLB, mBART-50, Marian."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import sentencepiece
from data.model_training import fit, save_repository, seq2seq_rows, unigram_vocabulary
from transformers import (
    GenerationConfig,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    MarianTokenizer,
    MBart50Tokenizer,
    MBartConfig,
    MBartForConditionalGeneration,
    NllbTokenizer,
)

from tiny_seq2seq import LENGTH, PHRASES

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": LENGTH,
    "init_std": 0.1,
}
FAIRSEQ = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
TEXTS = [text for phrase in PHRASES for text in phrase.values()]


def nllb(folder: Path) -> None:
    """Letters as pieces; `deu_Latn` at the start of the answer."""
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *sorted(set("".join(TEXTS)) - {" "})]
    tokenizer = NllbTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)}, merges=[], model_max_length=LENGTH
    )
    model = M2M100ForConditionalGeneration(M2M100Config(vocab_size=len(tokenizer), scale_embedding=True, **SHAPE))
    _learn(model, tokenizer, {"en": "eng_Latn", "de": "deu_Latn", "fr": "fra_Latn", "ja": "jpn_Jpan"}, steps=400)
    save_repository(model, tokenizer, folder)


def mbart(folder: Path) -> None:
    """`de_DE` at the start of the answer, and the source's before the text."""
    specials = ("<s>", "<pad>", "</s>", "<unk>")
    tokenizer = MBart50Tokenizer(vocab=unigram_vocabulary(TEXTS, specials), src_lang="en_XX", model_max_length=LENGTH)
    model = MBartForConditionalGeneration(MBartConfig(vocab_size=len(tokenizer), **SHAPE))
    _learn(model, tokenizer, {"en": "en_XX", "de": "de_DE", "fr": "fr_XX", "ja": "ja_XX"}, steps=200)
    save_repository(model, tokenizer, folder)


def marian(folder: Path) -> None:
    """From English into German, and nowhere else."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [(phrase["en"], phrase["de"]) for phrase in PHRASES]
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for pair in pairs for text in pair]),
        model_writer=pieces,
        model_type="bpe",
        vocab_size=100,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces.getvalue())
    learned = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    vocabulary = dict.fromkeys(["</s>", "<unk>", *learned, "<pad>"])
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(pieces.getvalue())
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(vocabulary)}))
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"),
        str(folder / "target.spm"),
        str(folder / "vocab.json"),
        source_lang="en",
        target_lang="de",
        model_max_length=LENGTH,
    )
    pad = len(vocabulary) - 1
    ends = {"eos_token_id": 0, "bos_token_id": 0, "pad_token_id": pad, "decoder_start_token_id": pad}
    model = MarianMTModel(MarianConfig(vocab_size=len(vocabulary), forced_eos_token_id=0, **ends, **SHAPE))
    model.generation_config = GenerationConfig(**ends)
    fit(model, seq2seq_rows(tokenizer, pairs), steps=150, pad=pad)
    save_repository(model, tokenizer, folder)


def _learn(model: Any, tokenizer: Any, codes: dict[str, str], *, steps: int) -> None:
    model.generation_config = GenerationConfig(**FAIRSEQ)
    rows = []
    for target in ("de", "fr", "ja"):
        tokenizer.src_lang, tokenizer.tgt_lang = codes["en"], codes[target]
        rows += seq2seq_rows(tokenizer, [(phrase["en"], phrase[target]) for phrase in PHRASES])
    tokenizer.src_lang, tokenizer.tgt_lang = codes["en"], None
    fit(model, rows, steps=steps, pad=1)
