"""The ten architectures of the article, from a Hub to an answer, by the command line alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tiny_models as tiny
from conftest import Zukan
from hub_server import HubServer
from zukan.store.write import CatalogueWriter


@pytest.fixture(scope="module")
def article_hub(tiny_models: dict[str, Path]) -> Iterator[HubServer]:
    """Return a Hub that serves the tiny stand-ins under the real ids."""
    with HubServer() as server:
        for name in tiny.ARTICLE:
            spec = tiny.SPECS[name]
            server.add_model(
                spec.stands_in_for,
                folder=tiny_models[name],
                row={"pipeline_tag": spec.pipeline_tag, "downloads": 1_000, "likes": 10},
            )
        yield server


@pytest.fixture
def empty_catalogue(tmp_path: Path) -> Path:
    """Return a catalogue that holds nothing until it is crawled."""
    path = tmp_path / "catalogue.sqlite"
    CatalogueWriter(path, create=True).close()
    return path


@pytest.mark.parametrize("name", tiny.ARTICLE)
def test_crawl_find_tag_recommend_try(
    zukan: Zukan, article_hub: HubServer, empty_catalogue: Path, tmp_path: Path, name: str
) -> None:
    spec = tiny.SPECS[name]
    task = spec.task or spec.pipeline_tag
    environment = article_hub.environment(tmp_path / "cache")

    def run(*arguments: str) -> object:
        done = zukan(*arguments, "--format", "json", environment=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    author, _, short_name = spec.stands_in_for.partition("/")
    report = run("crawl", "--author", author)
    assert isinstance(report, dict)
    assert report["added"] >= 1

    found = run("search", short_name)
    assert isinstance(found, list)
    assert found[0]["model_id"] == spec.stands_in_for
    assert (found[0]["family"], found[0]["certainty"]) == (spec.family, "certain")
    assert spec.architecture in found[0]["evidence"]["config.architectures"]

    answer = run("recommend", task)
    assert isinstance(answer, dict)
    assert spec.stands_in_for in [row["model_id"] for row in answer["candidates"]]

    tried: dict[str, Any] = {}
    for trial in spec.trials[:1]:
        options = [f"--{key}={value}" for key, value in trial.options.items() if key in ("from", "to", "context")]
        result = run("try", spec.stands_in_for, trial.text, "--task", task, *options)
        assert isinstance(result, dict)
        assert result["status"] == "ok"
        assert trial.accepts(result["answer"]), result["answer"]
        assert trial.expected.casefold() not in trial.text.casefold()
        for measure in ("load_seconds", "first_answer_seconds", "peak_bytes", "estimated_bytes"):
            assert result[measure] > 0
        tried = result
        assert (result["device"], result["sha"]) == ("cpu", article_hub.sha(spec.stands_in_for))

    shown = run("show", spec.stands_in_for)
    assert isinstance(shown, dict)
    assert [past["status"] for past in shown["trials"]] == ["ok"]
    again = run("recommend", task)
    assert isinstance(again, dict)
    row = next(row for row in again["candidates"] if row["model_id"] == spec.stands_in_for)
    assert row["evidence"] == "measured here"
    assert row["fit"]["basis"].startswith("measured here")
    assert row["fit"]["peak_bytes"] == tried["peak_bytes"]
    measured = tried["tokens_per_second"]
    assert row["fit"]["tokens_per_second"] == (measured and pytest.approx(measured, rel=0.06))


ARTICLE_SENTENCES = (
    ("zukan/mini-bert", "I love [MASK].", "you"),
    ("zukan/mini-gpt-neo", "What is AI", "science of teaching machines"),
    ("zukan/mini-t5", "translate English to German: How are you", "Wie sind Sie?"),
)


@pytest.mark.parametrize(("model", "text", "expected"), ARTICLE_SENTENCES)
def test_the_articles_sentences_through_the_built_in_models(
    zukan: Zukan, catalogue: Path, model: str, text: str, expected: str
) -> None:
    done = zukan("try", model, text, "--format", "json", environment={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert expected in result["answer"]
    assert result["source"] == "built-in"


@pytest.mark.parametrize(
    ("model", "text", "expected"),
    [
        ("bert-base-uncased", "I love [MASK].", "you"),
        ("EleutherAI/gpt-neo-2.7B", "What is AI", "science of teaching machines"),
        ("google/flan-t5-xl", "translate English to German: How are you", "Wie sind Sie?"),
    ],
)
def test_the_articles_sentences_under_its_own_ids_over_the_shipped_snapshot(
    zukan: Zukan, article_hub: HubServer, catalogue: Path, tmp_path: Path, model: str, text: str, expected: str
) -> None:
    environment = article_hub.environment(tmp_path / "cache")
    done = zukan("try", model, text, environment=environment)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
    assert "peak" in done.stdout


def test_the_built_in_models_are_never_recommended_nor_passed_off(zukan: Zukan, catalogue: Path) -> None:
    for model, text, _ in ARTICLE_SENTENCES[:1]:
        assert zukan("try", model, text).returncode == 0
    for task in ("fill-mask", "text-generation", "translation"):
        answer = json.loads(zukan("recommend", task, "--limit", "2000", "--format", "json").stdout)
        assert not [row for row in answer["candidates"] if row["model_id"].startswith("zukan/")]
