"""`zukan tag` and `zukan stats` as they are typed: answers on stdout, counts and notes on stderr, exit codes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import child_environment
from zukan.schema import Family
from zukan.store.derive import save_tag, tagged
from zukan.store.write import CatalogueWriter

Zukan = Callable[..., "CompletedProcess[str]"]


def stream(data: bytes, *options: str) -> CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "zukan_cli", "tag", "--stdin", *options],
        input=data, capture_output=True, check=False, env=child_environment(),
    )  # fmt: skip


def test_models_and_files(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"architectures": ["T5EncoderModel"], "model_type": "t5", "is_encoder_decoder": True}))
    done = zukan("tag", "flan-t5-xl", str(config), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["model_id"], first["family"], first["certainty"]) == ("google/flan-t5-xl", "seq2seq", "certain")
    assert (second["model_id"], second["family"]) == (str(config), "encoder-only")
    assert second["evidence"]["config.architectures"] == ["T5EncoderModel"]
    people = zukan("tag", "flan-t5-xl", "--summary")
    assert "T5ForConditionalGeneration is an encoder-decoder" in people.stdout
    assert "1 tagged." in people.stderr


def test_a_stream(catalogue: Path) -> None:
    rows = [{"id": "a/b", "config": {"model_type": "gpt2"}}, {"id": "c/d", "tags": ["\x1b[31m", "license:mit"]}]
    data = "\n".join(json.dumps(row) for row in rows).encode() + b"\nnonsense\n\n"
    done = stream(data, "--summary")
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["model_id"] for answer in answers] == ["a/b", "c/d", None]
    assert set(answers[0]) == {"model_id", "family", "certainty", "reason", "evidence", "guess"}
    assert b"Lines that could not be read: 1." in done.stderr
    assert b"decoder-only" in done.stderr
    assert b"3 tagged." in done.stderr
    assert done.stdout.count(b"\n") == 3, "stdout holds one line for each line, and nothing else"


def test_control_characters_of_any_kind_are_escapes(catalogue: Path) -> None:
    done = stream(json.dumps({"id": "x/\u202e\x9b31m\x7f\u2028日本"}, ensure_ascii=False).encode())
    assert json.loads(done.stdout)["model_id"] == "x/\u202e\x9b31m\x7f\u2028日本"
    text = done.stdout.decode()
    assert not {"\u202e", "\x9b", "\x7f", "\u2028"} & set(text)
    assert "日本" in text


def test_a_stream_is_answered_as_it_comes(catalogue: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "tag", "--stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment(),
    ) as child:  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        for name in ("a/one", "a/two"):
            child.stdin.write(json.dumps({"id": name}).encode() + b"\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["model_id"] == name
        child.stdin.close()
    assert child.returncode == 0


def test_nobody_reads_on(catalogue: Path) -> None:
    rows = b'{"id": "a/b"}\n' * 200_000
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "tag", "--stdin"],
        stdin=subprocess.PIPE, stdout=writer, stderr=subprocess.PIPE, env=child_environment(),
    ) as child:  # fmt: skip
        os.close(writer)

        def leave() -> None:
            os.read(reader, 10)
            os.close(reader)

        leaving = threading.Thread(target=leave)
        leaving.start()
        _, errors = child.communicate(rows, timeout=60)
        leaving.join()
    assert (child.returncode, errors) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tag"], 2, "say what to tag"),
        (["tag", "x", "--stdin"], 2, "say what to tag"),
        (["tag", "./nowhere.json"], 2, "no such file"),
        (["tag", "nobody/has-this-model"], 2, "has no model"),
    ],
)
def test_mistakes_are_one_sentence(zukan: Zukan, catalogue: Path, arguments: list[str], code: int, said: str) -> None:
    done = zukan(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_config_that_is_no_json(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{" * 20)
    done = zukan("tag", str(path))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_whole_catalogue_anew(zukan: Zukan, catalogue: Path) -> None:
    with CatalogueWriter(catalogue) as writer:
        stored = writer.find(None, "google/flan-t5-xl")
        assert stored is not None
        (model,) = tagged(writer.connection, [stored.id])
        with writer.transaction():
            save_tag(writer, model.id, model.tag._replace(family=Family.OTHER), None)
            writer.set_meta({"tagged_by": "an older one"})
    assert "zukan tag --all" in zukan("stats").stderr
    done = zukan("tag", "--all", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["changed"] == 1
    assert report["changes"][0]["from"] == "other"
    assert report["changes"][0]["to"] == "seq2seq"
    assert report["changes"][0]["examples"] == ["google/flan-t5-xl"]
    assert "zukan tag --all" not in zukan("stats").stderr


def test_stats(zukan: Zukan, catalogue: Path) -> None:
    found = json.loads(zukan("stats", "--format", "json").stdout)
    assert sum(row["models"] for row in found["families"]) == found["models"]
    undetermined = sum(row["models"] for row in found["families"] if row["family"] == "undetermined")
    assert sum(found["undetermined"].values()) == undetermined
    assert sum(found["tasks"].values()) == found["known"]["pipeline_tag"]
    assert "encoder-only" in zukan("stats").stdout
    assert zukan("stats", "--format", "ids").stdout.split() == [row["family"] for row in found["families"]]


def test_show_says_that_a_task_is_inferred(zukan: Zukan, catalogue: Path) -> None:
    with sqlite3.connect(catalogue) as connection:
        (name,) = connection.execute(
            "SELECT model_id FROM models WHERE inferred_task = 'fill-mask' ORDER BY popularity DESC LIMIT 1"
        ).fetchone()
    row = json.loads(zukan("show", name, "--format", "json").stdout)
    assert (row["pipeline_tag"], row["inferred_task"]) == (None, "fill-mask")
    assert "inferred from config" in zukan("show", name).stdout
