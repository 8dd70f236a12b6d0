"""How large a model is by the checkpoint that its name says: data/reference_sizes.csv."""

from __future__ import annotations

import csv

import pytest

from zukan.resources import data_path
from zukan.store.reference_sizes import references


@pytest.mark.parametrize(
    ("model_id", "model_type", "millions"),
    [
        ("joeddav/xlm-roberta-large-xnli", "xlm-roberta", 560),
        ("a/distilbert-base-multilingual-cased-sentiments", "distilbert", 135),
        ("a/mDeBERTa-v3-base-xnli-multilingual-nli", "deberta-v2", 278),
        ("a/segformer-b5-my-fields", "segformer", 85),
        ("a/flan-t5-base-samsum", "t5", 248),
        ("a/all-MiniLM-L6-v2-finetuned", "bert", 23),
        ("a/detr-resnet-101-tables", "detr", 60),
        # The type's size, where the name says no checkpoint.
        ("a/my-small-encoder", "whisper", 242),
        ("cl-tohoku/bert-base-japanese", "bert", 109),
        # Megabytes or words that it has read.
        ("a/bert-base-indonesian-522M", "bert", 109),
        ("a/roberta-base-1B-1-squad", "roberta", 125),
        # Nearly all of the type are of one size.
        ("a/cats-and-dogs", "vit", 86),
        ("a/tables", "detr", 41),
        # The name alone, of several words.
        ("a/whisper-large-v3-turbo-atc", None, 809),
    ],
)
def test_the_checkpoint_that_a_name_says(model_id: str, model_type: str | None, millions: int) -> None:
    found = references().find(model_id, model_type)
    assert found is not None
    assert round(found[0] / 1e6) == millions


@pytest.mark.parametrize(
    ("model_id", "model_type"),
    [
        ("a/bert-base-6L-distilled", "bert"),
        ("a/bert-base-uncased-12M", "bert"),
        ("a/multilingual-news", "distilbert"),
        ("a/tiny-whisper-base", "whisper"),
        ("a/reviews", "bert"),
        ("a/finbert", None),
        ("a/base", None),
        ("日本語/モデル", "bert"),
        ("", "vit-nothing"),
    ],
)
def test_what_nothing_tells_stays_unknown(model_id: str, model_type: str | None) -> None:
    assert references().find(model_id, model_type) is None


def test_every_size_is_counted_or_says_who_states_it() -> None:
    with data_path("reference_sizes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["model_type"], row["name"]) for row in rows}) == len(rows) > 250
    for row in rows:
        found = references().find(f"a/{row['name']}", row["model_type"])
        assert found == (int(row["parameters"]), found[1] if found else "")
        # What is stated is a rounded number, what was counted is none.
        assert (int(row["parameters"]) % 100_000 == 0) is bool(row["source"]), row
