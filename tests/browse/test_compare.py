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


def asked(guide: BrowseClient, *names: str, task: str = "") -> Answer:
    return guide.get(f"/compare?models={','.join(names)}" + (f"&task={task}" if task else ""), **guide.key)


def test_models_are_asked_at_a_task_that_all_of_them_do(guide: BrowseClient) -> None:
    fields = {one["name"]: one for one in asked(guide, BERT, "FacebookAI/roberta-base").seen.all("input")}
    assert fields["task"]["value"] == "fill-mask"
    # One writes, the other fills masks: they have vectors in common.
    both = asked(guide, BERT, GPT).seen
    links = both.links()
    assert [one["value"] for one in both.all("input") if one.get("name") == "task"] == ["feature-extraction"]
    assert any("task=sentence-similarity" in link for link in links)
    assert not any("task=fill-mask" in link or "task=text-generation" in link for link in links)


def test_each_task_has_its_own_fields(guide: BrowseClient) -> None:
    seen = asked(guide, BERT, "FacebookAI/roberta-base", task="sentence-similarity").seen
    assert {"text", "compare_with"} <= {one["name"] for one in seen.all("textarea")}
    translators = asked(guide, T5, "google-t5/t5-base").seen.all("input")
    assert {"source_language", "target_language"} <= {one.get("name") for one in translators}


def test_models_that_see_are_asked_about_a_picture(guide: BrowseClient) -> None:
    names = ("google/vit-base-patch16-224", "microsoft/resnet-50")
    text = asked(guide, *names).seen.text
    assert f"zukan compare {' '.join(names)} --file FILE" in text


def test_a_task_that_they_do_not_share_is_said_to_be_none(guide: BrowseClient) -> None:
    assert "not all of these models do this task" in asked(guide, BERT, GPT, task="fill-mask").seen.text
    alone = guide.get(f"/model/{GPT}?task=fill-mask", **guide.key).seen
    assert "this model does not do this task" in alone.text
    assert not any("task=token-classification" in link for link in alone.links())
    assert "does not do this task" not in guide.get(f"/model/{GPT}", **guide.key).seen.text


def test_miniatures_are_asked_what_all_of_them_do(guide: BrowseClient) -> None:
    seen = asked(guide, "zukan/mini-bert", "zukan/mini-gpt-neo", "zukan/mini-t5").seen
    assert [one["value"] for one in seen.all("input") if one.get("name") == "task"] == ["feature-extraction"]
    assert not any("task=fill-mask" in link for link in seen.links())


def test_a_task_that_cannot_be_tried_leads_to_one_that_can(guide: BrowseClient) -> None:
    seen = asked(guide, BERT, "FacebookAI/roberta-base", task="video-classification").seen
    assert [one["value"] for one in seen.all("input") if one.get("name") == "task"] == ["fill-mask"]
    assert "No task is known" not in seen.text
