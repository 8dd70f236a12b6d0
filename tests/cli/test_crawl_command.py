"""`zukan crawl` as people and cron use it: quiet, interrupted, twice at once, on a full or read-only disk."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import child_environment
from hub_server import HubServer
from zukan.store.write import CatalogueWriter

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "crawled.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    return path


@pytest.fixture
def environment(path: Path, hub: HubServer, tmp_path: Path) -> dict[str, str]:
    hub.add_rows({"id": f"acme/model-{place:04d}", "tags": ["bert"] * 3} for place in range(2_500))
    return {**hub.environment(tmp_path / "cache"), "ZUKAN_DB": str(path)}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "crawl", *arguments],
        env=child_environment() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_requests(hub: HubServer, number: int) -> None:
    deadline = time.monotonic() + 60
    while len(hub.requests) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def crawls(path: Path) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT unfinished, stopped, rows FROM crawls ORDER BY id").fetchall()
    finally:
        connection.close()


def test_quiet_says_nothing_but_a_format_that_was_asked_for(zukan: Run, environment: dict[str, str]) -> None:
    done = zukan("crawl", "--all", "--quiet", environment=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = zukan("crawl", "--update", "--quiet", "--format", "json", environment=environment)
    assert (json.loads(done.stdout)["kind"], done.stderr) == ("update", "")


def test_a_log_gets_lines_and_a_table_at_the_end(zukan: Run, environment: dict[str, str], hub: HubServer) -> None:
    hub.fail("/api/models?", status=503, times=2)
    done = zukan("crawl", "--all", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "\r" not in done.stderr
    line = r"^Fetching models from the Hub [\d,]+/≈3,\d{3},\d{3} · .*requests left in this window"
    assert re.search(line, done.stderr, re.MULTILINE), done.stderr
    assert "2,500 fetched: 2,500 new, 0 changed, 0 unchanged" in done.stdout
    assert re.search(r"^retries +HTTP 503 2$", done.stdout, re.MULTILINE)
    done = zukan("stats", environment=environment)
    assert re.search(r"full +finished +\d+ +2,500 +2,500", done.stdout)
    done = zukan("crawl", "--all", "--ui", "ja", environment=environment)
    assert "2,500 件を取得" in done.stdout
    assert "Hub からモデルを取得中" in done.stderr


def test_ctrl_c_leaves_a_walk_that_goes_on(zukan: Run, environment: dict[str, str], hub: HubServer, path: Path) -> None:
    hub.fail("/api/models?", kind="stall", skip=2, seconds=60, times=1)
    with running(environment, "--all") as process:
        wait_for_requests(hub, 3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert crawls(path) == [(1, "interrupted", 2_000)]
    done = zukan("crawl", "--all", "--format", "json", environment=environment)
    report = json.loads(done.stdout)
    assert (report["continued"], report["added"], report["finished"]) == (True, 2_500, True)


def test_a_second_crawl_says_so_and_leaves(zukan: Run, environment: dict[str, str], hub: HubServer, path: Path) -> None:
    hub.fail("/api/models?", kind="stall", skip=1, seconds=60, times=1)
    with running(environment, "--all") as process:
        wait_for_requests(hub, 2)
        done = zukan("crawl", "--top", "5", environment=environment)
        assert done.returncode == 5
        assert f"another crawl or import is filling {path} (process {process.pid})" in done.stderr
        assert zukan("search", "model-0001", environment=environment).returncode == 0, "readers are not kept waiting"
    assert zukan("crawl", "--all", environment=environment).returncode == 0, "a killed one holds nothing"


def test_a_full_disk_in_the_middle(zukan: Run, environment: dict[str, str], path: Path) -> None:
    """A limit to the size of files makes SQLite's writes fail as a full disk does."""
    import resource

    limit = path.stat().st_size + 1_500_000

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = zukan("crawl", "--all", environment=environment, preexec_fn=limited)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert [unfinished for unfinished, _, _ in crawls(path)] == [1]
    done = zukan("crawl", "--all", "--format", "json", environment=environment)
    assert (json.loads(done.stdout)["continued"], json.loads(done.stdout)["finished"]) == (True, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_catalogue(zukan: Run, environment: dict[str, str], path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        done = zukan("crawl", "--all", environment=environment)
    finally:
        path.parent.chmod(0o755)
    assert done.returncode == 5
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say what to fetch"),
        (("--all", "--top", "5"), "exclude each other"),
        (("--all", "--update"), "exclude each other"),
        (("--top", "5", "--restart"), "--restart goes with --all"),
        (("--all", "--cards"), "--cards goes with --top"),
        (("acme/model-0001",), "names of models go with --cards"),
        (("--all", "--share", "0%"), "no share"),
        (("--all", "--share", "150%"), "no share"),
        (("--all", "--share", "half"), "no share"),
        (("--all", "--max-requests", "0"), "--max-requests"),
        (("--update",), "there was no complete walk"),
        (("--cards", "acme/nobody"), "no model acme/nobody"),
    ],
    ids=" ".join,
)
def test_wrong_words_are_one_sentence(
    zukan: Run, environment: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    done = zukan("crawl", *arguments, environment=environment)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_share_is_read_in_three_ways(zukan: Run, environment: dict[str, str]) -> None:
    for share in ("50%", "50", "0.5"):
        assert zukan("crawl", "--top", "1", "--share", share, environment=environment).returncode == 0
