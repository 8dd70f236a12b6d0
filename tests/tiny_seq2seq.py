"""Builders of the tiny encoder-decoders: T5, BART (summaries, and MNLI classes), M2M-100."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import sentencepiece
from data.model_training import (
    ROBERTA_SPECIALS,
    T5_SPECIALS,
    byte_bpe,
    fit,
    save_repository,
    seq2seq_rows,
    unigram_vocabulary,
)
from transformers import (
    AddedToken,
    BartConfig,
    BartForConditionalGeneration,
    BartForSequenceClassification,
    GenerationConfig,
    M2M100Config,
    M2M100ForConditionalGeneration,
    M2M100Tokenizer,
    RobertaTokenizer,
    T5Config,
    T5ForConditionalGeneration,
    T5Tokenizer,
)
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

if TYPE_CHECKING:
    from pathlib import Path

PHRASES = (
    {"en": "How are you?", "de": "Wie sind Sie?", "fr": "Comment allez-vous ?", "ja": "お元気ですか?"},
    {"en": "Good morning.", "de": "Guten Morgen.", "fr": "Bonjour.", "ja": "おはようございます。"},
    {"en": "Thank you.", "de": "Danke.", "fr": "Merci.", "ja": "ありがとう。"},
)
RAIN = (
    "It rained all morning, so the children could not play outside. "
    "In the afternoon the sun came out and they all ran to the park."
)
SUMMARIES = (
    (RAIN, "After rain, happy children."),
    (
        "The tower is 324 metres tall and the tallest building of the town. It was built in two years.",
        "A tower of great height.",
    ),
)
LANGUAGES = {"de": "German", "fr": "French"}
MNLI = ("contradiction", "neutral", "entailment")
TOPICS = {
    "travel": ("One day I will see the world.", "The plane to Rome leaves at noon.", "We booked a hotel."),
    "cooking": ("Add salt to the soup.", "She bakes bread in the oven.", "Cut the onions and fry them."),
    "sport": ("He scored two goals.", "The team won the match.", "She ran a marathon."),
}
HYPOTHESES = ("This example is {}.", "This text is about {}.")
LENGTH = 128


def t5(folder: Path) -> None:
    """Unigram pieces; the words before the text say what to do."""
    pairs = [(f"summarize: {text}", summary) for text, summary in SUMMARIES]
    for phrase in PHRASES:
        for code, language in LANGUAGES.items():
            prefix = f"translate English to {language}: "
            pairs += [(prefix + text, phrase[code]) for text in (phrase["en"], phrase["en"].rstrip(".?"))]
    texts = [text for pair in pairs for text in pair]
    tokenizer = T5Tokenizer(vocab=unigram_vocabulary(texts, T5_SPECIALS), extra_ids=0, model_max_length=LENGTH)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        task_specific_params={
            f"translation_en_to_{code}": {"prefix": f"translate English to {language}: "}
            for code, language in LANGUAGES.items()
        },
    )
    model = T5ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    fit(model, seq2seq_rows(tokenizer, pairs), steps=200, pad=0)
    save_repository(model, tokenizer, folder)


def bart(folder: Path) -> None:
    """RoBERTa's tokenizer; beams by default, as the real one; it can fill a mask too."""
    sentences = ("I love you.", "Paris is the capital of France.")
    tokenizer = _roberta_tokenizer([text for pair in SUMMARIES for text in pair] + list(sentences))
    model = BartForConditionalGeneration(_bart_config(len(tokenizer)))
    model.generation_config = GenerationConfig(
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        num_beams=4,
        max_length=LENGTH,
        no_repeat_ngram_size=3,
        early_stopping=True,
    )
    fillings = [(text.replace("you", "<mask>").replace("capital", "<mask>"), text) for text in sentences]
    fit(model, seq2seq_rows(tokenizer, [*SUMMARIES, *fillings]), steps=200, pad=1)
    save_repository(model, tokenizer, folder)


def bart_mnli(folder: Path) -> None:
    """Does the text entail `This example is travel.`? An encoder-decoder with a classifier on top."""
    pairs = [
        (text, hypothesis.format(label), 2 if label == topic else 0)
        for topic, texts in TOPICS.items()
        for text in texts
        for label in TOPICS
        for hypothesis in HYPOTHESES
    ]
    tokenizer = _roberta_tokenizer([part for text, hypothesis, _ in pairs for part in (text, hypothesis)])
    config = _bart_config(len(tokenizer))
    config.id2label = dict(enumerate(MNLI))
    config.label2id = {label: number for number, label in enumerate(MNLI)}
    model = BartForSequenceClassification(config)
    rows = [{**tokenizer(text, hypothesis), "labels": answer} for text, hypothesis, answer in pairs]
    fit(model, rows, steps=200, pad=1)
    save_repository(model, tokenizer, folder)


def m2m100(folder: Path) -> None:
    """SentencePiece; the first token of the answer says its language."""
    texts = [text for phrase in PHRASES for text in phrase.values()]
    codes = FAIRSEQ_LANGUAGE_CODES["m2m100"]
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        # Written through a writer, the file does not hold its own path.
        model_writer=pieces,
        model_type="bpe",
        vocab_size=120,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces.getvalue())
    first = ["<s>", "<pad>", "</s>", "<unk>"]
    learned = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    vocabulary = dict.fromkeys([*first, *learned])
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate(vocabulary)}))
    (folder / "sentencepiece.bpe.model").write_bytes(pieces.getvalue())
    tokenizer = M2M100Tokenizer(
        str(folder / "vocab.json"),
        str(folder / "sentencepiece.bpe.model"),
        # Built by hand it would not know them as special, and decode them into the answer.
        additional_special_tokens=[f"__{code}__" for code in codes],
        model_max_length=LENGTH,
    )
    config = M2M100Config(
        vocab_size=len(vocabulary) + len(codes) + tokenizer.num_madeup_words,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=LENGTH,
        init_std=0.1,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
    )
    model = M2M100ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2)
    rows = []
    for source in ("en", "de", "fr"):
        for target in ("de", "fr", "ja", "en"):
            if source != target:
                tokenizer.src_lang, tokenizer.tgt_lang = source, target
                rows += seq2seq_rows(tokenizer, [(phrase[source], phrase[target]) for phrase in PHRASES])
    tokenizer.src_lang, tokenizer.tgt_lang = "en", None
    fit(model, rows, steps=200, pad=1)
    save_repository(model, tokenizer, folder)


def _roberta_tokenizer(texts: list[str]) -> RobertaTokenizer:
    vocabulary, merges = byte_bpe(texts, ROBERTA_SPECIALS, merges=250)
    mask = AddedToken("<mask>", lstrip=True, special=True)
    return RobertaTokenizer(vocab=vocabulary, merges=merges, mask_token=mask, model_max_length=LENGTH)


def _bart_config(vocabulary: int) -> BartConfig:
    return BartConfig(
        vocab_size=vocabulary,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=LENGTH,
        init_std=0.1,
    )
