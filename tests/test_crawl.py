"""Crawling the loopback Hub with the real huggingface_hub, each crawl in a process of its own.

A process of its own because huggingface_hub reads `HF_ENDPOINT` when it is imported.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import Zukan, child_environment
from hub_server import HubServer
from zukan.store.read import CatalogueReader


def rows(number: int, **facts: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"acme/model-{place:04d}",
            "pipeline_tag": "fill-mask",
            "library_name": "transformers",
            "tags": ["transformers", "bert", "ja", "license:mit"],
            "config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
            "downloads": 10_000 - place,
            "likes": place % 7,
            **facts,
        }
        for place in range(number)
    ]


@pytest.fixture
def crawl(zukan: Zukan, hub: HubServer, tmp_path: Path, catalogue: Path) -> Any:
    """Return a function that runs `zukan crawl` against the loopback Hub and returns its JSON."""

    def run(*options: str, code: int = 0) -> dict[str, Any]:
        done = zukan("crawl", *options, "--format", "json", environment=hub.environment(tmp_path / "cache"))
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else {"error": done.stderr}

    return run


def get(path: Path, name: str) -> Any:
    with CatalogueReader(path) as reader:
        return reader.get(name)


def test_the_top_models_come_in_pages_and_are_tagged(crawl: Any, hub: HubServer, catalogue: Path) -> None:
    hub.add_rows(rows(2_300))
    report = crawl("--top", "1500")
    assert (report["rows"], report["added"], report["refused"], report["requests"]) == (1500, 1500, 0, 2)
    found = get(catalogue, "acme/model-0000")
    assert (found.tag.family, found.tag.certainty, found.record.languages) == ("encoder-only", "certain", ("ja",))
    assert found.record.hub_id
    assert get(catalogue, "acme/model-1499") is not None
    assert get(catalogue, "acme/model-1500") is None
    paths = [request.path for request in hub.requests]
    assert not [path for path in paths if "config.json" in path], "a crawl must not count as downloads"


def test_a_second_crawl_changes_only_what_changed(crawl: Any, hub: HubServer, catalogue: Path) -> None:
    hub.add_rows(rows(20))
    crawl("--author", "acme")
    hub.update("acme/model-0003", {"downloads": 99_999})
    report = crawl("--author", "acme")
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 1, 19)
    assert get(catalogue, "acme/model-0003").record.downloads == 99_999


def test_scopes_reach_the_hub(crawl: Any, hub: HubServer) -> None:
    hub.add_rows(rows(5))
    hub.add_rows([{"id": "other/summary", "pipeline_tag": "summarization", "downloads": 3}])
    assert crawl("--task", "要約")["rows"] == 1
    assert crawl("--library", "transformers", "--min-downloads", "9998")["rows"] == 3


def test_a_rename_on_the_hub_is_followed(crawl: Any, hub: HubServer, catalogue: Path) -> None:
    hub.add_rows(rows(3))
    crawl("--author", "acme")
    hub.rename("acme/model-0001", "acme/renamed")
    report = crawl("--author", "acme")
    assert report["added"] == 0
    assert get(catalogue, "acme/model-0001").record.model_id == "acme/renamed"


def test_a_snapshot_row_is_joined_by_name(crawl: Any, hub: HubServer, catalogue: Path) -> None:
    hub.add_rows([{"id": "google-bert/bert-base-uncased", "downloads": 7, "likes": 1}])
    report = crawl("--author", "google-bert")
    assert (report["added"], report["changed"]) == (0, 1)
    found = get(catalogue, "bert-base-uncased")
    assert (found.record.downloads, found.record.license) == (7, "apache-2.0")
    assert found.record.hub_id


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "times": 2},
        {"status": 429, "times": 1, "headers": {"RateLimit": '"api";r=0;t=1'}},
        {"kind": "reset", "times": 1},
        {"kind": "truncate", "after": 300, "times": 1},
        {"kind": "bad-json", "times": 1},
    ],
    ids=lambda fault: str(fault.get("kind", fault.get("status"))),
)
def test_a_passing_fault_is_survived(crawl: Any, hub: HubServer, fault: dict[str, Any]) -> None:
    hub.add_rows(rows(30))
    hub.fail("/api/models?", **fault)
    assert crawl("--author", "acme")["rows"] == 30


def test_one_bad_row_is_kept_aside_and_shown(crawl: Any, hub: HubServer, catalogue: Path) -> None:
    body = json.dumps([{"_id": "1", "id": "acme/good"}, {"_id": "2"}, "nonsense", {"_id": "3", "id": "acme/fine"}])
    hub.fail("/api/models?", status=200, body=body.encode(), headers={"Content-Type": "application/json"})
    report = crawl("--top", "10")
    assert (report["added"], report["refused"]) == (2, 2)
    connection = sqlite3.connect(catalogue)
    try:
        kept = connection.execute("SELECT row, error FROM refused_row ORDER BY id").fetchall()
    finally:
        connection.close()
    assert [json.loads(row) for row, _ in kept] == [{"_id": "2"}, "nonsense"]
    assert all("UnreadableRow" in error for _, error in kept)


def test_a_field_the_hub_no_longer_knows_is_left_out(crawl: Any, hub: HubServer) -> None:
    hub.add_rows(rows(3))
    hub.fail(
        "/api/models?",
        status=400,
        times=1,
        body=b'{"error":"\\"expand\\" must be one of [author, config, downloads, likes, tags, pipeline_tag]"}',
        headers={"Content-Type": "application/json"},
    )
    report = crawl("--author", "acme")
    assert report["rows"] == 3
    assert report["retries"] == {"expand refused": 1}


@pytest.mark.parametrize(
    ("fault", "code", "word"),
    [
        ({"status": 403, "times": None}, 3, "403"),
        # It asks again for a minute and a half.
        pytest.param({"status": 200, "times": None, "body": b"<html>"}, 3, "not a list", marks=pytest.mark.slow),
        ({"status": 429, "times": None, "headers": {"RateLimit": '"api";r=0;t=0'}}, 3, "wait"),
    ],
)
def test_a_lasting_fault_is_one_sentence(
    crawl: Any, hub: HubServer, catalogue: Path, fault: dict[str, Any], code: int, word: str
) -> None:
    hub.fail("/api/models?", **fault)
    error = crawl("--top", "5", code=code)["error"]
    assert word in error
    assert "Traceback" not in error
    assert get(catalogue, "google/flan-t5-xl") is not None


def test_no_hub_is_one_sentence(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("crawl", "--top", "5", environment={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.returncode == 3
    assert "127.0.0.1:9 cannot be reached" in done.stderr
    done = zukan("crawl", "--top", "5", environment={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 3
    assert "switched off" in done.stderr


def test_a_kill_in_the_middle_keeps_the_finished_pages(hub: HubServer, catalogue: Path, tmp_path: Path) -> None:
    hub.add_rows(rows(3_000))
    hub.fail("/api/models?", kind="stall", skip=2, seconds=60, times=1)
    child = subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "crawl", "--author", "acme"],
        env=child_environment() | hub.environment(tmp_path / "cache"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while len([request for request in hub.requests if request.path == "/api/models"]) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert get(catalogue, "acme/model-1999") is not None
    connection = sqlite3.connect(catalogue)
    try:
        unfinished, fetched = connection.execute("SELECT unfinished, rows FROM crawls").fetchone()
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    finally:
        connection.close()
    assert (unfinished, fetched) == (1, 2000)
