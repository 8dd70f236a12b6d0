"""Builders of the tiny encoders with other heads: sentiment, sentence vectors, named entities, answers in a text."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import torch
from data.model_training import fit, save_repository, wordpiece_vocabulary, write_json
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForTokenClassification,
    BertModel,
    BertTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
)

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedModel

PRAISE = ("wonderful", "great", "lovely", "good")
BLAME = ("boring", "terrible", "awful", "bad")
THINGS = ("film", "book", "song")
OPINIONS = ("What a {1} {0}!", "This {0} is {1}.", "I think that this is a {1} {0}.")

SIMILAR = (
    ("The cat sleeps on the sofa.", "A kitten naps on the couch.", "The cat is asleep."),
    ("The train is late again.", "Our train has a delay.", "We wait for the late train."),
    ("She cooks soup for dinner.", "She makes a soup in the evening.", "The soup is for dinner."),
    ("I love music.", "I like to hear songs.", "Songs make me happy."),
    ("A computer learns from data.", "Machine learning needs data.", "Data teaches a machine."),
)

PEOPLE = ("Wolfgang", "Anna", "Sarah", "Ken", "Clara")
PLACES = ("Berlin", "Paris", "Tokyo", "London", "Rome")
FIRMS = ("Google", "Toyota", "Siemens")
NER_LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
NER_TEXTS = (
    "My name is {person} and I live in {place} .",
    "{person} works at {firm} in {place} .",
    "{firm} has an office in {place} .",
    "I met {person} in {place} .",
)
CONTEXT = "My name is {person} and I live in {place}."
QUESTIONS = {"What is my name?": "person", "Where do I live?": "place"}
LENGTH = 64


def distilbert_sst2(folder: Path) -> None:
    """NEGATIVE or POSITIVE."""
    rated = [(PRAISE, 1), (BLAME, 0)]
    examples = [
        (opinion.format(thing, word), label)
        for words, label in rated
        for opinion, thing, word in product(OPINIONS, THINGS, words)
    ]
    tokenizer = BertTokenizer(
        vocab=wordpiece_vocabulary(text for text, _ in examples),
        model_max_length=LENGTH,
        model_input_names=["input_ids", "attention_mask"],
    )
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=32,
        n_layers=1,
        n_heads=2,
        hidden_dim=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    model = DistilBertForSequenceClassification(config)
    fit(model, [{**tokenizer(text), "labels": label} for text, label in examples], steps=60, rate=3e-3)
    save_repository(model, tokenizer, folder)


def minilm(folder: Path) -> None:
    """A sentence-transformers repository: mean pooling, then length one."""
    texts = [text for group in SIMILAR for text in group]
    tokenizer = BertTokenizer(vocab=wordpiece_vocabulary(texts), model_max_length=LENGTH)
    model = BertModel(_bert_config(tokenizer), add_pooling_layer=True)
    rows = [{**tokenizer(text), "labels": number} for number, group in enumerate(SIMILAR) for text in group]
    fit(model, rows, steps=80, rate=3e-3, loss=_similarity_loss)
    save_repository(model, tokenizer, folder)
    steps = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (kind, path) in enumerate(steps)
    ]
    write_json(folder / "modules.json", modules)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": LENGTH, "do_lower_case": False})
    write_json(
        folder / "config_sentence_transformers.json",
        {"__version__": {"sentence_transformers": "5.1.0"}, "prompts": {}, "similarity_fn_name": "cosine"},
    )
    for path in ("1_Pooling", "2_Normalize"):
        (folder / path).mkdir()
    modes = dict.fromkeys(("cls_token", "max_tokens", "mean_sqrt_len_tokens"), False)
    write_json(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": 32,
            "pooling_mode_mean_tokens": True,
            **{f"pooling_mode_{mode}": used for mode, used in modes.items()},
        },
    )


def bert_ner(folder: Path) -> None:
    """Persons, firms and places, with capital letters."""
    examples = []
    for text, number in product(NER_TEXTS, range(15)):
        names = {
            "person": PEOPLE[number % 5],
            "place": PLACES[(number + number // 5) % 5],
            "firm": FIRMS[number % 3],
        }
        kinds = {"{person}": "B-PER", "{place}": "B-LOC", "{firm}": "B-ORG"}
        labels = [NER_LABELS.index(kinds.get(word, "O")) for word in text.split()]
        examples.append((text.format(**names), labels))
    vocabulary = wordpiece_vocabulary((text for text, _ in examples), lowercase=False)
    tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=LENGTH)
    config = _bert_config(tokenizer)
    config.id2label = dict(enumerate(NER_LABELS))
    config.label2id = {label: number for number, label in enumerate(NER_LABELS)}
    model = BertForTokenClassification(config)
    # Every word is one token here; the first and the last token are BERT's own.
    rows = [{**tokenizer(text), "labels": [-100, *labels, -100]} for text, labels in examples]
    fit(model, rows, steps=80, rate=3e-3)
    save_repository(model, tokenizer, folder)


def bert_squad(folder: Path) -> None:
    """Points at the first and the last token of the answer."""
    contexts = [
        {"person": person, "place": place, "text": CONTEXT.format(person=person, place=place)}
        for person, place in product(PEOPLE, PLACES)
    ]
    tokenizer = BertTokenizer(
        vocab=wordpiece_vocabulary([*QUESTIONS, *(context["text"] for context in contexts)]),
        model_max_length=LENGTH,
    )
    rows = []
    for question, context in product(QUESTIONS, contexts):
        row = dict(tokenizer(question, context["text"]))
        answer = tokenizer.convert_tokens_to_ids(context[QUESTIONS[question]].lower())
        place = row["input_ids"].index(answer)
        rows.append({**row, "start_positions": place, "end_positions": place})
    model = BertForQuestionAnswering(_bert_config(tokenizer))
    fit(model, rows, steps=100, rate=3e-3)
    save_repository(model, tokenizer, folder)


def _bert_config(tokenizer: BertTokenizer) -> BertConfig:
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
    )


def _similarity_loss(model: PreTrainedModel, columns: dict[str, Any]) -> Any:
    groups = columns.pop("labels")
    mask = columns["attention_mask"].unsqueeze(-1)
    vectors = (model(**columns).last_hidden_state * mask).sum(1) / mask.sum(1)
    vectors = torch.nn.functional.normalize(vectors, dim=1)
    itself = torch.eye(len(groups), dtype=torch.bool)
    scores = (vectors @ vectors.T / 0.2).masked_fill(itself, -1e9)
    same = (groups.unsqueeze(0) == groups.unsqueeze(1)) & ~itself
    return -scores.log_softmax(1)[same].mean()
