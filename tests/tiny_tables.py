"""Builders of the tiny models that look things up: cells of a table, and which text answers a question."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import torch
from data.model_training import fit, save_repository, wordpiece_vocabulary
from transformers import (
    BertTokenizer,
    ElectraConfig,
    ElectraForSequenceClassification,
    TapasConfig,
    TapasForQuestionAnswering,
    TapasTokenizer,
)

from tiny_senses_inputs import CITIES, JOBS, PEOPLE, TABLE_QUESTIONS, table
from tiny_senses_training import fit_batches, save_parts

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("Name", "City", "Job")
LENGTH = 64
TOPICS = {
    "How do I cook rice?": ("Boil it in twice as much water.", "Wash the grains and steam them."),
    "When does the train leave?": ("It departs at noon.", "The timetable says nine."),
    "Who painted this picture?": ("A Dutch artist made it.", "It is by an unknown master."),
}


def tapas(folder: Path) -> None:
    """Finds the city or the job of a person."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    words = wordpiece_vocabulary([" ".join((*COLUMNS, *PEOPLE, *CITIES, *JOBS)), *TABLE_QUESTIONS])
    vocabulary = folder / "vocab.txt"
    # TAPAS has a token of its own for an empty cell.
    vocabulary.write_text("\n".join((*words, "[EMPTY]")) + "\n", encoding="utf-8")
    tokenizer = TapasTokenizer(str(vocabulary), model_max_length=LENGTH)
    config = TapasConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
        num_aggregation_labels=0,
        use_answer_as_supervision=False,
    )
    model = TapasForQuestionAnswering(config)
    batches = []
    for seed in range(20):
        rows = table(seed)
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        asked = [
            (text.format(row[0]), number, column)
            for number, row in enumerate(rows)
            for text, column in TABLE_QUESTIONS.items()
        ]
        encoded = tokenizer(frame, [text for text, _, _ in asked], padding="max_length", return_tensors="pt")
        types = encoded["token_type_ids"]
        place = torch.tensor([[number + 1, column + 1] for _, number, column in asked])
        wanted = (types[..., 2] == place[:, :1]) & (types[..., 1] == place[:, 1:])
        batches.append({**encoded, "labels": wanted.long()})

    def loss(step: int) -> Any:
        return model(**batches[step % len(batches)]).loss

    fit_batches(model, loss, steps=150, rate=3e-3)
    save_parts(folder, model, tokenizer)


def cross_encoder(folder: Path) -> None:
    """Says with one number how well a text answers a question."""
    texts = [text for question, answers in TOPICS.items() for text in (question, *answers)]
    tokenizer = BertTokenizer(vocab=wordpiece_vocabulary(texts), model_max_length=LENGTH)
    config = ElectraConfig(
        vocab_size=len(tokenizer),
        embedding_size=32,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
        num_labels=1,
    )
    model = ElectraForSequenceClassification(config)
    rows = [
        {**tokenizer(question, answer), "labels": int(answer in TOPICS[question])}
        for question, answer in product(TOPICS, [answer for answers in TOPICS.values() for answer in answers])
    ]
    fit(model, rows, steps=120, rate=3e-3, loss=_pair_loss)
    save_repository(model, tokenizer, folder)


def _pair_loss(model: Any, columns: dict[str, Any]) -> Any:
    wanted = columns.pop("labels").float()
    return torch.nn.functional.binary_cross_entropy_with_logits(model(**columns).logits[:, 0], wanted)
