"""The models that stand side by side: each once, and the built-in ones too."""

from __future__ import annotations

import pytest

from browse_client import Answer, BrowseClient

BERT, T5, GPT = "google-bert/bert-base-uncased", "google-t5/t5-small", "openai-community/gpt2"


def columns(answer: Answer) -> list[str]:
    """Return the models that the columns link to."""
    assert answer.status == 200
    head = answer.text.partition("<thead>")[2].partition("</thead>")[0]
    return [part.partition('"')[0] for part in head.split('href="/model/')[1:]]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_miniatures_stand_beside_each_other_and_beside_models_of_the_hub(guide: BrowseClient, language: str) -> None:
    path = f"/compare?models=zukan/mini-bert,zukan/mini-t5,{BERT}"
    answer = guide.get(path, accept_language=language, **guide.key)
    assert columns(answer) == ["zukan/mini-bert", "zukan/mini-t5", BERT]
    assert answer.seen.all("textarea"), "they can be asked the same"
    assert {"en": "it comes with zukan", "ja": "zukan に同梱"}[language] in answer.seen.text


def test_a_model_of_two_names_has_one_column(guide: BrowseClient) -> None:
    names = [BERT, "bert-base-uncased", BERT.upper(), T5, "gpt2", "facebook/bart-large-cnn", "google/flan-t5-xl"]
    answer = guide.get(f"/compare?models={','.join(names)}")
    assert columns(answer) == [BERT, T5, GPT, "facebook/bart-large-cnn"]
    assert "left out: google/flan-t5-xl" in answer.seen.text
    typed = [one["value"] for one in answer.seen.all("input") if one.get("name") == "models"]
    assert typed == [BERT, T5, "gpt2", "facebook/bart-large-cnn"]
