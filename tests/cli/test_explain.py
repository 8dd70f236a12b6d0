"""`zukan explain` as a user types it: both languages, every format, bad names, light imports."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Zukan, child_environment
from zukan.ingest import take_page
from zukan.store.write import CatalogueWriter
from zukan.wrapping import width
from zukan_cli.exit_codes import ExitCode

MODELS = (
    "bert-base-uncased",
    "EleutherAI/gpt-neo-2.7B",
    "google/flan-t5-xl",
    "openai/whisper-large-v3",
    "barissglc/tinyllama-tarot-v1",
    "stabilityai/stable-diffusion-xl-base-1.0",
    "ResembleAI/chatterbox",
)
KEYS = {
    "model_id", "family", "certainty", "guess", "reason", "evidence", "title", "idea", "drawing", "good_at",
    "less_good_at", "proof", "task", "loader", "loading", "contrasts", "relatives",
}  # fmt: skip
HEAVY = {"torch", "transformers", "huggingface_hub", "sqlite_utils", "numpy", "rich.table", "rich.console"}
ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b[ ,;]+){2}[a-z]{2,}\b")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("model", MODELS)
def test_a_lesson_in_both_languages(zukan: Zukan, model: str) -> None:
    english, japanese = zukan("explain", model), zukan("explain", model, "--ui", "ja")
    for done in (english, japanese):
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0].partition(": ")[0].endswith(model)
        texts = [line for line in done.stdout.splitlines()[1:] if " = " not in line]
        assert max(map(width, texts)) <= 76
    assert "How it is built" in english.stdout
    assert "How to load it" in english.stdout
    prose = [line for line in japanese.stdout.splitlines() if re.match(r" {2,4}\S", line) and "   " not in line.strip()]
    assert len(prose) > 10
    assert [line for line in prose if ENGLISH.search(line) and " = " not in line and "__" not in line] == []
    assert len(english.stdout.split("\n\n")) == len(japanese.stdout.split("\n\n")), "the same sections"


@pytest.mark.usefixtures("catalogue")
def test_the_language_of_the_locale(zukan: Zukan) -> None:
    done = zukan("explain", "google/flan-t5-xl", environment={"LC_ALL": "", "LANG": "ja_JP.UTF-8"})
    assert "カタログ内の関連モデル" in done.stdout


@pytest.mark.usefixtures("catalogue")
def test_the_lesson_of_flan_t5(zukan: Zukan) -> None:
    text = " ".join(zukan("explain", "flan-t5-xl").stdout.split())
    for part in (
        "google/flan-t5-xl: seq2seq, the translator",
        "T5ForConditionalGeneration is an encoder-decoder",
        'config.architectures = ["T5ForConditionalGeneration"] The class is the code that gets loaded',
        "How to load it: AutoModelForSeq2SeqLM",
        "no pipeline for text2text-generation",
        "The other two families on this task: text2text-generation encoder-only It writes no text",
        "google/flan-t5-base the same in another size: ~248M",
    ):
        assert part in text


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("model", MODELS)
def test_the_json(zukan: Zukan, model: str) -> None:
    done = zukan("explain", model, "--format", "json")
    row = json.loads(done.stdout)
    assert set(row) >= KEYS
    assert row["model_id"].endswith(model)
    assert set(row["drawing"]) == {"en", "ja"}
    assert [item["field"] for item in row["proof"]] == list(row["evidence"])
    assert all(set(item["remark"]) == {"en", "ja"} for item in row["proof"])
    assert len(row["contrasts"]) == (2 if row["family"] in ("encoder-only", "decoder-only", "seq2seq") else 3)
    for relative in row["relatives"]:
        assert set(relative) == {"model_id", "why", "family", "pipeline_tag", "num_parameters"}


@pytest.mark.usefixtures("catalogue")
def test_the_other_formats(zukan: Zukan) -> None:
    markdown = zukan("explain", "flan-t5-xl", "--format", "md").stdout
    assert markdown.startswith("# google/flan-t5-xl: seq2seq, the translator\n\n")
    assert markdown.count("```") == 2
    assert markdown.count("\n## ") == 6
    assert '- config.model\\_type = "t5"\n' in markdown
    assert json.loads(zukan("explain", "flan-t5-xl", "--format", "jsonl").stdout)["loader"] == "AutoModelForSeq2SeqLM"
    assert zukan("explain", "flan-t5-xl", "--format", "ids").stdout == "google/flan-t5-xl\n"
    (row,) = csv.DictReader(io.StringIO(zukan("explain", "flan-t5-xl", "--format", "csv").stdout))
    assert row["family"] == "seq2seq"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("name", "hint"),
    [("bert-base-uncaset", "google-bert/bert-base-uncased"), ("no/such-model-anywhere-xyz", "zukan search")],
)
def test_an_unknown_model(zukan: Zukan, name: str, hint: str) -> None:
    done = zukan("explain", name)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_text_of_the_hub_cannot_reach_the_terminal_as_a_command(zukan: Zukan, tmp_path: Path) -> None:
    name = "evil/\x1b[31mred\x07-bert|<b>`"
    row = {
        "id": name,
        "pipeline_tag": "<script>",
        "library_name": "\x1b]0;title\x07{model}",
        "tags": ["bert"],
        "config": {"model_type": "bert\x1b[2J", "architectures": ["Bert```\nForMaskedLM"]},
        "mask_token": "\x1b[MASK]```",
    }
    with CatalogueWriter(tmp_path / "catalogue.sqlite", create=True) as writer, writer.transaction():
        take_page(writer, [row])
    for format_ in ("table", "json", "md", "csv"):
        done = zukan("explain", name, "--format", format_)
        assert done.returncode == 0, done.stderr
        assert not any(ord(character) < 32 and character not in "\n\t" for character in done.stdout)
        if format_ == "md":
            assert "<b>" not in done.stdout
            assert "<script>" not in done.stdout
            assert done.stdout.count("```") in (0, 2)


def test_it_is_light(catalogue: Path) -> None:
    code = (
        "import json, sys\nfrom zukan_cli.app import run\n"
        "code = run(['explain', 'google/flan-t5-xl'])\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment(), check=True
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status == 0
    assert not set(modules) & HEAVY


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("name", ["seq2seq", "encoder-only", "Decoder Only", "encoder-decoder"])
def test_a_family_is_explained_by_its_lesson(zukan: Zukan, name: str) -> None:
    done = zukan("explain", name, "--format", "json")
    assert done.returncode == 0
    [lesson] = json.loads(done.stdout)
    assert lesson["id"] in ("seq2seq", "encoder-only", "decoder-only")
    assert lesson["examples"]
