"""`zukan similar` and `zukan optimize` as they are typed."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest

from conftest import Zukan, child_environment
from zukan.catalogue import Catalogue
from zukan.ingest import take_page
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter
from zukan_cli import i18n, reasons

MODELS = (
    "bert-base-uncased",
    "google/flan-t5-small",
    "facebook/nllb-200-distilled-600M",
    "openai/whisper-large-v3",
    "koheiduck/bert-japanese-finetuned-sentiment",
    "stabilityai/stable-diffusion-xl-base-1.0",
    "meta-llama/Llama-3.1-8B-Instruct",
    "Helsinki-NLP/opus-mt-ja-en",
    "BAAI/bge-reranker-v2-m3",
)


# --- similar --------------------------------------------------------------------------------------------------


def test_models_like_one_with_the_reasons(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("similar", "flan-t5-small", "--limit", "4", environment={"COLUMNS": "160"})
    assert done.returncode == 0, done.stderr
    header = done.stdout.splitlines()[0].split()
    assert header == ["#", "model", "family", "task", "params", "score", "why"]
    assert "google/flan-t5-" in done.stdout
    assert "google/flan-t5-small" not in done.stdout
    assert "same task: text2text-generation" in " ".join(done.stdout.split())
    assert re.search(r"^Look at the first: zukan show \S+/\S+$", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("model", ["cl-nagoya/ruri-large", "rinna/japanese-gpt2-medium", "google/flan-t5-xl"])
def test_other_sizes_by_its_author_come_first(zukan: Zukan, catalogue: Path, model: str) -> None:
    found = json.loads(zukan("similar", model, "--format", "json").stdout)
    author = model.partition("/")[0]
    assert all(one["model_id"].startswith(f"{author}/") for one in found[:2])
    assert any(part["text"] == "by the same author" for part in found[0]["reasons"])


def test_models_for_other_languages_stand_back(zukan: Zukan, catalogue: Path) -> None:
    found = json.loads(zukan("similar", "cl-nagoya/ruri-large", "--format", "json").stdout)
    assert not {"intfloat/e5-large-v2", "thenlper/gte-large"} & {one["model_id"] for one in found}


@pytest.mark.parametrize(
    ("model", "series"),
    [
        ("Qwen/Qwen3-8B", r"Qwen/Qwen3-[\d.]+B(-Base)?"),
        ("Qwen/Qwen2.5-0.5B-Instruct", r"Qwen/Qwen2\.5-[\d.]+B(-Instruct)?"),
        ("openai/whisper-small", r"openai/whisper-\w+(-v\d)?"),
        ("cl-nagoya/ruri-v3-310m", r"cl-nagoya/ruri-.+"),
    ],
)
def test_other_sizes_come_before_what_anybody_has_made_of_it(seed_catalogue: Path, model: str, series: str) -> None:
    found = Catalogue(seed_catalogue).similar(model, 10)
    first = [one.record.model_id for one in found[:5]]
    assert all(re.fullmatch(series, name) for name in first), first
    sizes = [part for one in found[:5] for part in one.reasons if part.name == "series"]
    assert len(sizes) >= 4
    lineage = {one.record.model_id: part for one in found for part in one.reasons if part.text == "made from it"}
    assert all(part.points < 25 for name, part in lineage.items() if not name.startswith(model.partition("/")[0]))


@pytest.mark.parametrize(
    ("model", "same", "other"),
    [
        ("Helsinki-NLP/opus-mt-ja-en", "translates from ja to en too", "translates the other way, from en to ja"),
        ("staka/fugumt-en-ja", "translates from en to ja too", "translates the other way, from ja to en"),
    ],
)
def test_what_translates_the_same_way_comes_first(seed_catalogue: Path, model: str, same: str, other: str) -> None:
    found = Catalogue(seed_catalogue).similar(model, 20)
    said = [{part.text for part in one.reasons} for one in found]
    assert same in said[0]
    assert same in said[1]
    turned = [number for number, texts in enumerate(said) if other in texts]
    assert turned
    assert min(turned) > max(number for number, texts in enumerate(said) if same in texts)


@pytest.mark.parametrize("model", ["BAAI/bge-reranker-v2-m3", "cross-encoder/ms-marco-MiniLM-L6-v2"])
def test_rerankers_are_like_rerankers_wherever_they_are_filed(seed_catalogue: Path, model: str) -> None:
    found = [one.record.model_id for one in Catalogue(seed_catalogue).similar(model, 5)]
    assert all(re.search(r"rerank|cross-encoder|ms-?marco", name) for name in found), found


def test_every_format_of_similar(zukan: Zukan, catalogue: Path) -> None:
    def out(format_: str) -> str:
        done = zukan("similar", "google-bert/bert-base-uncased", "--limit", "5", "--format", format_)
        assert (done.returncode, done.stderr) == (0, "")
        return str(done.stdout)

    rows = json.loads(out("json"))
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    for row in rows:
        assert row["score"] == pytest.approx(sum(part["points"] for part in row["reasons"]), abs=0.01)
        assert set(row["reasons"][0]) == {"name", "points", "text", "source", "as_of"}
        assert {"model_id", "family", "certainty", "pipeline_tag"} <= set(row)
    names = [row["model_id"] for row in rows]
    assert out("ids").split() == names
    assert [json.loads(line) for line in out("jsonl").splitlines()] == rows
    assert [row["model_id"] for row in csv.DictReader(io.StringIO(out("csv")))] == names
    assert len(out("md").splitlines()) == 7


def test_an_unknown_model_has_near_ones(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("similar", "bert-base-uncaset")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean google-bert/bert-base-uncased" in done.stderr


def test_a_model_without_its_like(zukan: Zukan, tmp_path: Path) -> None:
    with CatalogueWriter(tmp_path / "catalogue.sqlite", create=True) as writer, writer.transaction():
        take_page(writer, [{"id": "evil/\x1b[31mred", "tags": ["bert"]}])
    done = zukan("similar", "evil/\x1b[31mred")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "The catalogue knows no model like it.\n"
    assert json.loads(zukan("similar", "evil/\x1b[31mred", "--format", "json").stdout) == []


@pytest.mark.parametrize("model", MODELS)
def test_every_reason_is_japanese(seed_catalogue: Path, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setattr(i18n, "_chosen", "ja")
    parts = {part.text for found in Catalogue(seed_catalogue).similar(model, 100) for part in found.reasons}
    assert len(parts) > 10
    assert sorted(text for text in parts if reasons.score_reason(text) == text) == []


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("it was made from this one", "このモデルの派生元"),
        ("made from a/b too", "同じ a/b から派生"),
        ("3.2 times larger", "サイズは 3.2 倍"),
        ("languages in common: de, en and 3 more", "共通の言語: de, en ほか 3"),
        ("words of the name in common: bert, base", "共通の名前の語: bert, base"),
    ],
)
def test_reasons_hold_their_values(english: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_chosen", "ja")
    assert reasons.score_reason(english) == expected


# --- optimize -------------------------------------------------------------------------------------------------


def test_optimize_tells_its_steps_and_what_it_did(zukan: Zukan, catalogue: Path) -> None:
    before = Catalogue(catalogue).search("bert", limit=50).hits
    done = zukan("optimize", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report) == {"models", "drifted", "bytes_before", "bytes_after", "seconds"}
    assert report["models"] == 25_953
    assert 0 < report["bytes_after"] <= report["bytes_before"]
    assert report["bytes_after"] == catalogue.stat().st_size
    assert done.stderr.splitlines() == [
        "Checking the catalogue …",
        "Ordering and indexing the models …",
        "Giving free space back …",
    ]
    assert Catalogue(catalogue).search("bert", limit=50).hits == before


def test_optimize_for_people_in_both_languages(zukan: Zukan, small: Path) -> None:
    done = zukan("optimize", "--db", str(small))
    facts = dict(re.split(r"  +", line, maxsplit=1) for line in done.stdout.splitlines())
    assert facts["state"] == "nothing is damaged"
    assert re.fullmatch(r"2; [\d,]+ changes since the words were last counted", facts["models"])
    assert re.fullmatch(r"[\d.]+ [KM]B; before [\d.]+ [KM]B", facts["size"])
    done = zukan("optimize", "--db", str(small), "--ui", "ja")
    assert "破損なし" in done.stdout
    assert "2 件（前回の集計後の変更 0 件）" in done.stdout
    assert done.stderr.splitlines()[0] == "カタログを検査中 …"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, [{"id": "a/one", "tags": ["bert"]}, {"id": "b/two", "tags": ["t5"]}])
    return path


def test_optimize_draws_a_bar_on_a_terminal(small: Path) -> None:
    import os
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "zukan_cli", "optimize", "--db", str(small), "--format", "json"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=child_environment(), check=True, timeout=60
    )
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert json.loads(done.stdout)["models"] == 2
    assert "Ordering and indexing the models ████" in shown
    assert "2/2\r\nGiving free space back …" in shown


def test_optimize_beside_a_crawl(zukan: Zukan, small: Path) -> None:
    with fill_lock(small):
        done = zukan("optimize", "--db", str(small))
    assert (done.returncode, done.stdout) == (5, "")
    assert "another crawl or import is filling" in done.stderr


def test_optimize_of_a_damaged_catalogue(zukan: Zukan, catalogue: Path) -> None:
    with catalogue.open("r+b") as file:
        file.seek(catalogue.stat().st_size // 2)
        file.write(b"\x55" * 65_536)
    done = zukan("optimize")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.splitlines()[-1].startswith(f"zukan: {catalogue} is not a catalogue zukan can read")
